import { createHash } from 'crypto';
import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { isRecord } from '../utils/isRecord';
import { isWebUrl } from '../utils/isUrl';
import { NOT_PERSONA, type ApiResponse } from './apiResponse';
import type { Client } from './client';
import type { FailItem } from './errors';
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
 * Persona's file links contain their own token (https://docs.withpersona.com/downloading-files).
 */
const isFileLink = (value: unknown): value is string =>
	typeof value === 'string' && /^\S+[?&]access_token=/.test(value) && isWebUrl(value);

/** Returns the last part of a path, so that no file name leads to another folder. */
const getBaseName = (path: string) => path.split(/[\\/]/).pop() as string;

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

/** A file link, and the last response of the file host. */
export interface FileDownload {
	link: FileLink;
	response: ApiResponse;
}

/**
 * Creates a function that downloads the files behind the links of a document. Links expire: when
 * the file host rejects one, `fetchDocument` gets new links, which are used from then on, and the
 * download is tried once more. The function returns the last response and throws what
 * `fetchDocument` throws.
 */
export function createLinkDownloader(
	client: Client,
	fetchDocument: () => Promise<ObjectDocument>,
): (link: FileLink) => Promise<ApiResponse> {
	let newLinks: FileLink[] = [];
	const findNewLink = ({ id, field }: FileLink) =>
		newLinks.find((link) => link.id === id && link.field === field);
	return async (link) => {
		const response = await client.download((findNewLink(link) ?? link).url);
		const { statusCode } = response;
		const isRejected = (statusCode >= 400 && statusCode < 500) || statusCode === NOT_PERSONA;
		if (!isRejected) return response;
		newLinks = findFileLinks(await fetchDocument());
		const newLink = findNewLink(link);
		return newLink ? await client.download(newLink.url) : response;
	};
}

/** Downloads the files that a document links to. Each file of an object is yielded once. */
export async function* downloadFiles(
	client: Client,
	fetchDocument: () => Promise<ObjectDocument>,
): AsyncGenerator<FileDownload> {
	const downloadLink = createLinkDownloader(client, fetchDocument);
	const seen = new Set<string>();
	for (const link of findFileLinks(await fetchDocument())) {
		if (seen.has(link.url)) continue;
		seen.add(link.url);
		const response = await downloadLink(link);
		if (response.statusCode === 200) {
			// Persona links to some files twice, each time with another token, and two uploads may have
			// the same name. Only the content shows whether two files are the same.
			const content = createHash('sha256').update(toBuffer(response)).digest('hex');
			const file = [link.id, link.fileName, content].join(' ');
			if (seen.has(file)) continue;
			seen.add(file);
		}
		yield { link, response };
	}
}

const toBuffer = ({ body }: ApiResponse) => Buffer.from(body as Buffer);

/** Converts a download to an item with the file. Calls `fail` if there is no file. */
export async function toDownloadItem(
	node: IExecuteFunctions,
	{ link, response }: FileDownload,
	binaryField: string,
	fail: FailItem,
): Promise<INodeExecutionData> {
	const { id, type, field, fileName } = link;
	const { statusCode, body } = response;
	if (statusCode === 200) {
		return await createFileItem(node, { id, type, field, fileName }, response, binaryField);
	}
	return fail(
		`The file '${fileName}' could not be downloaded`,
		statusCode > 0
			? `Persona's file host responded with ${statusCode}. Run again to get a new link.`
			: `${String(body)}. Check that this n8n can reach Persona's file host.`,
	);
}

/**
 * Creates an item with the body of a response in its binary field, with the type that the host
 * states.
 */
export async function createFileItem(
	{ helpers }: IExecuteFunctions,
	json: IDataObject & { fileName: string },
	response: ApiResponse,
	binaryField: string,
): Promise<INodeExecutionData> {
	const type = response.headers['content-type']?.split(';')[0];
	// This type only means "bytes". Without a type, n8n detects it from the name or the content.
	const mimeType = type === 'application/octet-stream' ? undefined : type;
	const binary = await helpers.prepareBinaryData(toBuffer(response), json.fileName, mimeType);
	return { json: { ...json, mimeType: binary.mimeType }, binary: { [binaryField]: binary } };
}

/** A file of an input item in the body of a request. Its content is read only when it is sent. */
class FileUpload {
	constructor(
		private readonly node: IExecuteFunctions,
		private readonly itemIndex: number,
		private readonly binaryField: string,
		private readonly filename: string,
	) {}

	/** Reads the file as Persona expects it: `data` in Base64, and `filename`. */
	async load(): Promise<IDataObject> {
		const bytes = await this.node.helpers.getBinaryDataBuffer(this.itemIndex, this.binaryField);
		return { data: bytes.toString('base64'), filename: this.filename };
	}

	/** Identifies the file, so that requests with different files differ. */
	toJSON() {
		const { id, data } = this.node.getInputData()[this.itemIndex].binary?.[this.binaryField] ?? {};
		return [this.filename, id ?? data];
	}
}

/** A Code node can put anything into a binary field. What is not Base64 would become another file. */
const hasContent = (file: unknown) =>
	isRecord(file) &&
	(typeof file.id === 'string' ||
		(typeof file.data === 'string' && /^[\w+/=\s-]*$/.test(file.data)));

/**
 * Checks the file in a binary field of an item and returns it for the body of a request, where
 * `loadFiles` replaces it with its content: a run never holds the files of all items. Calls `fail`,
 * with `label` in the message, if there is no such file or it is empty.
 */
export async function checkUpload(
	node: IExecuteFunctions,
	itemIndex: number,
	binaryField: string,
	label: string,
	fail: FailItem,
): Promise<IDataObject> {
	const { binary = {} } = node.getInputData()[itemIndex];
	if (!Object.hasOwn(binary, binaryField)) {
		const names = Object.keys(binary).join(', ') || 'none';
		fail(
			`'${label}': this item has no binary field '${binaryField.slice(0, 60)}'`,
			`Its binary fields: ${names.slice(0, 200)}. Add a node before this one that outputs the file.`,
		);
	}
	if (!hasContent(binary[binaryField])) {
		fail(
			`'${label}': what is in the binary field '${binaryField.slice(0, 60)}' is not a file`,
			'A Code node makes one with: await this.helpers.prepareBinaryData(buffer, "name.pdf").',
		);
	}
	const { id, data, fileName, fileExtension } = binary[binaryField];
	// n8n keeps the content either in the item or, under this ID, in a store.
	const size = id ? (await node.helpers.getBinaryMetadata(id)).fileSize : data.length;
	if (size === 0) {
		fail(`'${label}': the file in '${binaryField}' is empty`, 'Use a file with content.');
	}
	const baseName = fileName && getBaseName(String(fileName));
	const filename = baseName || [binaryField, fileExtension].filter((part) => part).join('.');
	return new FileUpload(node, itemIndex, binaryField, filename) as unknown as IDataObject;
}

/** Returns a body with the content of its files. */
export async function loadFiles<T>(value: T): Promise<T> {
	if (value instanceof FileUpload) return (await value.load()) as T;
	if (Array.isArray(value)) return (await Promise.all(value.map(loadFiles))) as T;
	if (!isRecord(value) || Object.getPrototypeOf(value) !== Object.prototype) return value;
	const entries = Object.entries(value).map(async ([key, member]) => [
		key,
		await loadFiles(member),
	]);
	return Object.fromEntries((await Promise.all(entries)) as Array<[string, unknown]>) as T;
}
