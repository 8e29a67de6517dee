import { DateTime } from 'luxon';
import { isPlainObject } from '../../../nodes/Persona/engine/values.ts';
import type { InputForm } from './probeInput.mts';

const noWords = /^[\s,]*$/;

const noMembers = /^\s*(\{\s*\}|\[\s*\])?\s*$/;

const EMPTY_TEXTS: Partial<Record<InputForm, RegExp>> = {
	...{ commaList: noWords, fieldsToReturn: noWords, files: noWords, words: noWords },
	...{ json: noMembers, jsonList: noMembers, map: noMembers },
};

/** Whether a value is a point in time of JavaScript or of Luxon. */
export const isTime = (value: unknown): value is Date | DateTime =>
	value instanceof Date || DateTime.isDateTime(value);

/** A value as text; undefined if it has none. */
export function toText(value: unknown): string | undefined {
	// In a collection, n8n turns these into text before the node reads them.
	if (DateTime.isDateTime(value)) return String(value);
	const fits =
		typeof value === 'number'
			? Number.isFinite(value)
			: ['string', 'boolean', 'bigint'].includes(typeof value);
	// An unpaired surrogate cannot be encoded in an address.
	return fits && !/\p{Surrogate}/u.test(String(value)) ? String(value) : undefined;
}

/** Whether a value counts as empty in this form. */
export function isBlank(value: unknown, form: InputForm): boolean {
	if (typeof value === 'string') return (EMPTY_TEXTS[form] ?? /^\s*$/).test(value);
	if (Array.isArray(value)) {
		return value.every((one) => typeof one === 'string' && isBlank(one, form));
	}
	if (isPlainObject(value)) return Object.keys(value).length === 0;
	return value === undefined || value === null;
}

/** The words of a list or of a comma-separated text; undefined if anything in it is no word. */
export function toWords(value: unknown): string[] | undefined {
	const list: unknown[] | undefined = Array.isArray(value) ? value : toText(value)?.split(',');
	const words = list?.map(toText);
	if (!words?.every((word) => word !== undefined)) return undefined;
	return words.map((word) => word.trim()).filter((word) => word !== '');
}

/** A value after a round trip through JSON; undefined if JSON cannot hold it. */
export function toJsonValue(value: unknown): unknown {
	try {
		return JSON.parse(JSON.stringify(value)) as unknown;
	} catch {
		return undefined;
	}
}

/** A value as JSON; a text is parsed. Undefined if it is not valid. */
export function parseJson(value: unknown): unknown {
	if (typeof value !== 'string') return isTime(value) ? undefined : toJsonValue(value);
	try {
		return JSON.parse(value) as unknown;
	} catch {
		return undefined;
	}
}

/** A value as a finite number; a text is parsed. */
export function toNumber(value: unknown): number | undefined {
	const number = typeof value === 'string' ? Number(value.trim() || NaN) : value;
	// JSON has no negative zero.
	return typeof number === 'number' && Number.isFinite(number) ? number + 0 : undefined;
}

/** n8n's default time zone: the workflows of the tests set no other. */
const zone = 'America/New_York';

/** A time with a full date and a year of four digits, formatted by `write`; else undefined. */
export function formatTime(
	value: unknown,
	write: (time: DateTime) => string | null,
): string | undefined {
	let time = DateTime.isDateTime(value) ? value : undefined;
	if (value instanceof Date) time = DateTime.fromJSDate(value, { zone });
	const text = time ? '' : (toText(value) ?? '').trim();
	if (/^\d{4}(-?)\d\d\1\d\d/.test(text)) {
		time = DateTime.fromISO(text.replace(' ', 'T'), { zone, setZone: true });
	}
	const written = time?.isValid ? (write(time) ?? '') : '';
	return /^\d{4}-/.test(written) ? written : undefined;
}
