import type { JsonApiDocument } from '../../transport/jsonApi';
import type { FileLink } from '../../transport/files';
import { isRecord } from '../../transport/simplify';

/** What can be collected, with its labels in the panel; the keys are stored in workflows. */
export const EVIDENCE_KINDS = {
	document: 'Documents',
	idImage: 'ID Images',
	json: 'JSON',
	pdf: 'PDFs',
	selfie: 'Selfies',
};

/** One of the kinds of evidence. */
export type EvidenceKind = keyof typeof EVIDENCE_KINDS;

const SELFIE = /selfie|portrait|\bface\b/;

const ID = /government-id|digital-id|nfc|mdoc/;

/** What a linked file shows, by where Persona has it. Anything but a face or an ID is a document. */
export function getEvidenceKind({ type, field }: FileLink): EvidenceKind {
	const place = `${type} ${field}`;
	if (SELFIE.test(place)) return 'selfie';
	return ID.test(place) ? 'idImage' : 'document';
}

/** Words of a field that tell nothing of what the file shows. */
const EMPTY = /^(\d+|fields?|files?|photos?|urls?|value|)$/;

/** The side of an ID or a face where Persona keeps it beside the link, as in `photo-urls`. */
function getPage(
	{ id, type, field }: FileLink,
	{ data, included = [] }: JsonApiDocument,
): string[] {
	const object = [data, included].flat().find((one) => one.id === id && one.type === type);
	const [name, index] = field.split('.');
	const list = object?.attributes?.[name];
	const entry: unknown = Array.isArray(list) ? list[Number(index)] : undefined;
	return isRecord(entry) && typeof entry.page === 'string' ? [entry.page] : [];
}

/** What a linked file is, as the middle of a file name: `government-id-front`. */
export function buildTitle(link: FileLink, document: JsonApiDocument): string {
	const { type, field } = link;
	const [family, subtype = family] = type.split('/');
	const subject = subtype === 'generic' ? family : subtype;
	const words = field.split(/[._-]/).filter((word) => !EMPTY.test(word));
	const parts = [...(subject === 'inquiry' ? [] : [subject]), ...getPage(link, document), ...words];
	return sanitizeFileName(parts.join('-')) || 'file';
}

/** A text as a part of a file name that every disk and every store of files takes. */
export const sanitizeFileName = (text: string) =>
	text
		.replace(/[^\w-]+/g, '-')
		.replace(/^-+|-+$/g, '')
		.slice(0, 80);

/** The ending of a file: that of its name, or else what its type says. */
export function getFileExtension(fileName: string, type = ''): string {
	const ending = /\.(\w{1,5})$/.exec(fileName)?.[1] ?? /^\w+\/(\w{1,5})(;|$)/.exec(type)?.[1];
	return ending ? `.${ending.toLowerCase()}` : '';
}
