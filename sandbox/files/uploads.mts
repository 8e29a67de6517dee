import { replaceFileLinks, toFileLink } from '../state/fileLinks.mts';
import { createRandomText } from '../state/ids.mts';
import type { Json, JsonObject } from '../state/json.mts';
import type { SandboxState } from '../state/sandboxState.mts';

const MIME_TYPES: Record<string, string> = {
	csv: 'text/csv',
	jpeg: 'image/jpeg',
	jpg: 'image/jpeg',
	pdf: 'application/pdf',
	png: 'image/png',
	txt: 'text/plain',
};

/** Stores an uploaded file on the file host; returns the object that represents it. */
export function storeUpload(state: SandboxState, { data, filename }: JsonObject): JsonObject {
	const extension = String(filename).split('.').pop()?.toLowerCase() ?? '';
	const bytes = Buffer.from(String(data), 'base64');
	const name = `${createRandomText(12)}-${String(filename).replace(/[^\w.-]/g, '_')}`;
	const mimeType = MIME_TYPES[extension] ?? 'application/octet-stream';
	state.files.set(name, { mimeType, bytes });
	return { filename: String(filename), url: toFileLink(name), 'byte-size': bytes.length };
}

/** Deletes the files that a value links to. */
export function deleteFiles({ files }: SandboxState, value: Json) {
	replaceFileLinks(value, (name) => {
		files.delete(name);
		return name;
	});
}
