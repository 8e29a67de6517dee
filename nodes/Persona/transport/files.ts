import type { IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import type { Answer, Client } from './client';
import type { Document } from './jsonApi';
import { isObject } from './output';

/** A file that an object of Persona links to. */
export interface Link extends IDataObject {
	/** ID of the object that links to it. */
	id: string;
	type: string;
	/** Where the object has it, e.g. `attachments.0.url`. */
	field: string;
	fileName: string;
	url: string;
}

/** Persona's file links carry their own token (https://docs.withpersona.com/downloading-files). */
const isLink = (value: unknown): value is string =>
	typeof value === 'string' &&
	/^https?:\/\/\S+[?&]access_token=/.test(value) &&
	URL.canParse(value);

/** The last part of a path, so that no name leads to another folder. */
const lastOf = (path: string) => path.split(/[\\/]/).pop() as string;

/** All file links of a document and of what it includes, each file once. */
export function linksOf({ data, included = [] }: Document): Link[] {
	const links: Link[] = [];
	const seen = new Set<string>();
	for (const { id, type, attributes = {} } of [data, included].flat()) {
		const visit = (value: unknown, path: string, name?: unknown) => {
			if (isLink(value)) {
				// Persona names some files twice, with another token each time.
				const file = `${id} ${new URL(value).pathname}`;
				if (seen.has(file)) return;
				seen.add(file);
				const fileName = lastOf(String(name ?? new URL(value).pathname));
				links.push({ id, type, field: path, fileName, url: value });
			} else if (Array.isArray(value)) {
				value.forEach((entry, index) => visit(entry, `${path}.${index}`));
			} else if (isObject(value)) {
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

/**
 * The answers behind the file links of a document that `read` reads. Links end after a while, so a
 * refused one is looked up anew, once, before its refusal counts.
 */
export async function* downloads(client: Client, read: () => Promise<Document>) {
	let links = linksOf(await read());
	for (let index = 0; index < links.length; index++) {
		let answer = await client.download(links[index].url);
		if (answer.statusCode >= 400 && answer.statusCode < 500) {
			const { id, field } = links[index];
			const fresh = linksOf(await read());
			const again = fresh.find((link) => link.id === id && link.field === field);
			if (again) answer = await client.download(again.url);
			if (fresh.length === links.length) links = fresh;
		}
		yield { link: links[index], answer };
	}
}

/** What to tell a user whose file did not come, and how to mend it. */
export const notDownloaded = (
	{ fileName }: Link,
	{ statusCode, body }: Answer,
): [string, string] => [
	`The file '${fileName}' could not be downloaded`,
	statusCode > 0
		? `Persona's file host answered with ${statusCode}. Run again: the link is read anew.`
		: `${String(body)}. Check that this n8n can reach Persona's file host.`,
];

/** An item with the bytes of an answer in its binary field; its type is as the host says. */
export async function fileItem(
	{ helpers }: IExecuteFunctions,
	json: IDataObject & { fileName: string },
	{ body, headers }: Answer,
	field: string,
): Promise<INodeExecutionData> {
	const type = headers['content-type']?.split(';')[0];
	const binary = await helpers.prepareBinaryData(Buffer.from(body as Buffer), json.fileName, type);
	return { json: { ...json, mimeType: binary.mimeType }, binary: { [field]: binary } };
}

/**
 * A file of an item as Persona takes it: its bytes in Base64, and its name. `refuse` is told, in
 * words with `label` in them, of a file that is not there or is empty.
 */
export async function upload(
	node: IExecuteFunctions,
	itemIndex: number,
	name: string,
	label: string,
	refuse: (what: string, how: string) => never,
): Promise<IDataObject> {
	const { binary = {} } = node.getInputData()[itemIndex];
	if (!Object.hasOwn(binary, name)) {
		const names = Object.keys(binary).join(', ') || 'none';
		refuse(
			`'${label}': this item has no file in a binary field '${name}'`,
			`Its binary fields are: ${names}. Put a node before this one that gives the file.`,
		);
	}
	const bytes = await node.helpers.getBinaryDataBuffer(itemIndex, name);
	if (bytes.length === 0) {
		refuse(`'${label}': the file in '${name}' is empty`, 'Give a file that has content.');
	}
	const { fileName, fileExtension } = binary[name];
	const filename = fileName ?? [name, fileExtension].filter((part) => part).join('.');
	return { data: bytes.toString('base64'), filename };
}
