import { isRecord } from '../utils/isRecord';
import { isWebUrl } from '../utils/isUrl';
import { getAttributes, getIncluded, type ObjectDocument } from './jsonApi';

/** A file that an object of Persona links to. */
export interface FileLink {
	/** ID and type of the object that links to it. */
	id: string;
	type: string;
	/** Path of the link in the object's attributes, e.g. `attachments.0.url`. */
	field: string;
	fileName: string;
	url: string;
}

/**
 * Whether a value is one of Persona's file links, which contain their own token
 * (https://docs.withpersona.com/downloading-files).
 */
export const isFileLink = (value: unknown): value is string =>
	typeof value === 'string' && /^\S+[?&]access_token=/.test(value) && isWebUrl(value);

/** Returns the last part of a path, so that no file name leads to another folder. */
export const getBaseName = (path: string) => path.split(/[\\/]/).pop() as string;

/** Parses the file name at the end of a link. A stray percent sign in it is kept. */
function parseFileName(url: string): string {
	const { pathname } = new URL(url);
	try {
		return decodeURIComponent(pathname);
	} catch {
		return pathname;
	}
}

/** Finds all file links in the objects of a document and in those it includes. */
export function findFileLinks(document: ObjectDocument): FileLink[] {
	const links: FileLink[] = [];
	for (const object of [document.data, ...getIncluded(document)]) {
		const { id, type } = object;
		const visit = (value: unknown, path: string, name?: unknown) => {
			if (isFileLink(value)) {
				const fileName = getBaseName(String(name || parseFileName(value))) || 'file';
				links.push({ id, type, field: path, fileName, url: value });
			} else if (Array.isArray(value)) {
				value.forEach((entry, index) => visit(entry, `${path}.${index}`));
			} else if (isRecord(value)) {
				for (const [key, member] of Object.entries(value)) {
					const memberName = key === 'url' ? value.filename : undefined;
					visit(member, path ? `${path}.${key}` : key, memberName);
				}
			}
		};
		visit(getAttributes(object), '');
	}
	return links;
}
