import { randomText } from '../ids.mts';
import { object, type Schema, text } from '../server/body.mts';
import type { Json, JsonObject } from '../store.mts';
import type { World } from '../world.mts';
import { fileLink, withFileUrls } from './fileLinks.mts';

/** A file in a request: its bytes in Base64, and its name. */
export const upload: Schema = object({ 'data*': text, 'filename*': text });

const mimes: Record<string, string> = {
	csv: 'text/csv',
	jpeg: 'image/jpeg',
	jpg: 'image/jpeg',
	pdf: 'application/pdf',
	png: 'image/png',
	txt: 'text/plain',
};

/** Puts an uploaded file on the file host and gives what stands for it in an object. */
export function storeUpload(world: World, { data, filename }: JsonObject): JsonObject {
	const name = String(filename);
	const ending = name.split('.').pop()?.toLowerCase() ?? '';
	const bytes = Buffer.from(String(data), 'base64');
	const stored = `${randomText(12)}-${name.replace(/[^\w.-]/g, '_')}`;
	world.files.set(stored, { mime: mimes[ending] ?? 'application/octet-stream', bytes });
	return { filename: name, url: fileLink(stored), 'byte-size': bytes.length };
}

/** Takes the files that a value links to from the file host. */
export function deleteFiles({ files }: World, value: Json) {
	withFileUrls(value, (name) => {
		files.delete(name);
		return name;
	});
}
