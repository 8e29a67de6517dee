import type { Json, JsonObject } from './json.mts';

/** How long a link to a file works by default, as with Persona. */
export const DEFAULT_FILE_LINK_SECONDS = 21_600;

const LINK_KEY = '$file';

/** Represents the URL of a file in a stored object; every response replaces it with a new link. */
export const toFileLink = (name: string): JsonObject => ({ [LINK_KEY]: name });

/** A file on the file host. */
export interface StoredFile {
	name: string;
	byteSize: number;
}

/** The object `{filename, url, byte-size}` that represents a file. */
export const toFileObject = ({ name, byteSize }: StoredFile): JsonObject => ({
	filename: name,
	url: toFileLink(name),
	'byte-size': byteSize,
});

/** The value with a URL in place of each file link. */
export function replaceFileLinks(value: Json, buildUrl: (name: string) => string): Json {
	if (value === null || typeof value !== 'object') return value;
	if (Array.isArray(value)) return value.map((item) => replaceFileLinks(item, buildUrl));
	const name = value[LINK_KEY];
	if (typeof name === 'string') return buildUrl(name);
	const result: JsonObject = {};
	for (const key of Object.keys(value)) result[key] = replaceFileLinks(value[key], buildUrl);
	return result;
}
