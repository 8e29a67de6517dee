import { toHyphens, toPlainCharacters } from './trimText';

/**
 * Country codes, from the list of assigned codes in the annex to ITU Operational Bulletin 1114 (ITU-T
 * Recommendation E.164), by their first digit; 1 and 7 stand alone.
 */
const COUNTRY_CODES = new RegExp(
	`^(?:1|7|${[
		'2(?:0|7|1[1-368]|[2-4]\\d|5[0-8]|6\\d|9[01789])',
		'3(?:[0-469]|5\\d|7[0-8]|8[0-35-79])',
		'4(?:[013-9]|2[013])',
		'5(?:[1-8]|0\\d|9\\d)',
		'6(?:[0-6]|7[02-9]|8[0-35-9]|9[0-2])',
		'8(?:[1246]|0[08]|5[02356]|70|78|8[0-368])',
		'9(?:[0-58]|6[0-8]|7[0-79]|9[2-68])',
	].join('|')})`,
);

/**
 * What is dialled before a number within a country, by its country code: the national prefixes in the
 * annex to ITU Operational Bulletin 994 (dialling procedures). In most other countries it is a zero or
 * nothing, and no number begins with a zero.
 */
const TRUNK_PREFIXES: Record<string, RegExp> = {
	'1': /^1(?=\d{10}$)/,
	'7': /^8(?=\d{10}$)/,
	'36': /^0?6(?=\d{8,9}$)/,
	// Until 2019, mobile numbers had a 1 after the country code.
	'52': /^(?:0?1|04[45])(?=\d{10}$)/,
	'370': /^[08](?=\d{8}$)/,
	'375': /^80?(?=\d{9}$)/,
	'993': /^8(?=\d{8}$)/,
};

const OTHER_TRUNK_PREFIX = /^0(?=[1-9])/;

/** Countries whose numbers begin with a zero that stays, e.g. +39 06 for Rome. */
const ZERO_STAYS = ['39', '225', '226', '227', '229', '241', '242', '378', '992'];

/** Digits with their country code: no more than 15 by E.164, and no fewer than those of Niue. */
const LENGTH = /^\d{7,15}$/;

/** Short numbers are compared as they are. */
const MIN_DIGITS = 3;

/** An area code of North America begins with 2 to 9. */
const NORTH_AMERICAN = /^1[2-9]\d{9}$/;

const EXTENSION = /\s*[,;]?\s*(?:ext(?:ension|n)?\b\.?|x|#)[\s:.]*\d{1,7}$/;

/** Removes the trunk prefix of a country. */
function removeTrunkPrefix(countryCode: string, digits: string): string {
	if (ZERO_STAYS.includes(countryCode)) return digits;
	return digits.replace(TRUNK_PREFIXES[countryCode] ?? OTHER_TRUNK_PREFIX, '');
}

/** Checks digits that begin with a country code; undefined if they cannot be a number. */
function normalizeDigits(digits: string): string | undefined {
	const [countryCode] = COUNTRY_CODES.exec(digits) ?? [];
	if (countryCode === undefined) return undefined;
	const number = countryCode + removeTrunkPrefix(countryCode, digits.slice(countryCode.length));
	if (!LENGTH.test(number)) return undefined;
	return countryCode !== '1' || NORTH_AMERICAN.test(number) ? number : undefined;
}

/** The country code of a hint such as 49, +49 or 0049; undefined if there is no such code. */
export function parseCountryCallingCode(text: string): string | undefined {
	const code = toPlainCharacters(text).replace(/^(\+|00)/, '');
	return COUNTRY_CODES.exec(code)?.[0] === code ? code : undefined;
}

/** A number as it was written. */
interface WrittenNumber {
	digits: string;
	/** The digits begin with a country code, because a plus or an international prefix says so. */
	isInternational: boolean;
	hasExtension: boolean;
}

/** Prepares what was written. A program that took the digits for a number has added `.0`. */
const toPlainNumber = (text: string) => toPlainCharacters(text).replace(/^(\+?\d{7,})\.0$/, '$1');

/** Parses what people and programs write; undefined if it is no number. */
function parseWrittenNumber(text: string): WrittenNumber | undefined {
	const plain = toHyphens(toPlainNumber(text)).toLowerCase();
	const [uri, ...parameters] = plain.replace(/^tel:\s*/, '').split(';');
	const context = parameters.find((parameter) => parameter.startsWith('phone-context=+'));
	const main = uri.replace(EXTENSION, '');
	const hasExtension = main !== uri || parameters.some((parameter) => /^\s*ext/.test(parameter));
	const written = (context && !main.startsWith('+') ? context.slice(14) : '') + main;
	if (!/^[\s(]*\+?[\d\s()[\]./-]+$/.test(written)) return undefined;
	const digits = written.replace(/\D/g, '');
	if (digits.length < MIN_DIGITS) return undefined;
	// 011 is dialled in North America, 0011 in Australia, 00 in most countries. After 011, a number with
	// its country code has at least nine digits; as an area code, 011 has fewer after it.
	const prefix = written.includes('+') ? /^(?:00)?/ : /^(?:0011(?=\d{7})|00|011(?=\d{9}))/;
	const [dialled] = prefix.exec(digits) ?? [];
	return {
		digits: digits.slice(dialled?.length ?? 0),
		isInternational: dialled !== undefined,
		hasExtension,
	};
}

/**
 * Formats a phone number for writing as Persona asks for it: a plus and the digits with country code,
 * e.g. +14155551234. Undefined if the country is not certain, if it has an extension, or if it is no
 * number.
 */
export function formatPhoneNumber(text: string): string | undefined {
	const written = parseWrittenNumber(text);
	if (!written?.isInternational || written.hasExtension) return undefined;
	const digits = normalizeDigits(written.digits);
	return digits === undefined ? undefined : `+${digits}`;
}

/** Formats the same where Persona also takes a number as people in its country write it. */
export function formatAnyPhoneNumber(text: string): string | undefined {
	const written = parseWrittenNumber(text);
	if (!written) return undefined;
	if (written.isInternational && !written.hasExtension) return formatPhoneNumber(text);
	return toPlainCharacters(text);
}

/** The digits that a number can have in its international form. */
export interface PhoneNumberDigits {
	/** More than one where a number without a plus may have its country code or not. */
	possible: string[];
	/** The digits without their country code, where the country is not known. */
	national?: string;
}

/**
 * Parses a number for comparing; undefined if it is none. A number without country code is completed
 * with `countryCode`, which is digits, e.g. 49. An extension is ignored.
 */
export function parsePhoneNumber(text: string, countryCode = ''): PhoneNumberDigits | undefined {
	const written = parseWrittenNumber(text);
	if (!written) return undefined;
	const { digits, isInternational } = written;
	if (isInternational) {
		const normalized = normalizeDigits(digits);
		return normalized === undefined ? undefined : { possible: [normalized] };
	}
	// Programs leave out the plus.
	const complete = normalizeDigits(digits) ?? digits;
	if (countryCode === '') {
		const national = digits.replace(/^0+/, '');
		return { possible: [complete], ...(national.length >= MIN_DIGITS && { national }) };
	}
	const completed = countryCode + removeTrunkPrefix(countryCode, digits);
	return { possible: digits.startsWith(countryCode) ? [completed, complete] : [completed] };
}
