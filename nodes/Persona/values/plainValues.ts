import { DateTime } from 'luxon';
import type { IDataObject } from 'n8n-workflow';
import type { FailItem } from '../transport/errors';
import { EMPTY_ENTRY, parseList } from '../utils/parseList';
import { type ValueProblem, findBrokenText, findRoundedNumber } from '../utils/values/brokenText';
import { trimText } from '../utils/values/trimText';

/**
 * Whether a value of the panel is an object with keys: not an array, a date or null. An expression
 * may return a Date or a Luxon DateTime, so this is stricter than `isRecord`, which is for parsed
 * JSON.
 */
export const isPlainObject = (value: unknown): value is IDataObject =>
	Object.prototype.toString.call(value) === '[object Object]' && !DateTime.isDateTime(value);

/** Converts a value to text that can be sent. Calls `fail` if it cannot. */
export function toText(value: unknown, label: string, fail: FailItem): string {
	const isPlain = ['string', 'boolean', 'bigint'].includes(typeof value) || Number.isFinite(value);
	if (!isPlain) {
		const advice =
			value instanceof Date
				? 'It is a date. Write it as text, e.g. {{ DateTime.fromJSDate($json.day).toISODate() }}.'
				: 'Use a single value, e.g. {{ $json.id }}.';
		fail(`'${label}' must be text`, advice);
	}
	const text = String(value);
	const broken = findRoundedNumber(value) ?? findBrokenText(text);
	if (broken) failFor(broken, label, fail);
	// Half of an emoji cannot be encoded in a URL.
	if (!/\p{Surrogate}/u.test(text)) return text;
	return fail(
		`'${label}' contains an incomplete character`,
		'Cut the text before or after the emoji.',
	);
}

const failFor = ({ finding, advice }: ValueProblem, label: string, fail: FailItem): never =>
	fail(`'${label}' ${finding}`, advice);

/**
 * Calls `fail` where the text that names something, such as an ID, a reference ID or a tag, is none: a
 * comparison, nothing in quotes, or JSON that stands for several values or none.
 */
export function checkName(value: unknown, label: string, fail: FailItem) {
	if (typeof value === 'boolean') {
		fail(
			`'${label}' is ${value}, which is no text`,
			'The expression compares something or asks whether it is there. Use the value itself, e.g. {{ $json.id }}.',
		);
	}
	if (typeof value !== 'string') return;
	const text = trimText(value);
	const isJson = /^(\[.*\]|\{.*\})$/s.test(text);
	if (!isJson && !/^["'`]+$/.test(text)) return;
	fail(
		`'${label}' takes a single text, not ${isJson ? 'JSON' : 'quotes'}`,
		'Write only the text itself, without brackets and quotes, e.g. vip or {{ $json.names[0] }}.',
	);
}

/** JavaScript's and Luxon's dates that are none, such as the result of parsing a wrong text. */
const isInvalidDate = (value: unknown) =>
	(value instanceof Date && Number.isNaN(value.getTime())) ||
	(DateTime.isDateTime(value) && !value.isValid);

/**
 * Calls `fail` for what a value must not contain at any depth that becomes JSON: an object that has
 * become a text, a number whose digits have changed, what JSON would turn into null, which removes what
 * Persona has, and undefined, which JSON leaves out: an expression found nothing. `path` leads to the
 * value, for the error.
 */
export function checkJsonValue(
	value: unknown,
	label: string,
	fail: FailItem,
	path: string[] = [],
): void {
	if (value === undefined) {
		fail(
			`'${label}' has no value for '${path.join('.')}'`,
			'Its expression found nothing. Check the expression. To send nothing on purpose, use null or leave the name out.',
		);
	}
	const broken = typeof value === 'string' ? findBrokenText(value) : findRoundedNumber(value);
	if (broken) failFor(broken, label, fail);
	if (typeof value === 'number' && !Number.isFinite(value)) {
		fail(
			`'${label}' contains a calculation without a result`,
			'A number in it is NaN or infinite, which JSON would turn into null. Check the expression.',
		);
	}
	if (isInvalidDate(value)) {
		fail(
			`'${label}' contains a date that does not exist`,
			'JSON would turn it into null. Check the expression.',
		);
	}
	if (!Array.isArray(value) && !isPlainObject(value)) return;
	// Not `forEach`, which skips the holes of an array.
	for (const [name, member] of Object.entries(Array.isArray(value) ? [...value] : value)) {
		checkJsonValue(name, label, fail);
		checkJsonValue(member, label, fail, [...path, name]);
	}
}

/** Fails where an entry of a list is empty, so that it cannot be told what was meant. */
export const failForEmptyEntry = (label: string, fail: FailItem): never =>
	failFor(EMPTY_ENTRY, label, fail);

/**
 * Converts an array, text with commas, or the text of a JSON array to a list of words. Calls `fail` if
 * it cannot.
 */
export function toWords(value: unknown, label: string, fail: FailItem): string[] {
	const list = parseList(value);
	if ('entries' in list) return list.entries.map((word) => toText(word, label, fail));
	return failFor(list.problem, label, fail);
}

/** Parses JSON text; any other value is returned unchanged. Calls `fail` if it is not valid JSON. */
export function parseJson(value: unknown, label: string, fail: FailItem): unknown {
	if (typeof value !== 'string') return value;
	try {
		return JSON.parse(value);
	} catch {
		return fail(`'${label}' is not valid JSON`, 'Check quotes, commas and brackets.');
	}
}

/**
 * Converts JSON text to an object; an object is returned unchanged. Calls `fail` if it is neither.
 */
export function toJsonObject(value: unknown, label: string, fail: FailItem): IDataObject {
	const object = parseJson(value, label, fail);
	checkJsonValue(object, label, fail);
	if (isPlainObject(object)) return object;
	return fail(`'${label}' must be a JSON object`, 'Write it as {"name": "value"}.');
}

export function toJsonList(value: unknown, label: string, fail: FailItem): IDataObject[] {
	const list = parseJson(value, label, fail);
	checkJsonValue(list, label, fail);
	if (Array.isArray(list) && list.every(isPlainObject)) return list;
	return fail(`'${label}' must be a JSON list`, 'Write it as [{"name": "value"}].');
}
