import { toPlainCharacters } from './trimText';

/**
 * Returns the text by which two spellings of a fingerprint are equal: the case of hexadecimal digits
 * does not matter, that of other texts does. Undefined if there is none.
 */
export function getFingerprintKey(text: string): string | undefined {
	const plain = toPlainCharacters(text);
	return /^[\da-f]+$/i.test(plain) ? plain.toLowerCase() : plain || undefined;
}
