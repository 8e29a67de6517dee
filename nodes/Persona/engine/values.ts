import { DateTime } from 'luxon';
import type { IDataObject, INodePropertyOptions } from 'n8n-workflow';
import type { FailItem } from '../transport/errors';
import { toCamelCase } from '../transport/flatten';
import { toWholeSeconds, formatDuration, UNIT_SECONDS, type DurationUnit } from '../utils/duration';
import { isBlank } from '../utils/isBlank';
import { parseBoolean } from '../utils/parseBoolean';
import { EMPTY_ENTRY, parseList } from '../utils/parseList';
import { findBrokenText, findRoundedNumber, type ValueProblem } from '../utils/values/brokenText';
import { trimText } from '../utils/values/trimText';
import { replaceDates, toDay, toInstant } from '../values/dates';
import { parseId } from '../values/idKinds';
import type { Encoding, Field } from './types';
import { formatValue } from '../values/valueFormats';

/**
 * Converts Persona's name of a field to the name of its parameter: `redirect-uri` to `redirectUri`, and
 * `expires-in-seconds`, whose unit the user chooses, to `expiresIn`.
 */
export const toParameterName = (name: string) => toCamelCase(name.replace(/-seconds$/, ''));

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

function toJsonList(value: unknown, label: string, fail: FailItem): IDataObject[] {
	const list = parseJson(value, label, fail);
	checkJsonValue(list, label, fail);
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
	// Persona splits it at commas, so an entry of an array is split as well.
	commaList: (value, label, fail) => {
		const entries = toWords(value, label, fail).flatMap((word) => word.split(','));
		return entries
			.map((entry) => entry.trim())
			.filter((entry) => !isBlank(entry))
			.join(',');
	},
	// Names of binary fields; `ItemContext` replaces them with the files.
	file: toText,
	files: toWords,
	json: encodeObject,
	jsonList: (value, label, fail, zone) => replaceDates(toJsonList(value, label, fail), zone),
	map: encodeObject,
	fileMap: (value, label, fail) => checkFileNames(toJsonObject(value, label, fail), label, fail),
	// `ItemContext` replaces it with its start and its end.
	period: toText,
	date: toDay,
	dateTime: toInstant,
	toggle: (value, label, fail) => {
		const parsed = parseBoolean(value);
		if (parsed !== undefined) return parsed;
		return fail(
			`'${label}' must be true or false`,
			'An expression can compare, e.g. {{ $json.answer === "yes" }}.',
		);
	},
	number: (value, label, fail) => {
		const text = typeof value === 'string' ? trimText(value) : undefined;
		const number = text === undefined ? value : Number(text || NaN);
		if (text !== undefined && /^[+-]?\d+$/.test(text) && !Number.isSafeInteger(number)) {
			fail(
				`'${label}' has more digits than a number can hold`,
				'Its last digits would change. A number that long belongs into a field for text.',
			);
		}
		if (typeof number === 'number' && Number.isFinite(number)) return number;
		return fail(`'${label}' must be a number`, 'Use digits, with a point for decimals.');
	},
	duration: (value, label, fail, zone) => {
		const { amount, unit } = readDuration(value);
		const number = ENCODERS.number(amount, label, fail, zone) as number;
		if (!Object.hasOwn(UNIT_SECONDS, String(unit))) {
			fail(`'${label}' has an unknown unit`, `It can be ${Object.keys(UNIT_SECONDS).join(', ')}.`);
		}
		return (
			toWholeSeconds(number, unit as DurationUnit) ??
			fail(
				`'${label}' is not a whole number of seconds`,
				'Use a smaller unit, or round the number.',
			)
		);
	},
};

/** The amount and the unit of a duration, as the panel stores them. */
export function readDuration(value: unknown): Record<'amount' | 'unit', unknown> {
	const { duration } = isPlainObject(value) ? value : {};
	const { amount, unit } = isPlainObject(duration) ? duration : {};
	return { amount, unit };
}

/** Fails where a member of a map names no binary field, nor is a list of names or a map of them. */
function checkFileNames(map: IDataObject, label: string, fail: FailItem, path = ''): IDataObject {
	for (const [key, value] of Object.entries(map)) {
		const names = Array.isArray(value) ? value : [value];
		if (isPlainObject(value)) checkFileNames(value, label, fail, `${path}${key}.`);
		else if (
			names.length === 0 ||
			!names.every((name) => typeof name === 'string' && !isBlank(name))
		)
			fail(
				`'${label}' names no binary field for '${path}${key}'`,
				'Write it as {"selfie": "data"}, with the name of a binary field of the item.',
			);
	}
	return map;
}

/** Writes a text, or each word of a list, in the form that the kind of the field has; of an address the ID. */
function formatEncoded(
	{ format, encoding, displayName, idPrefix }: Field,
	encoded: unknown,
	fail: FailItem,
): unknown {
	if (!format && !idPrefix) return encoded;
	const write = (word: unknown) => {
		const text = trimText(String(word));
		const written = format ? formatValue(format, text, displayName, fail) : text;
		return idPrefix ? parseId(written, { displayName, idPrefix }, fail) : written;
	};
	if (Array.isArray(encoded)) return encoded.map(write);
	if (typeof encoded !== 'string') return encoded;
	return encoding === 'commaList' ? encoded.split(',').map(write).join(',') : write(encoded);
}

/**
 * Converts a value of the panel as the encoding of its field says. Calls `fail` if the value is
 * invalid, out of range or not offered; a date without an offset is in the time zone `zone`.
 */
export function encodeValue(field: Field, value: unknown, zone: string, fail: FailItem): unknown {
	const encode = ENCODERS[field.encoding];
	const encoded = formatEncoded(field, encode(value, field.displayName, fail, zone), fail);
	checkChoice(field, encoded, fail);
	checkLength(field, encoded, fail);
	const { minValue = -Infinity, maxValue = Infinity } = field.typeOptions ?? {};
	const [minimum, maximum] = field.seconds ?? [minValue, maxValue];
	if (typeof encoded !== 'number' || (encoded >= minimum && encoded <= maximum)) return encoded;
	const [limit, bound] = encoded < minimum ? ['at least', minimum] : ['at most', maximum];
	const shown = field.seconds
		? formatDuration(bound, readDuration(value).unit as DurationUnit)
		: String(bound);
	return fail(`'${field.displayName}' is out of range`, `It must be ${limit} ${shown}.`);
}

function checkLength(
	{ displayName, maxEntries = Infinity }: Field,
	value: unknown,
	fail: FailItem,
) {
	if (!Array.isArray(value) || value.length <= maxEntries) return;
	fail(
		`'${displayName}' has ${value.length} entries`,
		`Persona takes ${maxEntries} at once. Divide them among several items.`,
	);
}

/**
 * Fails where an expression chooses what the panel does not offer: Persona might ignore it, and a list
 * would then have everything. Lists of `words` are open, e.g. for events of the customer's own.
 */
function checkChoice(
	{ displayName, encoding, options, type }: Field,
	value: unknown,
	fail: FailItem,
) {
	const isChoice = type === 'options' || (type === 'multiOptions' && encoding === 'commaList');
	if (!isChoice || typeof value !== 'string') return;
	const offered = (options as INodePropertyOptions[]).map((option) => String(option.value));
	const chosen = type === 'options' ? [value] : value.split(',');
	if (chosen.every((name) => offered.includes(name))) return;
	fail(`'${displayName}' has an unknown value`, `It can be ${offered.join(', ')}.`);
}
