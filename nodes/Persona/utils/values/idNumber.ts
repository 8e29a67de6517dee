import { toPlainCharacters } from './trimText';

/**
 * Returns the text by which two spellings of the number of a document are equal: blanks, dots, dashes,
 * slashes and case do not matter, zeros at the beginning do. Undefined if it has no letter or digit.
 */
export const getIdNumberKey = (text: string): string | undefined =>
	toPlainCharacters(text)
		.replace(/[^\p{L}\p{M}\p{N}]/gu, '')
		.toUpperCase() || undefined;

/**
 * Formats a US social security number as Persona asks for it, e.g. 123-45-6789. Undefined if it has
 * not exactly nine digits: a spreadsheet removes a zero at the beginning.
 */
export function formatSocialSecurityNumber(text: string): string | undefined {
	const key = /^[\d\s.\-‐‑–—−]+$/.test(toPlainCharacters(text)) ? (getIdNumberKey(text) ?? '') : '';
	const [, area, group, serial] = /^(\d{3})(\d{2})(\d{4})$/.exec(key) ?? [];
	return area === undefined ? undefined : `${area}-${group}-${serial}`;
}
