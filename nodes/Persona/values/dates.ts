import { DateTime } from 'luxon';
import type { FailItem } from '../transport/errors';
import { toHyphens, toPlainCharacters } from '../utils/values/trimText';

/*
 * A day, such as a birthdate, has no time zone, but what comes from a database or a spreadsheet often
 * is a point in time. These functions find the day that was meant, whatever the zones of n8n and of
 * the workflow, and refuse what could be two days. No error contains the value, which may be personal.
 */

/** What the text of a date consists of. Without a time, the last members are missing. */
interface WrittenDate {
	day: string;
	/** Hour, minute, second and millisecond. */
	time?: [number, number, number, number];
	/** As written, e.g. `+02:00`, or Z. */
	offset?: string;
}

const DATE_TEXT =
	/^(\d{4})(-?)(\d\d)\2(\d\d)(?:[T ](\d\d):?(\d\d)(?::?(\d\d)(?:[.,](\d{1,9}))?)?)?\s?(Z|[+-]\d\d(?::?\d\d)?)?$/i;

/** How a JavaScript date is written as JSON, e.g. when n8n stores an item. */
const JSON_DATE = /T\d\d:\d\d:\d\d\.\d{3}Z$/;

const HOW_TO_WRITE = 'Write it as YYYY-MM-DD, e.g. 1994-04-12.';

/**
 * What a number may be, by its smallest size; before 1970, seconds and milliseconds are negative. Days
 * since 1900 have five digits, and a smaller number may be a year.
 */
const NUMBER_CONVERSIONS: Array<[minimum: number, conversion: string]> = [
	[
		1e10,
		'A number of milliseconds since 1970 becomes a date with {{ DateTime.fromMillis(Number($json.day)).toUTC().toISO() }}.',
	],
	[
		1e8,
		'A number of seconds since 1970 becomes a date with {{ DateTime.fromSeconds(Number($json.day)).toUTC().toISO() }}.',
	],
	[
		1e7,
		'A number such as 19940412 becomes a date with {{ String($json.day) }}, and a number of seconds since 1970 with {{ DateTime.fromSeconds(Number($json.day)).toUTC().toISO() }}.',
	],
	[
		1e4,
		'A number of days from a spreadsheet becomes a date with {{ DateTime.fromISO("1899-12-30").plus({ days: Number($json.day) }).toISO() }}.',
	],
];

/** Says how the number becomes a date; nothing for a number that may be a year. */
const describeConversion = (number: number) =>
	NUMBER_CONVERSIONS.find(([minimum]) => Math.abs(number) >= minimum)?.[1] ?? '';

/** Earlier years are placeholders for an unknown date, or a year of two digits. */
const FIRST_YEAR = 1000;

const pad = (number: number, length = 2) => String(number).padStart(length, '0');

/** A date without the blanks, invisible marks and dashes that spreadsheets and browsers give it. */
const clean = (text: string) =>
	toHyphens(toPlainCharacters(text)).replace(/(\d:\d\d(?::\d\d(?:\.\d+)?)?) ?(?:UTC|GMT)$/i, '$1Z');

/** Reads the text of a date. Calls `fail` if it is none, or no date that exists. */
function parseDate(value: unknown, label: string, fail: FailItem): WrittenDate {
	const text = typeof value === 'string' ? clean(value) : value;
	if (typeof text === 'number' || (typeof text === 'string' && /^-?\d+(\.\d+)?$/.test(text))) {
		if (typeof text === 'number' || text.length !== 8) {
			return fail(
				`'${label}' is a number, not a date`,
				`${HOW_TO_WRITE} ${describeConversion(Number(text))}`.trim(),
			);
		}
	}
	if (typeof text !== 'string') return fail(`'${label}' is not a date`, HOW_TO_WRITE);
	const [, year, , month, date, hour, minute, second = '0', fraction = '', offset] =
		DATE_TEXT.exec(text) ?? [];
	if (!year || (offset && !hour)) {
		return /^\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\b/.test(text)
			? fail(
					`'${label}' is not a date written as YYYY-MM-DD`,
					`Which number is the day, the month or the year is not clear. ${HOW_TO_WRITE} Another order becomes a date with {{ DateTime.fromFormat($json.day, "MM/dd/yyyy").toISODate() }}.`,
				)
			: fail(`'${label}' is not a date`, HOW_TO_WRITE);
	}
	const isPossible =
		DateTime.utc(Number(year), Number(month), Number(date)).isValid &&
		Number(year) >= FIRST_YEAR &&
		(!hour || (Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60)) &&
		!/^[+-](?:1[5-9]|[2-9]\d|\d\d:?[6-9])/.test(offset ?? '');
	if (!isPossible) {
		fail(
			`'${label}' is not a date that exists`,
			`Check year, month, day and time. ${HOW_TO_WRITE}`,
		);
	}
	const millisecond = Number(fraction.padEnd(3, '0').slice(0, 3));
	return {
		day: `${year}-${month}-${date}`,
		...(hour && { time: [Number(hour), Number(minute), Number(second), millisecond] }),
		...(offset && { offset }),
	};
}

/** The day of an instant that is midnight in UTC or in the zone of n8n's process, else undefined. */
function findDayOfMidnight(instant: Date): string | undefined {
	const [day, time] = instant.toISOString().split('T');
	if (time === '00:00:00.000Z') return day;
	const [year, month, date] = [instant.getFullYear(), instant.getMonth(), instant.getDate()];
	// Where the clocks go forward at midnight, this is the first moment of the day.
	const isMidnight = new Date(year, month, date).getTime() === instant.getTime();
	return isMidnight ? `${pad(year, 4)}-${pad(month + 1)}-${pad(date)}` : undefined;
}

/** The day of an instant in a zone if it is the first moment of the day there, else undefined. */
function findDayThatBegins(instant: Date, zone: string): string | undefined {
	const local = DateTime.fromJSDate(instant, { zone });
	const isBeginning = +local.startOf('day') === instant.getTime();
	return isBeginning ? (local.toISODate() ?? undefined) : undefined;
}

/** The day that a point in time stands for, as YYYY-MM-DD. */
function toDayOfInstant(instant: Date, zone: string): string {
	const day = DateTime.fromJSDate(instant, { zone }).toISODate() ?? '';
	// n8n's database nodes return a day as midnight in the zone of n8n's process.
	return findDayOfMidnight(instant) ?? day;
}

const isValidDate = (value: unknown): value is Date =>
	value instanceof Date && !Number.isNaN(value.getTime());

/** Luxon's dates become their text, so that an expression and a stored item give the same. */
const unwrapDateTime = (value: unknown) =>
	DateTime.isDateTime(value) ? (value.toISO() ?? undefined) : value;

/**
 * Converts a value to a day, as YYYY-MM-DD. A point in time that is midnight in UTC, in n8n's zone or
 * in `zone`, the workflow's, is that day; a JavaScript date of another time is the day in `zone`; and
 * a text is the day that it names. Calls `fail` if it is no day.
 */
export function toDay(given: unknown, label: string, fail: FailItem, zone: string): string {
	const value = unwrapDateTime(given);
	if (isValidDate(value)) {
		const day = toDayOfInstant(value, zone);
		// Fails for a year that is not plausible.
		return parseDate(day, label, fail).day;
	}
	const { day, time, offset } = parseDate(value, label, fail);
	if (!time || !offset || !/^(Z|[+-]00(:?00)?)$/i.test(offset)) return day;
	const instant = new Date(Date.parse(`${day}T00:00:00Z`) + toMilliseconds(time));
	// A day that another program wrote as a point in time in UTC, or n8n when it stored the item.
	if (JSON_DATE.test(clean(String(value)))) return toDayOfInstant(instant, zone);
	return findDayOfMidnight(instant) ?? findDayThatBegins(instant, zone) ?? day;
}

const toMilliseconds = ([hour, minute, second, millisecond]: number[]) =>
	((hour * 60 + minute) * 60 + second) * 1000 + millisecond;

/**
 * Converts a value to a point in time in UTC, as ISO 8601. Without an offset it is in `zone`. Calls
 * `fail` if it is none, or if clocks in `zone` skip that time or show it twice.
 */
export function toInstant(given: unknown, label: string, fail: FailItem, zone: string): string {
	const value = unwrapDateTime(given);
	const formatUtc = (local: DateTime): string => {
		const text = local.toUTC().toISO() ?? '';
		if (/^\d{4}-/.test(text)) return text;
		return fail(`'${label}' is not a date that exists`, 'Use a year of four digits.');
	};
	if (isValidDate(value)) return formatUtc(DateTime.fromJSDate(value));
	const { day, time, offset } = parseDate(value, label, fail);
	if (!time) return formatUtc(DateTime.fromISO(day, { zone }).startOf('day'));
	const [hour, minute, second, millisecond] = time;
	const written = `${day}T${pad(hour)}:${pad(minute)}:${pad(second)}.${pad(millisecond, 3)}`;
	if (offset) return formatUtc(DateTime.fromISO(written + offset.toUpperCase()));
	const local = DateTime.fromISO(written, { zone });
	if (local.hour !== hour || local.minute !== minute || local.getPossibleOffsets().length > 1) {
		fail(
			`'${label}' is a time that does not occur exactly once in ${zone}`,
			'The clocks change in that hour. Add the offset, e.g. 2025-03-30T02:30:00+01:00.',
		);
	}
	return formatUtc(local);
}

/**
 * Replaces the dates within a value that becomes JSON, whose types are not known: midnight by its day,
 * as `toDay` does, and any other time by ISO 8601 in `zone`, which names the right day as well. A date
 * of Luxon has a zone of its own.
 */
export function replaceDates(value: unknown, zone: string): unknown {
	if (isValidDate(value)) {
		const time = DateTime.fromJSDate(value, { zone });
		const utc = value.toISOString();
		if (!/^[1-9]\d{3}-/.test(utc)) return utc;
		return findDayOfMidnight(value) ?? findDayThatBegins(value, zone) ?? time.toISO();
	}
	if (DateTime.isDateTime(value)) {
		return +value.startOf('day') === +value ? value.toISODate() : value.toISO();
	}
	if (Array.isArray(value)) return value.map((member) => replaceDates(member, zone));
	if (Object.prototype.toString.call(value) !== '[object Object]') return value;
	return Object.fromEntries(
		Object.entries(value as object).map(([key, member]) => [key, replaceDates(member, zone)]),
	);
}
