import { DateTime } from 'luxon';
import { isPlainObject } from '../../../nodes/Persona/values/plainValues.ts';
import { isBlank as isBlankText } from '../../../nodes/Persona/utils/isBlank.ts';
import { hasEmptyEntry, parseList } from '../../../nodes/Persona/utils/parseList.ts';
import { findBrokenText } from '../../../nodes/Persona/utils/values/brokenText.ts';
import type { InputForm } from './probeInput.mts';

const noMembers = /^\s*(\{\s*\}|\[\s*\]|null)\s*$/;

const LIST_FORMS: InputForm[] = ['commaList', 'fieldsToReturn', 'files', 'words'];

const JSON_FORMS: InputForm[] = ['json', 'jsonList', 'map', 'fileMap', 'query'];

/** Whether a value is a point in time of JavaScript or of Luxon. */
export const isTime = (value: unknown): value is Date | DateTime =>
	value instanceof Date || DateTime.isDateTime(value);

/** Whether JavaScript has changed the last digits of a number. */
export const isRounded = (value: unknown) =>
	Number.isInteger(value) && !Number.isSafeInteger(value);

/** A value as text; undefined if it has none. */
export function toText(value: unknown): string | undefined {
	// In a collection, n8n turns these into text before the node reads them.
	if (DateTime.isDateTime(value)) return String(value);
	const fits =
		typeof value === 'number'
			? Number.isFinite(value) && !isRounded(value)
			: ['string', 'boolean', 'bigint'].includes(typeof value);
	// An unpaired surrogate cannot be encoded in an address.
	const isSound = (text: string) => !/\p{Surrogate}/u.test(text) && !findBrokenText(text);
	return fits && isSound(String(value)) ? String(value) : undefined;
}

/** Whether a value counts as empty in this form. */
export function isBlank(value: unknown, form: InputForm): boolean {
	if (typeof value === 'string') {
		if (LIST_FORMS.includes(form)) return toWords(value)?.length === 0;
		return isBlankText(value) || (JSON_FORMS.includes(form) && noMembers.test(value));
	}
	if (Array.isArray(value)) return value.every((one) => isBlank(one, form));
	if (isPlainObject(value)) return Object.keys(value).length === 0;
	return value === undefined || value === null;
}

/** The words of a list, however it is given; undefined if anything in it is no word. */
export function toWords(value: unknown): string[] | undefined {
	// In a collection, n8n turns these into text before the node reads them.
	const list = parseList(DateTime.isDateTime(value) ? String(value) : value);
	const words = 'entries' in list ? list.entries.map(toText) : [undefined];
	return words.every((word) => word !== undefined) ? words : undefined;
}

/** Whether an expression found nothing: such a value removes nothing. */
export const isMissing = (value: unknown): boolean =>
	typeof value === 'string'
		? !isBlankText(value) && hasEmptyEntry(value)
		: !Array.isArray(value) || hasEmptyEntry(value);

/** A value after a round trip through JSON; undefined if JSON cannot hold it. */
export function toJsonValue(value: unknown): unknown {
	try {
		return JSON.parse(JSON.stringify(value)) as unknown;
	} catch {
		return undefined;
	}
}

/** Whether JSON turns something in a value into null that is not: NaN, or a date that does not exist. */
export function becomesNull(value: unknown): boolean {
	if (Array.isArray(value)) return value.some(becomesNull);
	if (isPlainObject(value)) return Object.values(value).some(becomesNull);
	if (isTime(value)) return Number.isNaN(value.valueOf());
	return typeof value === 'number' && !Number.isFinite(value);
}

/** Whether a member of a value was to come from an expression that found nothing. */
export function hasHole(value: unknown): boolean {
	if (Array.isArray(value)) return Array.from(value as unknown[]).some(hasHole);
	return isPlainObject(value) ? Object.values(value).some(hasHole) : value === undefined;
}

/** A value as JSON; a text is parsed. Undefined if it is not valid. */
export function parseJson(value: unknown): unknown {
	const json = parseAnyJson(value);
	const isUnsound = becomesNull(value) || becomesNull(json) || hasHole(value);
	return isUnsound || hasBrokenPart(json) ? undefined : json;
}

/** Whether anything in a value is a text for what could not be made, or a number with other digits. */
export function hasBrokenPart(value: unknown): boolean {
	if (typeof value === 'string') return findBrokenText(value) !== undefined;
	if (Array.isArray(value)) return value.some(hasBrokenPart);
	return isRounded(value) || (isPlainObject(value) && hasBrokenPart(Object.entries(value)));
}

function parseAnyJson(value: unknown): unknown {
	if (typeof value !== 'string')
		return isTime(value) ? undefined : toJsonValue(replaceTimes(value));
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

/** A time with a full date and a year of four digits; else undefined. */
function parseTime(value: unknown): DateTime | undefined {
	if (value instanceof Date) return DateTime.fromJSDate(value, { zone });
	if (DateTime.isDateTime(value)) return value;
	const text = typeof value === 'string' ? value.trim() : '';
	if (!/^\d{4}(-?)\d\d\1\d\d/.test(text)) return undefined;
	return DateTime.fromISO(text.replace(' ', 'T'), { zone, setZone: true });
}

const keepFourDigits = (text?: string | null) =>
	text && /^[1-9]\d{3}-/.test(text) ? text : undefined;

/** A value as a point in time in UTC; undefined if it is none. */
export function formatInstant(value: unknown): string | undefined {
	const time = parseTime(value);
	return time?.isValid ? keepFourDigits(time.toUTC().toISO()) : undefined;
}

/** A value as a day; undefined if it is none. */
export function formatDay(value: unknown): string | undefined {
	const time = parseTime(value);
	if (!time?.isValid) return undefined;
	const inUtc = time.toUTC();
	const isInstant = value instanceof Date || /T.{12}Z$/.test(String(value));
	const isMidnight = inUtc.toMillis() % 86_400_000 === 0;
	const local = isInstant ? time.setZone(zone) : time;
	return keepFourDigits((isInstant && isMidnight ? inUtc : local).toISODate());
}

/** A value in which dates are texts that name their day. */
export function replaceTimes(value: unknown): unknown {
	if (value instanceof Date) {
		if (Number.isNaN(value.getTime()) || !keepFourDigits(value.toISOString())) return value;
		const isMidnight = value.getTime() % 86_400_000 === 0;
		return isMidnight ? formatDay(value) : DateTime.fromJSDate(value, { zone }).toISO();
	}
	if (Array.isArray(value)) return value.map(replaceTimes);
	if (!isPlainObject(value)) return value;
	return Object.fromEntries(
		Object.entries(value).map(([name, member]) => [name, replaceTimes(member)]),
	);
}
