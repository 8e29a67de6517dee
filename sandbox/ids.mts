import { randomBytes } from 'node:crypto';

const letters = '123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz';

/** Random text of letters and digits that are hard to confuse. */
export function randomText(length: number): string {
	let text = '';
	for (const byte of randomBytes(length)) text += letters[byte % letters.length];
	return text;
}

/** A new ID with the prefix Persona uses for this kind of object, e.g. `inq_…`. */
export const newId = (prefix: string) => `${prefix}_${randomText(24)}`;
