/** Digits of a number that begins with its country code, which may have `+` or `00` in front. */
export function toInternationalDigits(written: string): string {
	// A zero in brackets is not dialled after a country code.
	const number = written.replace(/^tel:/i, '').replace(/^((?:\+|00)[\d\s]{1,5})\(0\)/, '$1');
	return number.replace(/\D/g, '').replace(/^00/, '');
}

/** By country code, what is dialled before a number within the country where that is not 0. */
const TRUNK_PREFIXES: Record<string, string> = { '1': '1', '7': '8' };

/**
 * The digits by which a number may stand on a list; undefined where the text is no number. Without
 * a country code of its own it belongs to the given one.
 */
export function listPossibleDigits(value: string, countryCode = ''): string[] | undefined {
	if (!/^(tel:)?\+?[\d\s()./-]+$/i.test(value) || !/(\d\D*){3}/.test(value)) return undefined;
	const code = countryCode.replace(/\D/g, '').replace(/^00/, '');
	const digits = toInternationalDigits(value);
	if (code === '' || /^(tel:)?(\+|00)/i.test(value)) return [digits];
	const isTrunk = digits.startsWith(TRUNK_PREFIXES[code] ?? '0');
	return [
		// Some countries, such as Italy, keep the zero behind the country code.
		code + digits,
		...(isTrunk ? [code + digits.slice(1)] : []),
		// The country code may stand there all the same, without its plus.
		...(digits.startsWith(code) ? [digits] : []),
	];
}
