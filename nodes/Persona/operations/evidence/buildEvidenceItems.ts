import { createHash } from 'crypto';
import type { IBinaryData, IDataObject, IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { version } from '../../../../package.json';
import type { ItemContext } from '../../engine/types';
import type { ApiResponse } from '../../transport/apiResponse';
import { createFileItem } from '../../transport/files';
import { getAttributes, type ObjectDocument } from '../../transport/jsonApi';
import { getDecision } from '../decision/getDecision';
import type { EvidenceFile, EvidenceSource, MissingEvidence } from './evidenceFile';
import { sanitizeFileName, type EvidenceKind } from './evidenceKind';
import { findMissing } from './findMissing';

/** What to collect, and how to return it. */
export interface EvidenceOptions {
	kinds: Set<EvidenceKind>;
	/** Name of the binary field of an item. */
	binaryField: string;
	/** Whether all files are returned in one item. */
	inOneItem: boolean;
}

/** A file, as the manifest lists it. */
interface ManifestEntry extends EvidenceSource {
	fileName: string;
	mimeType: string;
	byteSize: number;
	sha256: string;
	fetchedAt: string;
}

type Manifest = IDataObject & ReturnType<typeof summarizeInquiry>;

/** What the manifest says about the inquiry itself. */
function summarizeInquiry({ data }: ObjectDocument) {
	const { id: inquiryId } = data;
	const { status, 'reference-id': referenceId = null } = getAttributes(data);
	return { inquiryId, referenceId, status, decision: getDecision(data) };
}

/** Adds a number to a name that is taken, also on file systems that ignore case. */
function createUniqueFileName(name: string, taken: Set<string>): string {
	const extension = /\.\w+$/.exec(name)?.[0] ?? '';
	const stem = name.slice(0, name.length - extension.length);
	let unique = name;
	for (let count = 2; taken.has(unique.toLowerCase()); count++) {
		unique = `${stem}-${count}${extension}`;
	}
	taken.add(unique.toLowerCase());
	return unique;
}

function hashContent({ body }: ApiResponse) {
	const bytes = Buffer.from(body as Buffer);
	const sha256 = createHash('sha256').update(bytes).digest('hex');
	return { byteSize: bytes.length, sha256 };
}

/** Stores files as n8n's binary data, under names that begin with the ID of the inquiry. */
class FileStore {
	readonly binaries: IBinaryData[] = [];

	private readonly fileNames = new Set<string>();

	constructor(
		private readonly node: IExecuteFunctions,
		private readonly inquiryId: string,
	) {}

	async add(name: string, response: ApiResponse) {
		const prefix = sanitizeFileName(this.inquiryId);
		const fileName = createUniqueFileName(`${prefix}-${name}`, this.fileNames);
		const { binary } = await createFileItem(this.node, { fileName }, response, 'file');
		const { file } = binary as Record<string, IBinaryData>;
		this.binaries.push(file);
		return { fileName, mimeType: file.mimeType };
	}
}

/** Stores each different file once, and returns the entries of the manifest. */
async function storeFiles(
	context: ItemContext,
	store: FileStore,
	files: AsyncGenerator<EvidenceFile>,
) {
	const entries: ManifestEntry[] = [];
	const missing: MissingEvidence[] = [];
	for await (const { source, name, response, reason } of files) {
		if (context.run.client.isCancelled) context.fail('The execution was stopped', '');
		if (reason) {
			missing.push({ ...source, reason });
			continue;
		}
		const fetchedAt = new Date().toISOString();
		const content = hashContent(response);
		const { alsoAt, kind, ...location } = source;
		// Two prints are of different objects, even where their content is the same.
		const duplicate =
			kind === 'pdf'
				? undefined
				: entries.find((entry) => entry.kind === kind && entry.sha256 === content.sha256);
		if (duplicate) duplicate.alsoAt.push(location, ...alsoAt);
		else entries.push({ ...(await store.add(name, response)), ...source, ...content, fetchedAt });
	}
	return { entries, missing };
}

/**
 * Stores the files of an inquiry and returns them as items. The last item has the manifest, and all
 * files where they are returned in one item. Throws where the execution is stopped.
 */
export async function buildEvidenceItems(
	context: ItemContext,
	document: ObjectDocument,
	options: EvidenceOptions,
	evidenceFiles: AsyncGenerator<EvidenceFile>,
): Promise<INodeExecutionData[]> {
	const summary = summarizeInquiry(document);
	const store = new FileStore(context.run.node, summary.inquiryId);
	const { entries: files, missing } = await storeFiles(context, store, evidenceFiles);
	const manifest = {
		...summary,
		collectedAt: new Date().toISOString(),
		packageVersion: version,
		collected: [...options.kinds],
		files,
		missing: [...findMissing(document), ...missing],
	};
	const response = {
		statusCode: 200,
		headers: { 'content-type': 'application/json' },
		body: Buffer.from(JSON.stringify(manifest, null, 2)),
	};
	const manifestFile = {
		kind: 'manifest',
		...(await store.add('manifest.json', response)),
		...hashContent(response),
	};
	return toItems(options, { ...manifest, ...manifestFile }, files, store.binaries);
}

/** One item for each file, or one for all, whose fields `data_1`, `data_2` follow the manifest. */
function toItems(
	{ binaryField, inOneItem }: EvidenceOptions,
	manifest: Manifest,
	files: ManifestEntry[],
	binaries: IBinaryData[],
) {
	const manifestItem = { json: manifest, binary: { [binaryField]: binaries[files.length] } };
	if (inOneItem) {
		binaries.slice(0, -1).forEach((file, index) => {
			manifestItem.binary[`${binaryField}_${index + 1}`] = file;
		});
		return [manifestItem];
	}
	const { inquiryId, referenceId } = manifest;
	const fileItems = files.map((file, index) => ({
		json: { inquiryId, referenceId, ...file },
		binary: { [binaryField]: binaries[index] },
	}));
	return [...fileItems, manifestItem];
}
