import { randomBytes } from 'node:crypto';

/** Without letters and digits that look alike. */
const ALPHABET = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** Random text of letters and digits. */
export function createRandomText(length: number): string {
	let text = '';
	for (const byte of randomBytes(length)) text += ALPHABET[byte % ALPHABET.length];
	return text;
}

/** A new ID with the prefix that Persona uses for this type of object, such as `inq_…`. */
export const createId = (prefix: string) => `${prefix}_${createRandomText(24)}`;
