import type { INodeExecutionData } from 'n8n-workflow';
import { choice, choices } from '../../engine/fields';
import type { Operation } from '../../engine/types';
import type { NodeItemContext } from '../../engine/itemContext';
import type { ApiResponse } from '../../transport/apiResponse';
import type { JsonApiDocument, PersonaObject } from '../../transport/jsonApi';
import { isRecord } from '../../transport/simplify';
import { EVIDENCE_KINDS, type EvidenceKind } from './evidenceKind';
import { buildManifest, type EvidenceOptions } from './buildManifest';
import {
	fetchLinkedFiles,
	fetchPrints,
	type EvidenceFile,
	type EvidenceSource,
} from './evidenceFile';

/** What the user wants, checked before anything is asked of Persona. */
function readOptions(session: NodeItemContext): EvidenceOptions {
	const collected = String(session.getSetting('collect')).split(',');
	const unknown = collected.find((name) => !Object.hasOwn(EVIDENCE_KINDS, name));
	if (unknown !== undefined) {
		const how = `It has ${Object.keys(EVIDENCE_KINDS).join(', ')}.`;
		session.fail(`'Collect' does not know '${unknown.slice(0, 60)}'`, how);
	}
	const field = session.getSetting<string>('binaryPropertyName');
	const together = session.getSetting('output') === 'oneItem';
	return { kinds: new Set(collected as EvidenceKind[]), binaryField: field, inOneItem: together };
}

/** The document in an answer whose bytes are evidence as they are. */
function parseDocument({ body }: ApiResponse, session: NodeItemContext): JsonApiDocument {
	try {
		const document: unknown = JSON.parse(Buffer.from(body as Buffer).toString());
		if (isRecord(document) && isRecord(document.data))
			return document as unknown as JsonApiDocument;
	} catch {
		// Not even JSON, as below.
	}
	const how = "Check the connection and 'API URL' in the credential.";
	return session.fail('Persona did not answer with an inquiry', how);
}

/** Each piece is put away before the next one is fetched, so that one at a time is in memory. */
async function executeCollection(session: NodeItemContext): Promise<INodeExecutionData[]> {
	const wishes = readOptions(session);
	const { kinds: collected } = wishes;
	// Whatever Persona can send with an inquiry; what it leaves out is named as missing.
	const include = session.run.resource.include?.join(',');
	const request = { ...(await session.buildRequest()), query: { include } };
	const answer = await session.request({ ...request, expectsFile: true });
	const document = parseDocument(answer, session);
	const inquiry = document.data as PersonaObject;
	async function* pieces(): AsyncGenerator<EvidenceFile> {
		const { type, id } = inquiry;
		const from = `GET ${request.path}`;
		if (collected.has('pdf')) yield* fetchPrints(session, inquiry);
		yield* fetchLinkedFiles(
			session,
			document,
			collected,
			async () => await session.requestDocument(request),
		);
		if (collected.has('json')) {
			const source: EvidenceSource = { kind: 'json', type, id, from, alsoAt: [] };
			yield { source, name: 'inquiry.json', answer };
		}
	}
	return await buildManifest(session, document, wishes, pieces());
}

/** Everything about one inquiry as files, with a manifest of where each is from and its sum. */
export const collectEvidence: Operation = {
	name: 'Collect Evidence',
	action: 'Collect evidence of an inquiry',
	description:
		'Fetch the PDFs, ID images, selfies, documents and JSON of an inquiry as files, with a manifest of their SHA-256 sums and of what is missing',
	route: 'GET /inquiries/{inquiry-id}',
	include: [],
	nodeFields: {
		collect: choices('Collect', 'What to fetch; everything when empty', EVIDENCE_KINDS, {
			default: Object.keys(EVIDENCE_KINDS),
			topLevel: true,
		}),
		output: choice(
			'Output',
			'How the files come out: one by one, as nodes that upload or write files take them, or together in the item of the manifest, in the fields data_1, data_2 and so on',
			{ itemPerFile: 'One Item per File', oneItem: 'One Item with All Files' },
			{ default: 'itemPerFile' },
		),
	},
	returns: 'files',
	execute: executeCollection,
};
