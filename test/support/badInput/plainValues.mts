import { DateTime } from 'luxon';
import { isPlainObject } from '../../../nodes/Persona/engine/values.ts';
import type { InputForm } from './probeInput.mts';

const noWords = /^[\s,]*$/;

const noMembers = /^\s*(\{\s*\}|\[\s*\])?\s*$/;

const EMPTY_TEXTS: Partial<Record<InputForm, RegExp>> = {
	...{ commaList: noWords, fieldsToReturn: noWords, files: noWords, words: noWords },
	...{ json: noMembers, jsonList: noMembers, map: noMembers },
};

/** Whether a value is a point in time of either sort. */
export const isTime = (value: unknown): value is Date | DateTime =>
	value instanceof Date || DateTime.isDateTime(value);

/** The text that stands for a value, if one does. */
export function toText(value: unknown): string | undefined {
	// n8n writes those in a collection as text before any node sees them.
	if (DateTime.isDateTime(value)) return String(value);
	const fits =
		typeof value === 'number'
			? Number.isFinite(value)
			: ['string', 'boolean', 'bigint'].includes(typeof value);
	// Half of a character that takes two has no place in an address.
	return fits && !/\p{Surrogate}/u.test(String(value)) ? String(value) : undefined;
}

/** Whether nothing counts as given, for a value that is written in this way. */
export function isBlank(value: unknown, writing: InputForm): boolean {
	if (typeof value === 'string') return (EMPTY_TEXTS[writing] ?? /^\s*$/).test(value);
	if (Array.isArray(value)) {
		return value.every((one) => typeof one === 'string' && isBlank(one, writing));
	}
	if (isPlainObject(value)) return Object.keys(value).length === 0;
	return value === undefined || value === null;
}

/** The words of a list, or of a text with commas; undefined if something in it is no word. */
export function toWords(value: unknown): string[] | undefined {
	const list: unknown[] | undefined = Array.isArray(value) ? value : toText(value)?.split(',');
	const words = list?.map(toText);
	if (!words?.every((word) => word !== undefined)) return undefined;
	return words.map((word) => word.trim()).filter((word) => word !== '');
}

/** What is left of a value in JSON. */
export function toJsonValue(value: unknown): unknown {
	try {
		return JSON.parse(JSON.stringify(value)) as unknown;
	} catch {
		return undefined;
	}
}

/** The JSON that a value is, or that its text holds. */
export function parseJson(value: unknown): unknown {
	if (typeof value !== 'string') return isTime(value) ? undefined : toJsonValue(value);
	try {
		return JSON.parse(value) as unknown;
	} catch {
		return undefined;
	}
}

/** A finite number, or what a text says of one. */
export function toNumber(value: unknown): number | undefined {
	const number = typeof value === 'string' ? Number(value.trim() || NaN) : value;
	// JSON knows no negative zero.
	return typeof number === 'number' && Number.isFinite(number) ? number + 0 : undefined;
}

/** n8n's own, as the workflows of the tests set no other. */
const zone = 'America/New_York';

/** A time that names its day in full, in a year of four digits. */
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
