import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Json, JsonObject } from '../store.mts';

/** How long a link to a file works when nobody says otherwise, as with Persona. */
export const DEFAULT_LINK_SECONDS = 21_600;

const MARK = '$file';

/** Stands for the URL of a file inside a stored object; a fresh link takes its place in each answer. */
export const fileLink = (name: string): JsonObject => ({ [MARK]: name });

/** Stands for `{filename, url, byte-size}` of a file. */
export const fileObject = (name: string, bytes: number): JsonObject => ({
	filename: name,
	url: fileLink(name),
	'byte-size': bytes,
});

/** The value with a URL in place of each stored file. */
export function withFileUrls(value: Json, urlOf: (name: string) => string): Json {
	if (value === null || typeof value !== 'object') return value;
	if (Array.isArray(value)) return value.map((each) => withFileUrls(each, urlOf));
	const name = value[MARK];
	if (typeof name === 'string') return urlOf(name);
	const result: JsonObject = {};
	for (const key of Object.keys(value)) result[key] = withFileUrls(value[key], urlOf);
	return result;
}

/** Makes and checks the tokens that let anybody with the link read one file for a while. */
export class FileTokens {
	private secret = randomBytes(32);

	make(name: string, seconds: number): string {
		const expires = Date.now() + seconds * 1000;
		return `${expires}.${this.sign(name, expires)}`;
	}

	check(name: string, token: string): boolean {
		const [expires, signature = ''] = token.split('.');
		const expected = Buffer.from(this.sign(name, Number(expires)));
		const given = Buffer.from(signature);
		return (
			Number(expires) > Date.now() &&
			given.length === expected.length &&
			timingSafeEqual(given, expected)
		);
	}

	private sign(name: string, expires: number) {
		return createHmac('sha256', this.secret).update(`${name}:${expires}`).digest('hex');
	}
}
