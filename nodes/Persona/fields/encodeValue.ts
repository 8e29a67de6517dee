import type { IDataObject, INodePropertyOptions } from 'n8n-workflow';
import type { FailItem } from '../transport/errors';
import { toCamelCase } from '../transport/flatten';
import { type DurationUnit, UNIT_SECONDS, formatDuration, toWholeSeconds } from '../utils/duration';
import { isBlank } from '../utils/isBlank';
import { parseBoolean } from '../utils/parseBoolean';
import { trimText } from '../utils/values/trimText';
import { replaceDates, toDay, toInstant } from '../values/dates';
import { parseId } from '../values/idKinds';
import { isPlainObject, toJsonList, toJsonObject, toText, toWords } from '../values/plainValues';
import { formatValue } from '../values/valueFormats';
import type { Encoding, Field } from './types';

/**
 * Converts Persona's name of a field to the name of its parameter: `redirect-uri` to `redirectUri`, and
 * `expires-in-seconds`, whose unit the user chooses, to `expiresIn`.
 */
export const toParameterName = (name: string) => toCamelCase(name.replace(/-seconds$/, ''));

/** Returns the plain value of one of n8n's resource locators, and any other value unchanged. */
export const unwrapLocator = (value: unknown) =>
	isPlainObject(value) && value.__rl === true ? value.value : value;

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
