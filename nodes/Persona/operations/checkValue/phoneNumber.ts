/** The digits of a number that begins with its country code, with or without `+` or `00` before it. */
export function toInternationalDigits(text: string): string {
	// A zero in brackets is not dialled after a country code.
	const number = text.replace(/^tel:/i, '').replace(/^((?:\+|00)[\d\s]{1,5})\(0\)/, '$1');
	return number.replace(/\D/g, '').replace(/^00/, '');
}

/** By country code: what is dialled before a number within that country. It is 0 in all others. */
const TRUNK_PREFIXES: Record<string, string> = { '1': '1', '7': '8' };

/**
 * Lists the digits that a number may have on a list; undefined where the text is no number. A number
 * without a country code gets the given one, also as digits, e.g. 49.
 */
export function listPossibleDigits(text: string, defaultCountryCode = ''): string[] | undefined {
	if (!/^(tel:)?\+?[\d\s()./-]+$/i.test(text) || !/(\d\D*){3}/.test(text)) return undefined;
	const countryCode = defaultCountryCode.replace(/\D/g, '').replace(/^00/, '');
	const digits = toInternationalDigits(text);
	if (countryCode === '' || /^(tel:)?(\+|00)/i.test(text)) return [digits];
	const hasTrunkPrefix = digits.startsWith(TRUNK_PREFIXES[countryCode] ?? '0');
	return [
		// Some countries, such as Italy, keep the zero after the country code.
		countryCode + digits,
		...(hasTrunkPrefix ? [countryCode + digits.slice(1)] : []),
		// The number may have its country code after all, without the plus.
		...(digits.startsWith(countryCode) ? [digits] : []),
	];
}
