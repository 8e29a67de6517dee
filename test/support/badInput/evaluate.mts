import { isDeepStrictEqual } from 'node:util';
import { isPlainObject } from '../../../nodes/Persona/values/plainValues.ts';
import { CREDENTIAL } from '../credentialsHelper.mts';
import type { RequestTree } from './requestTree.mts';
import type { ProbeInput } from './probeInput.mts';
import { isBlank, isTime } from './plainValues.mts';
import { listRenderings } from './renderings.mts';
import { getAt, describeDifference, formatShort, removeAt } from './tree.mts';
import type { ProbeResult } from './runProbe.mts';

/** A value and the field that it was written into. */
export interface GivenValue {
	input: ProbeInput;
	value: unknown;
}

/** A longer error is not read. */
const MAX_ERROR_LENGTH = 400;

/** Words that tell a programmer something and a user nothing. */
const UNCLEAR_WORDS =
	/undefined|\[object |TypeError|RangeError|URIError|is not a function|Cannot |\n\s+at /;

/** A value as it appears in an address, which holds only text. */
const toAddressText = (value: unknown): unknown =>
	isPlainObject(value)
		? Object.fromEntries(Object.entries(value).map(([name, one]) => [name, toAddressText(one)]))
		: String(value);

/** Whether a value must be sent. A blank one may fail, and so may one that JSON cannot hold as it is. */
const mustBeSent = ({ input, value }: GivenValue) =>
	!isBlank(value, input.form) &&
	!isTime(value) &&
	typeof value !== 'bigint' &&
	!(Array.isArray(value) && value.length > (input.field?.maxEntries ?? Infinity)) &&
	listRenderings(input, value).length > 0;

function evaluateFailure(
	{ message = '', description = '', requests }: ProbeResult,
	given: GivenValue[],
) {
	const sentence = `${message} ${description}`;
	if (requests.length > 0) return `failed after a request to Persona: ${sentence}`;
	if (!given.some(({ input }) => sentence.includes(`'${input.label}'`))) {
		return `failed without naming the field: ${formatShort(sentence)}`;
	}
	if (
		UNCLEAR_WORDS.test(sentence) ||
		sentence.includes(CREDENTIAL.apiKey) ||
		sentence.length > MAX_ERROR_LENGTH
	) {
		return `failed in unclear words: ${formatShort(sentence)}`;
	}
	return given.every(mustBeSent) ? `failed although it is valid: ${sentence}` : undefined;
}

function findMisplacement(
	{ input, value }: GivenValue,
	request: RequestTree,
	isElsewhere: (place: GivenValue['input']['places'][number]) => boolean,
): string | undefined {
	const { places, loose, form } = input;
	const accepted = listRenderings(input, value);
	// An empty column is not sent, and in an update an error.
	const mayBeUnset = form === 'column' && isBlank(value, form);
	if (accepted.length === 0 && !mayBeUnset) return 'should have failed';
	if (loose) return undefined;
	for (const place of places) {
		const sent = getAt(request, place);
		const expected = place[0] === 'query' ? accepted.map(toAddressText) : accepted;
		const unset = (mayBeUnset || isElsewhere(place)) && sent === undefined;
		if (!unset && !expected.some((one) => isDeepStrictEqual(one, sent))) {
			return `sent as ${formatShort(sent)}`;
		}
	}
	return undefined;
}

/**
 * Compares a result with the requests that valid values lead to. Either the item failed with a clear
 * sentence and nothing was sent, or each value is in its place and nothing else has changed. Returns
 * the problem, if there is one.
 */
export function evaluate(
	given: GivenValue[],
	result: ProbeResult,
	valid: RequestTree[],
): string | undefined {
	const { requests, message } = result;
	if (message !== undefined) return evaluateFailure(result, given);
	if (requests.length !== valid.length)
		return `made ${requests.length} requests instead of ${valid.length}`;
	const places = given.flatMap(({ input }) => input.places);
	for (const [index, request] of requests.entries()) {
		const [is, should] = [request, valid[index]].map((tree) => removeAt(tree, places));
		if (!isDeepStrictEqual(is, should))
			return `changed the rest: ${describeDifference(is, should)}`;
		// A request that only reads what is to be changed has none of the values.
		const isElsewhere = (place: (typeof places)[number]) =>
			getAt(valid[index], place) === undefined &&
			valid.some((tree) => getAt(tree, place) !== undefined);
		const wrong = given
			.map((one) => findMisplacement(one, request, isElsewhere))
			.find((one) => one !== undefined);
		if (wrong) return wrong;
		if (/\[object |"undefined"/.test(JSON.stringify(request)))
			return 'was sent as its JavaScript text';
	}
	return undefined;
}

/** The line of a problem, with the values that lead to it. */
export const formatProblem = (given: GivenValue[], problem: string) =>
	`${given.map(({ input, value }) => `'${input.label}' = ${formatShort(value)}`).join(', ')}: ${problem}`;
