import type { INodeExecutionData } from 'n8n-workflow';
import type { ItemContext, PreparedItem } from '../../engine/types';
import type { ApiRequest } from '../../transport/apiRequest';
import { getIncluded, type ObjectDocument } from '../../transport/jsonApi';
import { buildEvidenceItems, type EvidenceOptions } from './buildEvidenceItems';
import { buildBaseName, type EvidenceFile } from './evidenceFile';
import { sanitizeFileName, type EvidenceKind } from './evidenceKind';
import { fetchLinkedFiles } from './fetchLinkedFiles';
import { fetchPrints } from './fetchPrints';
import { fetchReports } from './fetchReports';

/** What the user wants. */
function readOptions(context: ItemContext): EvidenceOptions {
	const kinds = context.readSetting<string>('collect').split(',') as EvidenceKind[];
	return {
		kinds: new Set(kinds),
		binaryField: context.readSetting<string>('binaryPropertyName'),
		inOneItem: context.readSetting('output') === 'oneItem',
	};
}

/** Fetches the chosen kinds of files of an inquiry, and what to say about them. Throws if a parameter is invalid. */
export async function prepareEvidence(context: ItemContext): Promise<PreparedItem> {
	const options = readOptions(context);
	// Everything that Persona can include with an inquiry. The manifest lists what it leaves out.
	const include = context.run.resource.include?.join(',');
	const request = { ...(await context.buildRequest()), query: { include } };
	return { run: async () => await collectFiles(context, request, options) };
}

async function collectFiles(
	context: ItemContext,
	request: ApiRequest,
	options: EvidenceOptions,
): Promise<INodeExecutionData[]> {
	const { kinds } = options;
	const response = await context.request({ ...request, keepsBytes: true });
	const document = response.body as ObjectDocument;
	const inquiry = document.data;
	const reports = await fetchReports(context, document);
	const objects = [...getIncluded(document), ...reports.map((report) => report.document.data)];
	const fetchDocument = async () => await context.requestDocument(request);
	/** Each file is stored before the next one is fetched, so that only one is in memory. */
	async function* fetchFiles(): AsyncGenerator<EvidenceFile> {
		if (kinds.has('pdf')) yield* fetchPrints(context, inquiry);
		yield* fetchLinkedFiles(context, document, kinds, fetchDocument);
		if (!kinds.has('json')) return;
		const documents = [{ path: request.path, document, response }, ...reports];
		for (const {
			path,
			document: { data },
			response: { bytes, ...answer },
		} of documents) {
			const { type, id } = data;
			yield {
				source: { kind: 'json', type, id, from: `GET ${path}`, alsoAt: [] },
				name: `${buildBaseName(sanitizeFileName(type), id, inquiry)}.json`,
				// The bytes themselves are evidence.
				response: { ...answer, body: bytes },
			};
		}
	}
	const everything = { ...document, included: objects };
	return await buildEvidenceItems(context, everything, options, fetchFiles());
}
