import { isDeepStrictEqual } from 'node:util';
import { isPlainObject } from '../../../nodes/Persona/engine/values.ts';
import { CREDENTIAL } from '../credentialsHelper.mts';
import type { RequestTree } from './requestTree.mts';
import type { ProbeInput } from './probeInput.mts';
import { isBlank, isTime } from './plainValues.mts';
import { listRenderings } from './renderings.mts';
import { getAt, describeDifference, formatShort, removeAt } from './tree.mts';
import type { ProbeResult } from './runProbe.mts';

/** A value that was put into a field. */
export interface GivenValue {
	input: ProbeInput;
	value: unknown;
}

/** What tells a programmer something and a user nothing. */
const UNCLEAR_WORDS =
	/undefined|\[object |TypeError|RangeError|URIError|is not a function|Cannot |\n\s+at /;

/** An address holds nothing but text. */
const toAddressText = (value: unknown): unknown =>
	isPlainObject(value)
		? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, toAddressText(one)]))
		: String(value);

/** Whether a value must be sent: what is blank may be refused, and what is not written as it is. */
const mustBeSent = ({ input, value }: GivenValue) =>
	!isBlank(value, input.form) &&
	!isTime(value) &&
	typeof value !== 'bigint' &&
	listRenderings(input, value).length > 0;

function evaluateRejection(
	{ message = '', description = '', requests: heard }: ProbeResult,
	given: GivenValue[],
) {
	const sentence = `${message} ${description}`;
	if (heard.length > 0) return `refused, but Persona was asked: ${sentence}`;
	if (!given.some(({ input }) => sentence.includes(`'${input.label}'`))) {
		return `refused without naming the field: ${formatShort(sentence)}`;
	}
	if (
		UNCLEAR_WORDS.test(sentence) ||
		sentence.includes(CREDENTIAL.apiKey) ||
		sentence.length > 400
	) {
		return `refused in unclear words: ${formatShort(sentence)}`;
	}
	return given.every(mustBeSent) ? `refused although it is right: ${sentence}` : undefined;
}

function findMisplacement({ input, value }: GivenValue, heard: RequestTree): string | undefined {
	const { places, required, preset, loose } = input;
	const mayBeUnset = isBlank(value, input.form) && !required;
	if (mayBeUnset && preset) return undefined;
	const accepted = listRenderings(input, value);
	if (accepted.length === 0 && !mayBeUnset) return 'should have been refused';
	if (loose) return undefined;
	for (const place of places) {
		const sent = getAt(heard, place);
		const written = place[0] === 'query' ? accepted.map(toAddressText) : accepted;
		const unset = mayBeUnset && sent === undefined;
		if (!unset && !written.some((one) => isDeepStrictEqual(one, sent))) {
			return `sent as ${formatShort(sent)}`;
		}
	}
	return undefined;
}

/**
 * What is wrong with how values were dealt with, beside a request that is right. Either they were
 * refused in a clear sentence and nothing was sent, or each stands in its place and nowhere else.
 */
export function evaluate(
	given: GivenValue[],
	outcome: ProbeResult,
	right: RequestTree[],
): string | undefined {
	const { requests: heard, message } = outcome;
	if (message !== undefined) return evaluateRejection(outcome, given);
	if (heard.length !== right.length) return `made ${heard.length} requests for ${right.length}`;
	const places = given.flatMap(({ input }) => input.places);
	for (const [index, request] of heard.entries()) {
		const [is, should] = [request, right[index]].map((tree) => removeAt(tree, places));
		if (!isDeepStrictEqual(is, should))
			return `changed the rest: ${describeDifference(is, should)}`;
		const wrong = given
			.map((one) => findMisplacement(one, request))
			.find((one) => one !== undefined);
		if (wrong) return wrong;
		if (/\[object |"undefined"/.test(JSON.stringify(request))) return 'left its trace as text';
	}
	return undefined;
}

/** One line for one failure. */
export const formatProblem = (given: GivenValue[], problem: string) =>
	`${given.map(({ input, value }) => `'${input.label}' = ${formatShort(value)}`).join(', ')}: ${problem}`;
