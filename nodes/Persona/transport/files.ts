import { createHash } from 'crypto';
import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { NOT_PERSONA, type ApiResponse } from './apiResponse';
import type { Client } from './client';
import type { FailItem } from './errors';
import { findFileLinks, type FileLink } from './fileLinks';
import type { ObjectDocument } from './jsonApi';

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
