import { createHash } from 'crypto';
import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { ApiResponse } from './apiResponse';
import type { Client } from './client';
import type { FailItem } from './errors';
import type { JsonApiDocument } from './jsonApi';
import { isRecord } from '../utils/isRecord';

/** A file that an object of Persona links to. */
export interface FileLink {
	/** ID of the object that links to it. */
	id: string;
	type: string;
	/** Where the object has it, e.g. `attachments.0.url`. */
	field: string;
	fileName: string;
	url: string;
}

/** Persona's file links carry their own token (https://docs.withpersona.com/downloading-files). */
const isFileLink = (value: unknown): value is string =>
	typeof value === 'string' &&
	/^https?:\/\/\S+[?&]access_token=/.test(value) &&
	URL.canParse(value);

/** The last part of a path, so that no name leads to another folder. */
const getBaseName = (path: string) => path.split(/[\\/]/).pop() as string;

/** The name at the end of a link, which may hold a stray percent sign. */
function parseFileName(url: string): string {
	const { pathname } = new URL(url);
	try {
		return decodeURIComponent(pathname);
	} catch {
		return pathname;
	}
}

/** All file links of a document and of what it includes. */
export function findFileLinks({ data, included = [] }: JsonApiDocument): FileLink[] {
	const links: FileLink[] = [];
	for (const { id, type, attributes = {} } of [data, included].flat()) {
		const visit = (value: unknown, path: string, name?: unknown) => {
			if (isFileLink(value)) {
				const fileName = getBaseName(String(name || parseFileName(value))) || 'file';
				links.push({ id, type, field: path, fileName, url: value });
			} else if (Array.isArray(value)) {
				value.forEach((entry, index) => visit(entry, `${path}.${index}`));
			} else if (isRecord(value)) {
				for (const [key, member] of Object.entries(value)) {
					const own = key === 'url' ? value.filename : undefined;
					visit(member, path ? `${path}.${key}` : key, own);
				}
			}
		};
		visit(attributes, '');
	}
	return links;
}

/** What came of one file link. */
interface FileDownload {
	link: FileLink;
	response: ApiResponse;
}

/**
 * A way to the files behind the links of a document, which `read` reads anew, as links end after a
 * while: a refused one is looked up again, once, before its refusal counts, and so are those after it.
 */
export function createLinkDownloader(client: Client, read: () => Promise<JsonApiDocument>) {
	let fresh: FileLink[] = [];
	const latest = ({ id, field }: FileLink) =>
		fresh.find((link) => link.id === id && link.field === field);
	return async (link: FileLink): Promise<ApiResponse> => {
		const answer = await client.download((latest(link) ?? link).url);
		if (answer.statusCode < 400 || answer.statusCode >= 500) return answer;
		fresh = findFileLinks(await read());
		const again = latest(link);
		return again ? await client.download(again.url) : answer;
	};
}

/** The answers behind the file links of a document that `read` reads, each file of an object once. */
export async function* downloadFiles(
	client: Client,
	read: () => Promise<JsonApiDocument>,
): AsyncGenerator<FileDownload> {
	const follow = createLinkDownloader(client, read);
	const seen = new Set<string>();
	for (const link of findFileLinks(await read())) {
		if (seen.has(link.url)) continue;
		seen.add(link.url);
		const answer = await follow(link);
		if (answer.statusCode === 200) {
			// Persona links to some files twice, with another token each time, and the names are those
			// of the uploads, which two files may share. So the content alone tells them apart.
			const content = createHash('sha256').update(toBuffer(answer)).digest('hex');
			const file = [link.id, link.fileName, content].join(' ');
			if (seen.has(file)) continue;
			seen.add(file);
		}
		yield { link, response: answer };
	}
}

const toBuffer = ({ body }: ApiResponse) => Buffer.from(body as Buffer);

/** An item for what came of a file link; `refuse` is told what went wrong, and how to mend it. */
export async function toDownloadItem(
	node: IExecuteFunctions,
	{ link, response: answer }: FileDownload,
	binaryField: string,
	refuse: FailItem,
): Promise<INodeExecutionData> {
	const { id, type, field, fileName } = link;
	const { statusCode, body } = answer;
	if (statusCode === 200) {
		return await createFileItem(node, { id, type, field, fileName }, answer, binaryField);
	}
	return refuse(
		`The file '${fileName}' could not be downloaded`,
		statusCode > 0
			? `Persona's file host responded with ${statusCode}. Run again to get a new link.`
			: `${String(body)}. Check that this n8n can reach Persona's file host.`,
	);
}

/** An item with the bytes of an answer in its binary field; its type is as the host says. */
export async function createFileItem(
	{ helpers }: IExecuteFunctions,
	json: IDataObject & { fileName: string },
	answer: ApiResponse,
	field: string,
): Promise<INodeExecutionData> {
	const type = answer.headers['content-type']?.split(';')[0];
	// "Any bytes" is no type: n8n then tells it from the name or the content.
	const known = type === 'application/octet-stream' ? undefined : type;
	const binary = await helpers.prepareBinaryData(toBuffer(answer), json.fileName, known);
	return { json: { ...json, mimeType: binary.mimeType }, binary: { [field]: binary } };
}

/**
 * A file of an item as Persona takes it: its bytes in Base64, and its name. `refuse` is told, in
 * words with `label` in them, of a file that is not there or is empty.
 */
export async function readUpload(
	node: IExecuteFunctions,
	itemIndex: number,
	name: string,
	label: string,
	refuse: FailItem,
): Promise<IDataObject> {
	const { binary = {} } = node.getInputData()[itemIndex];
	if (!Object.hasOwn(binary, name)) {
		const names = Object.keys(binary).join(', ') || 'none';
		refuse(
			`'${label}': this item has no binary field '${name.slice(0, 60)}'`,
			`Its binary fields: ${names.slice(0, 200)}. Add a node before this one that outputs the file.`,
		);
	}
	const bytes = await node.helpers.getBinaryDataBuffer(itemIndex, name);
	if (bytes.length === 0) {
		refuse(`'${label}': the file in '${name}' is empty`, 'Use a file with content.');
	}
	const { fileName, fileExtension } = binary[name];
	const own = fileName && getBaseName(fileName);
	const filename = own || [name, fileExtension].filter((part) => part).join('.');
	return { data: bytes.toString('base64'), filename };
}
