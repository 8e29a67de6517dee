import type { INodeExecutionData } from 'n8n-workflow';
import { choice, choices } from '../../engine/fields';
import type { Operation } from '../../engine/types';
import type { Session } from '../../engine/itemContext';
import type { Answer } from '../../transport/apiResponse';
import type { Document, PersonaObject } from '../../transport/jsonApi';
import { isObject } from '../../transport/simplify';
import { kinds, type Kind } from './fileTypes';
import { packed, type Wishes } from './manifest';
import { linked, printed, type Piece, type Source } from './fetchFiles';

/** What the user wants, checked before anything is asked of Persona. */
function wishesOf(session: Session): Wishes {
	const collected = String(session.setting('collect')).split(',');
	const unknown = collected.find((name) => !Object.hasOwn(kinds, name));
	if (unknown !== undefined) {
		const how = `It has ${Object.keys(kinds).join(', ')}.`;
		session.refuse(`'Collect' does not know '${unknown.slice(0, 60)}'`, how);
	}
	const field = session.setting<string>('binaryPropertyName');
	const together = session.setting('output') === 'oneItem';
	return { collected: new Set(collected as Kind[]), field, together };
}

/** The document in an answer whose bytes are evidence as they are. */
function documentIn({ body }: Answer, session: Session): Document {
	try {
		const document: unknown = JSON.parse(Buffer.from(body as Buffer).toString());
		if (isObject(document) && isObject(document.data)) return document as unknown as Document;
	} catch {
		// Not even JSON, as below.
	}
	const how = "Check the connection and 'API URL' in the credential.";
	return session.refuse('Persona did not answer with an inquiry', how);
}

/** Each piece is put away before the next one is fetched, so that one at a time is in memory. */
async function collect(session: Session): Promise<INodeExecutionData[]> {
	const wishes = wishesOf(session);
	const { collected } = wishes;
	// Whatever Persona can send with an inquiry; what it leaves out is named as missing.
	const include = session.run.resource.include?.join(',');
	const request = { ...(await session.request()), query: { include } };
	const answer = await session.answer({ ...request, file: true });
	const document = documentIn(answer, session);
	const inquiry = document.data as PersonaObject;
	async function* pieces(): AsyncGenerator<Piece> {
		const { type, id } = inquiry;
		const from = `GET ${request.path}`;
		if (collected.has('pdf')) yield* printed(session, inquiry);
		yield* linked(session, document, collected, async () => await session.send(request));
		if (collected.has('json')) {
			const source: Source = { kind: 'json', type, id, from, alsoAt: [] };
			yield { source, name: 'inquiry.json', answer };
		}
	}
	return await packed(session, document, wishes, pieces());
}

/** Everything about one inquiry as files, with a manifest of where each is from and its sum. */
export const collectEvidence: Operation = {
	name: 'Collect Evidence',
	action: 'Collect evidence of an inquiry',
	description:
		'Fetch the PDFs, ID images, selfies, documents and JSON of an inquiry as files, with a manifest of their SHA-256 sums and of what is missing',
	route: 'GET /inquiries/{inquiry-id}',
	include: [],
	own: {
		collect: choices('Collect', 'What to fetch; everything when empty', kinds, {
			default: Object.keys(kinds),
			shown: true,
		}),
		output: choice(
			'Output',
			'How the files come out: one by one, as nodes that upload or write files take them, or together in the item of the manifest, in the fields data_1, data_2 and so on',
			{ itemPerFile: 'One Item per File', oneItem: 'One Item with All Files' },
			{ default: 'itemPerFile' },
		),
	},
	returns: 'files',
	execute: collect,
};
