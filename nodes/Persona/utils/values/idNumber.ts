import { toPlainCharacters } from './trimText';

/** `123456789.0` and `1.23457E+11`, also with a comma. A number such as 5E123456 stays one. */
const SPREADSHEET_NUMBER = /^[+-]?(?:\d+[.,]0{1,2}|\d(?:[.,]\d+)?E\+\d{1,3}|\d[.,]\d+E\d{1,3})$/i;

/**
 * Whether a text shows that a spreadsheet or a program took its digits for a number to calculate with:
 * it has become a decimal, or was rounded. Zeros at its beginning, or its last digits, may be gone.
 */
export const isSpreadsheetNumber = (text: string) =>
	SPREADSHEET_NUMBER.test(toPlainCharacters(text));

/**
 * Returns the text by which two spellings of the number of a document are equal: blanks, dots, dashes,
 * slashes and case do not matter, zeros at the beginning do. Undefined if it has no letter or digit,
 * and for what a spreadsheet has made of a number.
 */
export const getIdNumberKey = (text: string): string | undefined =>
	isSpreadsheetNumber(text)
		? undefined
		: toPlainCharacters(text)
				.replace(/[^\p{L}\p{M}\p{N}]/gu, '')
				.toUpperCase() || undefined;

/** The digits of a number that is written with digits, blanks, dots and dashes; otherwise empty. */
const getDigits = (text: string): string =>
	/^[\d\s.\-‐‑–—−]+$/.test(toPlainCharacters(text)) ? (getIdNumberKey(text) ?? '') : '';

/**
 * Formats a US social security number as Persona asks for it, e.g. 123-45-6789. Undefined if it has
 * not exactly nine digits: a spreadsheet removes a zero at the beginning.
 */
export function formatSocialSecurityNumber(text: string): string | undefined {
	const [, area, group, serial] = /^(\d{3})(\d{2})(\d{4})$/.exec(getDigits(text)) ?? [];
	return area === undefined ? undefined : `${area}-${group}-${serial}`;
}

/**
 * Formats a US employer identification number, e.g. 12-3456789. Undefined if it has not exactly nine
 * digits.
 */
export function formatEin(text: string): string | undefined {
	const [, prefix, serial] = /^(\d{2})(\d{7})$/.exec(getDigits(text)) ?? [];
	return prefix === undefined ? undefined : `${prefix}-${serial}`;
}
