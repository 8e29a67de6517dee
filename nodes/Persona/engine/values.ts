import { DateTime } from 'luxon';
import type { IDataObject } from 'n8n-workflow';
import type { FailItem } from '../transport/errors';
import { toCamelCase } from '../transport/simplify';
import { replaceDates, toDay, toInstant } from './dates';
import type { Encoding, Field } from './types';

/**
 * Converts Persona's name of a field to the name of its parameter: `redirect-uri` to `redirectUri`.
 */
export const toParameterName = toCamelCase;

/** Returns the plain value of one of n8n's resource locators, and any other value unchanged. */
export const unwrapLocator = (value: unknown) =>
	isPlainObject(value) && value.__rl === true ? value.value : value;

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
	if (!isPlain) fail(`'${label}' must be text`, 'Use a single value, e.g. {{ $json.id }}.');
	// Half of an emoji cannot be encoded in a URL.
	if (!/\p{Surrogate}/u.test(String(value))) return String(value);
	return fail(
		`'${label}' contains an incomplete character`,
		'Cut the text before or after the emoji.',
	);
}

/** Converts an array, or text with commas, to a list of words. Calls `fail` if it cannot. */
export function toWords(value: unknown, label: string, fail: FailItem): string[] {
	const list = Array.isArray(value) ? value : toText(value, label, fail).split(',');
	return list.map((word) => toText(word, label, fail).trim()).filter((word) => word !== '');
}

function parseJson(value: unknown, label: string, fail: FailItem): unknown {
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
	if (isPlainObject(object)) return object;
	return fail(`'${label}' must be a JSON object`, 'Write it as {"name": "value"}.');
}

function toJsonList(value: unknown, label: string, fail: FailItem): IDataObject[] {
	const list = parseJson(value, label, fail);
	if (Array.isArray(list) && list.every(isPlainObject)) return list;
	return fail(`'${label}' must be a JSON list`, 'Write it as [{"name": "value"}].');
}

/**
 * Converts a value for Persona. Calls `fail` if it cannot; `zone` is the time zone of the workflow.
 */
type Encoder = (value: unknown, label: string, fail: FailItem, zone: string) => unknown;

const encodeObject: Encoder = (value, label, fail, zone) =>
	replaceDates(toJsonObject(value, label, fail), zone);

const ENCODERS: Record<Encoding, Encoder> = {
	text: toText,
	words: toWords,
	commaList: (value, label, fail) => toWords(value, label, fail).join(',') || undefined,
	// Names of binary fields; `ItemContext` replaces them with the files.
	file: toText,
	files: toWords,
	json: encodeObject,
	jsonList: (value, label, fail, zone) => replaceDates(toJsonList(value, label, fail), zone),
	map: encodeObject,
	date: toDay,
	dateTime: toInstant,
	toggle: (value, label, fail) => {
		if (typeof value === 'boolean') return value;
		if (value === 'true' || value === 'false') return value === 'true';
		return fail(`'${label}' must be true or false`, 'An expression must return a boolean.');
	},
	number: (value, label, fail) => {
		const number = typeof value === 'string' ? Number(value.trim() || NaN) : value;
		if (typeof number === 'number' && Number.isFinite(number)) return number;
		return fail(`'${label}' must be a number`, 'Use digits, with a point for decimals.');
	},
};

/**
 * Converts a value of the panel as the encoding of its field says. Calls `fail` if the value is
 * invalid or out of range; a date without an offset is in the time zone `zone`.
 */
export function encodeValue(field: Field, value: unknown, zone: string, fail: FailItem): unknown {
	const encode = ENCODERS[field.encoding];
	const encoded = encode(value, field.displayName, fail, zone);
	const { minValue = -Infinity, maxValue = Infinity } = field.typeOptions ?? {};
	if (typeof encoded !== 'number' || (encoded >= minValue && encoded <= maxValue)) return encoded;
	const [limit, bound] = encoded < minValue ? ['at least', minValue] : ['at most', maxValue];
	return fail(`'${field.displayName}' is out of range`, `It must be ${limit} ${bound}.`);
}
