import { DateTime } from 'luxon';
import type { IDataObject } from 'n8n-workflow';
import { toCamelCase } from '../transport/simplify';
import type { Field } from './types';

/** Persona's name as n8n's: `redirect-uri` is the parameter `redirectUri`. */
export const toParameterName = toCamelCase;

/** Reports a value that cannot be sent: what is wrong, and how to mend it. Never returns. */
export type FailItem = (what: string, how: string) => never;

/** The plain value of a resource locator; any other value as it is. */
export const unwrapLocator = (value: unknown) =>
	isPlainObject(value) && value.__rl === true ? value.value : value;

/** Whether a value is an object with keys of its own, not an array, a date or null. */
export const isPlainObject = (value: unknown): value is IDataObject =>
	Object.prototype.toString.call(value) === '[object Object]' && !DateTime.isDateTime(value);

/** Text as it can be sent. */
export function toText(value: unknown, label: string, refuse: FailItem): string {
	const plain = ['string', 'boolean', 'bigint'].includes(typeof value) || Number.isFinite(value);
	if (!plain) refuse(`'${label}' must be text`, 'Choose one value of it, e.g. {{ $json.id }}.');
	// No address can hold it.
	if (!/\p{Surrogate}/u.test(String(value))) return String(value);
	return refuse(`'${label}' holds half a character`, 'Cut the text before or after its emoji.');
}

/** A list of words from an array, or from a text with commas between them. */
export function toWords(value: unknown, label: string, refuse: FailItem): string[] {
	const list = Array.isArray(value) ? value : toText(value, label, refuse).split(',');
	return list.map((word) => toText(word, label, refuse).trim()).filter((word) => word !== '');
}

function parseJson(value: unknown, label: string, refuse: FailItem): unknown {
	if (typeof value !== 'string') return value;
	try {
		return JSON.parse(value);
	} catch {
		return refuse(`'${label}' is not valid JSON`, 'Check quotes, commas and brackets.');
	}
}

/** A JSON object from its text or from a value. */
export function toJsonObject(value: unknown, label: string, refuse: FailItem): IDataObject {
	const object = parseJson(value, label, refuse);
	if (isPlainObject(object)) return object;
	return refuse(`'${label}' must be a JSON object`, 'Write it as {"name": "value"}.');
}

function toJsonList(value: unknown, label: string, refuse: FailItem): IDataObject[] {
	const list = parseJson(value, label, refuse);
	if (Array.isArray(list) && list.every(isPlainObject)) return list;
	return refuse(`'${label}' must be a JSON list`, 'Write it as [{"name": "value"}].');
}

type Encoder = (value: unknown, label: string, refuse: FailItem, zone: string) => unknown;

/** A form of time, which names its day in full and whose year has four digits. */
const createTimeEncoder = (write: (time: DateTime) => string | null): Encoder =>
	function (value, label, refuse, zone) {
		let time = value;
		if (value instanceof Date) time = DateTime.fromJSDate(value, { zone });
		if (!DateTime.isDateTime(time)) {
			const text = toText(value, label, refuse).trim().replace(' ', 'T');
			time = DateTime.fromISO(/^\d{4}(-?)\d\d\1\d\d/.test(text) ? text : '', {
				zone,
				setZone: true,
			});
		}
		const written = write(time as DateTime) ?? '';
		if (/^\d{4}-/.test(written)) return written;
		return refuse(`'${label}' is not a date`, 'Write it like 2025-06-30 or 2025-06-30T14:00:00Z.');
	};

const encoders = {
	text: toText,
	words: toWords,
	commaList: (value, label, refuse) => toWords(value, label, refuse).join(',') || undefined,
	// Names of binary fields, whose files stand in their place once they are read.
	file: toText,
	files: toWords,
	json: toJsonObject,
	jsonList: toJsonList,
	map: toJsonObject,
	date: createTimeEncoder((time) => time.toISODate()),
	moment: createTimeEncoder((time) => time.toUTC().toISO()),
	toggle: (value, label, refuse) => {
		if (typeof value === 'boolean') return value;
		if (value === 'true' || value === 'false') return value === 'true';
		return refuse(`'${label}' must be true or false`, 'An expression has to give a boolean.');
	},
	number: (value, label, refuse) => {
		const number = typeof value === 'string' ? Number(value.trim() || NaN) : value;
		if (typeof number === 'number' && Number.isFinite(number)) return number;
		return refuse(`'${label}' must be a number`, 'Use digits, with a point for decimals.');
	},
} satisfies Record<string, Encoder>;

/** How a value of the panel can be written for Persona. */
export type Encoding = keyof typeof encoders;

/** A value of the panel as Persona wants it; dates without an offset are read in `zone`. */
export function encode(field: Field, value: unknown, zone: string, refuse: FailItem): unknown {
	const encoder: Encoder = encoders[field.encoding];
	const encoded = encoder(value, field.displayName, refuse, zone);
	const { minValue = -Infinity, maxValue = Infinity } = field.typeOptions ?? {};
	if (typeof encoded !== 'number' || (encoded >= minValue && encoded <= maxValue)) return encoded;
	const [limit, bound] = encoded < minValue ? ['at least', minValue] : ['at most', maxValue];
	return refuse(`'${field.displayName}' is out of range`, `It has to be ${limit} ${bound}.`);
}
