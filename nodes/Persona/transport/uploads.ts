import { createHash, randomUUID } from 'crypto';
import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';
import { isBlank } from '../utils/isBlank';
import { isRecord } from '../utils/isRecord';
import type { FailItem } from './errors';
import { getBaseName, isFileLink } from './fileLinks';

/** Where the content of a file comes from. */
export interface FileContent {
	/** The number of bytes; a size that is only estimated must not be too small. */
	size: () => Promise<number> | number;
	/** Reads the content, in as many parts as its store returns. */
	read: () => AsyncIterable<Buffer> | Iterable<Buffer>;
	/** What tells this content from another one without reading it. */
	id: string;
}

/**
 * A file in the body of a request. Its content is read only when the request is sent, so that a run
 * never holds the files of all items.
 */
export class FileUpload {
	constructor(
		readonly filename: string,
		readonly mimeType: string,
		readonly content: FileContent,
	) {}

	/** Tells it from an object with keys, so that whoever looks for those leaves it as it is. */
	get [Symbol.toStringTag]() {
		return 'FileUpload';
	}

	/** Identifies the file, so that requests with different files differ. */
	toJSON() {
		return [this.filename, this.content.id];
	}
}

/** Makes the content of a file from a text. */
export const toFileContent = (text: string): FileContent => {
	const bytes = Buffer.from(text);
	return { size: () => bytes.length, read: () => [bytes], id: text };
};

/** A Code node can put anything into a binary field. What is not Base64 would become another file. */
const hasContent = (file: unknown) =>
	isRecord(file) &&
	((typeof file.id === 'string' && file.id !== '') ||
		(typeof file.data === 'string' && /^[\w+/=\s-]*$/.test(file.data)));

/** The type of a file, with parameters. A Code node can give it line breaks, which would end a header. */
const MIME_TYPE = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+ *(;[^\r\n]*)?$/;

/** The content in a binary field: n8n keeps it either in the item or, under an ID, in a store. */
function getContent(
	{ helpers }: IExecuteFunctions,
	{ id, data }: { id?: string; data: string },
): FileContent {
	if (!id) {
		const size = () => Buffer.byteLength(data, 'base64');
		return { size, read: () => [Buffer.from(data, 'base64')], id: data };
	}
	const size = async () => (await helpers.getBinaryMetadata(id)).fileSize;
	const read = async function* () {
		for await (const chunk of await helpers.getBinaryStream(id)) yield Buffer.from(chunk as Buffer);
	};
	return { size, read, id };
}

/**
 * Checks the file in a binary field of an item and returns it for the body of a request, where
 * `buildJsonBody` or `buildMultipartBody` replaces it with its content. Calls `fail`, with `label` in
 * the message, if there is no such file or it is empty.
 */
export async function checkUpload(
	node: IExecuteFunctions,
	itemIndex: number,
	binaryField: string,
	label: string,
	fail: FailItem,
): Promise<FileUpload> {
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
	const { fileName, fileExtension, mimeType } = binary[binaryField];
	const content = getContent(node, binary[binaryField]);
	const size = await Promise.resolve(content.size()).catch(() =>
		fail(
			`'${label}': n8n cannot read the file in '${binaryField.slice(0, 60)}' from its store`,
			'It may have been deleted together with its execution. Run the node that outputs the file again.',
		),
	);
	if (size === 0) {
		fail(`'${label}': the file in '${binaryField}' is empty`, 'Use a file with content.');
	}
	// A name that is a number in the item is a name, too.
	const givenName = typeof fileName === 'object' ? '' : String(fileName ?? '');
	const baseName = !isBlank(givenName) && getBaseName(givenName);
	const filename = baseName || [binaryField, fileExtension].filter((part) => part).join('.');
	const isNamed = typeof mimeType === 'string' && MIME_TYPE.test(mimeType);
	return new FileUpload(filename, isNamed ? mimeType : 'application/octet-stream', content);
}

/** Replaces the files in a value; everything else stays as it is. */
function mapFiles(value: unknown, replace: (file: FileUpload) => unknown): unknown {
	if (value instanceof FileUpload) return replace(value);
	if (Array.isArray(value)) return value.map((entry) => mapFiles(entry, replace));
	if (!isRecord(value)) return value;
	const members = Object.entries(value).map(([key, member]) => [key, mapFiles(member, replace)]);
	return Object.fromEntries(members) as unknown;
}

/** Replaces the files in a body with what identifies their content, wherever n8n keeps that. */
export async function digestFiles(body: IDataObject): Promise<IDataObject> {
	const files: FileUpload[] = [];
	mapFiles(body, (file) => files.push(file));
	const digests: unknown[] = [];
	for (const { filename, content } of files) {
		const hash = createHash('sha256');
		for await (const chunk of content.read()) hash.update(chunk);
		digests.push([filename, hash.digest('hex')]);
	}
	return mapFiles(body, () => digests.shift()) as IDataObject;
}

/** A body as it is sent, with its media type. */
export interface EncodedBody {
	contentType: string;
	bytes: Buffer;
}

/** What a body consists of: texts, and the files between them. */
type Segment = string | FileUpload;

/** How the content of a file is written into a body. */
interface FileEncoding {
	/** The length that this many bytes have in the body. */
	toLength: (size: number) => number;
	/** Cuts the content into parts that can be written one by one. */
	split: (content: FileContent) => AsyncGenerator<Buffer>;
	write: (target: Buffer, part: Buffer, offset: number) => number;
}

const BYTES: FileEncoding = {
	toLength: (size) => size,
	split: async function* ({ read }) {
		yield* read();
	},
	write: (target, part, offset) => part.copy(target, offset),
};

/** Base64 writes groups of three bytes, so what a part has beyond them goes before the next part. */
const BASE64: FileEncoding = {
	toLength: (size) => Math.ceil(size / 3) * 4,
	split: async function* ({ read }) {
		let rest: Buffer = Buffer.alloc(0);
		for await (const chunk of read()) {
			const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
			const end = bytes.length - (bytes.length % 3);
			yield bytes.subarray(0, end);
			rest = bytes.subarray(end);
		}
		yield rest;
	},
	write: (target, part, offset) => target.write(part.toString('base64'), offset, 'latin1'),
};

/**
 * Joins texts and files to one buffer. The files are read one after another and part by part, so that
 * no file is in memory twice. Throws if a file cannot be read.
 */
async function joinSegments(segments: Segment[], encoding: FileEncoding): Promise<Buffer> {
	const { toLength, split, write } = encoding;
	const lengths: number[] = [];
	for (const segment of segments) {
		lengths.push(
			typeof segment === 'string'
				? Buffer.byteLength(segment)
				: toLength(await segment.content.size()),
		);
	}
	const target = Buffer.allocUnsafe(lengths.reduce((sum, length) => sum + length, 0));
	let offset = 0;
	for (const [index, segment] of segments.entries()) {
		if (typeof segment === 'string') {
			offset += target.write(segment, offset);
			continue;
		}
		const end = offset + lengths[index];
		for await (const part of split(segment.content)) {
			if (offset + toLength(part.length) > end) throw new Error('it has changed while it was read');
			offset += write(target, part, offset);
		}
	}
	return target.subarray(0, offset);
}

/**
 * Encodes a body with files as JSON, each file as Persona expects it: `data` in Base64, and
 * `filename`. Throws if a file cannot be read.
 */
export async function buildJsonBody(body: IDataObject): Promise<EncodedBody> {
	const files: FileUpload[] = [];
	// A text that nothing else in the body contains.
	const marker = randomUUID();
	const marked = mapFiles(body, (file) => {
		files.push(file);
		return { data: marker, filename: file.filename };
	});
	const texts = JSON.stringify(marked).split(marker);
	const segments = texts.flatMap((part, index) => [part, ...files.slice(index, index + 1)]);
	return { contentType: 'application/json', bytes: await joinSegments(segments, BASE64) };
}

/** The parts of a form by their names: the member `file` of `data` is named `data[file]`. */
function listParts(value: unknown, name = ''): Array<[name: string, value: string | FileUpload]> {
	if (value instanceof FileUpload) return [[name, value]];
	if (!isRecord(value)) return [[name, String(value)]];
	return Object.entries(value).flatMap(([key, member]) =>
		listParts(member, name ? `${name}[${key}]` : key),
	);
}

/** The three characters that would end the name of a part, or its line, as browsers write them. */
const escapeName = (name: string) =>
	name.replace(/["\r\n]/g, (character) => encodeURIComponent(character));

/**
 * Encodes a body with files as a form (RFC 7578), each file as its bytes. Persona names the part of an
 * import `data[attributes][file]` (https://docs.withpersona.com/accounts-cookbook). Throws if a file
 * cannot be read.
 */
export async function buildMultipartBody(body: IDataObject): Promise<EncodedBody> {
	const boundary = `persona-${randomUUID()}`;
	const segments = listParts(body).flatMap(([name, value]): Segment[] => {
		const start = `--${boundary}\r\nContent-Disposition: form-data; name="${escapeName(name)}"`;
		if (typeof value === 'string') return [`${start}\r\n\r\n${value}\r\n`];
		const { filename, mimeType } = value;
		const head = `${start}; filename="${escapeName(filename)}"\r\nContent-Type: ${mimeType}\r\n\r\n`;
		return [head, value, '\r\n'];
	});
	const bytes = await joinSegments([...segments, `--${boundary}--\r\n`], BYTES);
	return { contentType: `multipart/form-data; boundary=${boundary}`, bytes };
}

/** What an object that stands for a file of Persona has, besides its address or ID. */
const FILE_MEMBERS = ['filename', 'fileName', 'file_name', 'byte-size', 'byteSize', 'byte_size'];

/** Whether an object stands for a file that Persona has stored, and does not hold its content. */
const isStoredFile = (value: IDataObject) =>
	typeof value.data !== 'string' &&
	(typeof value.id === 'string' || typeof value.url === 'string') &&
	(FILE_MEMBERS.some((name) => name in value) || /(^|[-/])file$/.test(String(value.type)));

/**
 * Finds a reference to a file that Persona has stored, as its answers have them, in place of a file:
 * one of its links, or an object with the link or ID of a file. Returns the path that leads to it;
 * undefined if there is none.
 */
export function findStoredFile(value: unknown, path: string[] = []): string[] | undefined {
	if (isFileLink(value)) return path;
	if (value instanceof FileUpload || typeof value !== 'object' || value === null) return undefined;
	if (isRecord(value) && isStoredFile(value)) return path;
	for (const [name, member] of Object.entries(value)) {
		const found = findStoredFile(member, [...path, name]);
		if (found) return found;
	}
	return undefined;
}
