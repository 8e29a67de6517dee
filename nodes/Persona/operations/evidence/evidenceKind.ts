import {
	getAttributes,
	getBaseType,
	getIncluded,
	type ObjectDocument,
} from '../../transport/jsonApi';
import type { FileLink } from '../../transport/fileLinks';
import { isRecord } from '../../utils/isRecord';

/** What can be collected, with its labels in the panel. The keys are stored in workflows. */
export const EVIDENCE_KINDS = {
	document: 'Documents',
	idImage: 'ID Images',
	json: 'JSON',
	pdf: 'PDFs',
	selfie: 'Selfies',
};

/** A kind of evidence. */
export type EvidenceKind = keyof typeof EVIDENCE_KINDS;

const SELFIE = /selfie|portrait|\bface\b/;

const ID = /government-id|digital-id|nfc|mdoc/;

/** Tells from where a link is what its file shows. Anything but a face or an ID is a document. */
export function getEvidenceKind({ type, field }: FileLink): EvidenceKind {
	const location = `${type} ${field}`;
	if (SELFIE.test(location)) return 'selfie';
	return ID.test(location) ? 'idImage' : 'document';
}

/** Words in the path of a field that do not say what the file shows. */
const GENERIC_WORD = /^(\d+|fields?|files?|photos?|urls?|value|)$/;

/** The side of an ID or a face, where Persona has it beside the link, as in `photo-urls`. */
function getPage({ id, type, field }: FileLink, document: ObjectDocument) {
	const object = [document.data, ...getIncluded(document)].find(
		(candidate) => candidate.id === id && candidate.type === type,
	);
	const [name, index] = field.split('.');
	const list = object && getAttributes(object)[name];
	const entry: unknown = Array.isArray(list) ? list[Number(index)] : undefined;
	return isRecord(entry) && typeof entry.page === 'string' ? [entry.page] : [];
}

/** Builds the part of a file name that says what the file is, e.g. `government-id-front`. */
export function buildTitle(link: FileLink, document: ObjectDocument): string {
	const { type, field } = link;
	const baseType = getBaseType(type);
	const [, subtype = baseType] = type.split('/');
	const subject = subtype === 'generic' ? baseType : subtype;
	const words = field.split(/[._-]/).filter((word) => !GENERIC_WORD.test(word));
	const parts = [...(subject === 'inquiry' ? [] : [subject]), ...getPage(link, document), ...words];
	return sanitizeFileName(parts.join('-')) || 'file';
}

/** Turns a text into a part of a file name that every file system and file store accepts. */
export const sanitizeFileName = (text: string) =>
	text
		.replace(/[^\w-]+/g, '-')
		.replace(/^-+|-+$/g, '')
		.slice(0, 80);

/** The extension of a file with its dot, from its name or else from its MIME type; it may be empty. */
export function getFileExtension(fileName: string, mimeType = ''): string {
	const extension =
		/\.(\w{1,5})$/.exec(fileName)?.[1] ?? /^\w+\/(\w{1,5})(;|$)/.exec(mimeType)?.[1];
	return extension ? `.${extension.toLowerCase()}` : '';
}
