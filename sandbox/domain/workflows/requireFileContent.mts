import { BadRequestError } from '../../state/errors.mts';
import type { Json } from '../../state/json.mts';

/**
 * Throws where a value refers to a stored file, at any depth, also where no input is declared: "file
 * values […] uploaded as an object with filename and base64-encoded data"
 * (https://docs.withpersona.com/updates/changelog/2026/10/27). What such a reference looks like is not
 * published. Ours are what the API itself shows of a file: its link, and an object with `filename` and
 * `url` or `id`.
 */
export function requireFileContent(value: Json, pointer: string): void {
	if (isReference(value)) {
		throw new BadRequestError('File values must be uploaded with filename and data', pointer);
	}
	if (value === null || typeof value !== 'object') return;
	for (const [key, member] of Object.entries(value))
		requireFileContent(member, `${pointer}/${key}`);
}

function isReference(value: Json): boolean {
	if (typeof value === 'string') return /^https?:\/\/\S+[?&]access_token=/.test(value);
	if (value === null || typeof value !== 'object' || Array.isArray(value)) return false;
	const hasContent = typeof value.data === 'string';
	return 'filename' in value && !hasContent && ('url' in value || 'id' in value);
}
