import { isDeepStrictEqual } from 'node:util';
import { isObject } from '../../../nodes/Persona/engine/values.ts';
import { CREDENTIAL } from '../credentials.mts';
import type { Heard } from './requestRecorder.mts';
import type { Input } from './input.mts';
import { isBlank, isTime } from './plainValues.mts';
import { renderings } from './renderings.mts';
import { at, difference, printed, without } from './tree.mts';
import type { Outcome } from './runProbe.mts';

/** A value that was put into a field. */
export interface Given {
	input: Input;
	value: unknown;
}

/** What tells a programmer something and a user nothing. */
const RAW = /undefined|\[object |TypeError|RangeError|URIError|is not a function|Cannot |\n\s+at /;

/** An address holds nothing but text. */
const inAddress = (value: unknown): unknown =>
	isObject(value)
		? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, inAddress(one)]))
		: String(value);

/** Whether a value must be sent: what is blank may be refused, and what is not written as it is. */
const isGood = ({ input, value }: Given) =>
	!isBlank(value, input.writing) &&
	!isTime(value) &&
	typeof value !== 'bigint' &&
	renderings(input, value).length > 0;

function refusal({ message = '', description = '', heard }: Outcome, given: Given[]) {
	const sentence = `${message} ${description}`;
	if (heard.length > 0) return `refused, but Persona was asked: ${sentence}`;
	if (!given.some(({ input }) => sentence.includes(`'${input.label}'`))) {
		return `refused without naming the field: ${printed(sentence)}`;
	}
	if (RAW.test(sentence) || sentence.includes(CREDENTIAL.apiKey) || sentence.length > 400) {
		return `refused in unclear words: ${printed(sentence)}`;
	}
	return given.every(isGood) ? `refused although it is right: ${sentence}` : undefined;
}

function misplaced({ input, value }: Given, heard: Heard): string | undefined {
	const { places, required, preset, loose } = input;
	const mayBeUnset = isBlank(value, input.writing) && !required;
	if (mayBeUnset && preset) return undefined;
	const accepted = renderings(input, value);
	if (accepted.length === 0 && !mayBeUnset) return 'should have been refused';
	if (loose) return undefined;
	for (const place of places) {
		const sent = at(heard, place);
		const written = place[0] === 'query' ? accepted.map(inAddress) : accepted;
		const unset = mayBeUnset && sent === undefined;
		if (!unset && !written.some((one) => isDeepStrictEqual(one, sent))) {
			return `sent as ${printed(sent)}`;
		}
	}
	return undefined;
}

/**
 * What is wrong with how values were dealt with, beside a request that is right. Either they were
 * refused in a clear sentence and nothing was sent, or each stands in its place and nowhere else.
 */
export function problemOf(given: Given[], outcome: Outcome, right: Heard[]): string | undefined {
	const { heard, message } = outcome;
	if (message !== undefined) return refusal(outcome, given);
	if (heard.length !== right.length) return `made ${heard.length} requests for ${right.length}`;
	const places = given.flatMap(({ input }) => input.places);
	for (const [index, request] of heard.entries()) {
		const [is, should] = [request, right[index]].map((tree) => without(tree, places));
		if (!isDeepStrictEqual(is, should)) return `changed the rest: ${difference(is, should)}`;
		const wrong = given.map((one) => misplaced(one, request)).find((one) => one !== undefined);
		if (wrong) return wrong;
		if (/\[object |"undefined"/.test(JSON.stringify(request))) return 'left its trace as text';
	}
	return undefined;
}

/** One line for one failure. */
export const line = (given: Given[], problem: string) =>
	`${given.map(({ input, value }) => `'${input.label}' = ${printed(value)}`).join(', ')}: ${problem}`;
