import { createHash } from 'crypto';
import type { IBinaryData, IDataObject, INodeExecutionData } from 'n8n-workflow';
import { version } from '../../../../package.json';
import type { NodeItemContext } from '../../engine/itemContext';
import type { ApiResponse } from '../../transport/apiResponse';
import { createFileItem } from '../../transport/files';
import type { JsonApiDocument, PersonaObject } from '../../transport/jsonApi';
import { sanitizeFileName, type EvidenceKind } from './evidenceKind';
import { findMissing, type EvidenceFile, type EvidenceSource } from './evidenceFile';

/** What a user wants of the evidence. */
export interface EvidenceOptions {
	kinds: Set<EvidenceKind>;
	/** The binary field of an item. */
	binaryField: string;
	/** All files in one item. */
	inOneItem: boolean;
}

/** A file of the evidence, as the manifest has it. */
interface ManifestEntry extends EvidenceSource {
	fileName: string;
	mimeType: string;
	byteSize: number;
	sha256: string;
	fetchedAt: string;
}

type Manifest = IDataObject & ReturnType<typeof summarizeInquiry>;

/** What the manifest says of the inquiry itself. */
function summarizeInquiry({ data }: JsonApiDocument) {
	const { id: inquiryId, attributes = {} } = data as PersonaObject;
	const { status, 'reference-id': referenceId = null } = attributes;
	const decided = status === 'approved' || status === 'declined';
	return { inquiryId, referenceId, status, decision: decided ? status : null };
}

/** A name that no file has yet, whether or not a disk tells capital letters from small ones. */
function uniqueFileName(name: string, taken: Set<string>): string {
	const ending = /\.\w+$/.exec(name)?.[0] ?? '';
	const stem = name.slice(0, name.length - ending.length);
	let unique = name;
	for (let count = 2; taken.has(unique.toLowerCase()); count++)
		unique = `${stem}-${count}${ending}`;
	taken.add(unique.toLowerCase());
	return unique;
}

function hash({ body }: ApiResponse) {
	const bytes = Buffer.from(body as Buffer);
	const sha256 = createHash('sha256').update(bytes).digest('hex');
	return { byteSize: bytes.length, sha256 };
}

/** The pieces as items, with the manifest in the last one, in whose item they may all be. */
export async function buildManifest(
	session: NodeItemContext,
	document: JsonApiDocument,
	wishes: EvidenceOptions,
	pieces: AsyncGenerator<EvidenceFile>,
): Promise<INodeExecutionData[]> {
	const { node, client } = session.run;
	const summary = summarizeInquiry(document);
	const files: ManifestEntry[] = [];
	const missing = findMissing(document);
	const binaries: IBinaryData[] = [];
	const taken = new Set<string>();
	const store = async (name: string, answer: ApiResponse) => {
		const fileName = uniqueFileName(`${sanitizeFileName(summary.inquiryId)}-${name}`, taken);
		const { binary } = await createFileItem(node, { fileName }, answer, 'file');
		const { file } = binary as Record<string, IBinaryData>;
		binaries.push(file);
		return { fileName, mimeType: file.mimeType };
	};
	for await (const { source, name, answer, reason } of pieces) {
		if (client.isCancelled) session.fail('The execution was stopped', '');
		if (reason) {
			missing.push({ ...source, reason });
			continue;
		}
		const fetchedAt = new Date().toISOString();
		const size = hash(answer);
		const { alsoAt, kind, ...place } = source;
		// Prints are of different objects however they look.
		const isTwin = (file: ManifestEntry) => file.kind === kind && file.sha256 === size.sha256;
		const twin = kind === 'pdf' ? undefined : files.find(isTwin);
		if (twin) twin.alsoAt.push(place, ...alsoAt);
		else files.push({ ...(await store(name, answer)), ...source, ...size, fetchedAt });
	}
	const collectedAt = new Date().toISOString();
	const collected = [...wishes.kinds];
	const manifest = { ...summary, collectedAt, packageVersion: version, collected, files, missing };
	const body = Buffer.from(JSON.stringify(manifest, null, 2));
	const answer = { statusCode: 200, headers: { 'content-type': 'application/json' }, body };
	const itself = {
		kind: 'manifest',
		...(await store('manifest.json', answer)),
		...hash(answer),
	};
	return toItems(wishes, { ...manifest, ...itself }, files, binaries);
}

/** One item for each file, or one for all, whose fields `data_1`, `data_2` follow the manifest. */
function toItems(
	{ binaryField: field, inOneItem: together }: EvidenceOptions,
	manifest: Manifest,
	files: ManifestEntry[],
	binaries: IBinaryData[],
) {
	const last = { json: manifest, binary: { [field]: binaries[files.length] } };
	if (together) {
		binaries.slice(0, -1).forEach((file, index) => {
			last.binary[`${field}_${index + 1}`] = file;
		});
		return [last];
	}
	const { inquiryId, referenceId } = manifest;
	const each = files.map((file, index) => ({
		json: { inquiryId, referenceId, ...file },
		binary: { [field]: binaries[index] },
	}));
	return [...each, last];
}
