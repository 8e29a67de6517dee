import { RESULT_STATUSES } from '../../nodes/Persona/operations/waitForResult.ts';
import { getBaseType } from '../../nodes/Persona/transport/jsonApi.ts';
import {
	startRequestRecorder,
	type RequestRecorder,
} from '../../tools/services/requestRecorder.mts';
import { toExchangeRequest } from './exchangeRecorder.mts';
import type { OpenApiDocument } from './openApiDocument.mts';
import { loadPrism } from './prism.mts';

/** A server that answers in Persona's place, with its description alone. */
export interface MockPersona {
	/** The API URL for the credential. */
	baseUrl: string;
	/** How many requests have arrived, and what the description refuses of them, since the last call. */
	takeRequests(): { count: number; refusals: string[] };
	stop: RequestRecorder['stop'];
}

interface ExampleObject {
	type?: string;
	attributes?: { status?: string; 'run-data'?: object };
}

interface ExampleDocument {
	data?: ExampleObject | ExampleObject[];
	meta?: object;
	links?: object;
}

/** The example of an object, as Persona would give it once it is done with the object. */
function finishObject(object: ExampleObject): ExampleObject {
	const { type = '', attributes = {} } = object;
	const { pending = [], done = [] } = RESULT_STATUSES[getBaseType(type)] ?? {};
	// An example never changes, so nothing would end.
	if (!pending.includes(String(attributes.status))) return object;
	// The rows that the example counts are not those that were sent.
	const { 'run-data': _, ...others } = attributes;
	return { ...object, attributes: { ...others, status: done[0] } };
}

/** Lets what an example leaves open come to an end: lists have one page, jobs are done. */
function finishExample(body: ExampleDocument): ExampleDocument {
	const { data, meta, links } = body;
	const lists = Array.isArray(data);
	// So that the error of a row that was not sent is not in the list either.
	const ofOthers = lists && data[0]?.type === 'batch-job-row-error';
	return {
		...body,
		...(data && !lists && { data: finishObject(data) }),
		...(ofOthers && { data: [], meta: { ...meta, 'error-count': 0 } }),
		...(links && { links: { prev: null, next: null } }),
	};
}

/** Starts Prism as a mock server behind a socket. The caller stops it. */
export async function startMockPersona(description: OpenApiDocument): Promise<MockPersona> {
	const prism = await loadPrism(description);
	const refusals: string[] = [];
	const server = await startRequestRecorder(async (request) => {
		const { method, path } = request;
		// Files are on another host, which the description does not know.
		if (path.startsWith('/files/')) return { body: Buffer.from('a file') };
		const {
			refusals: found,
			status,
			headers,
			body,
		} = await prism.answer(toExchangeRequest(request));
		refusals.push(...found.map((one) => `${method} ${path}: ${one}`));
		if (Buffer.isBuffer(body)) return { status, headers, body };
		const text = JSON.stringify(finishExample((body ?? {}) as ExampleDocument));
		const withFiles = text.replaceAll('https://files.withpersona.com', `${server.baseUrl}/files`);
		return { status, headers, body: Buffer.from(withFiles) };
	});
	return {
		baseUrl: server.baseUrl,
		takeRequests: () => ({
			count: server.requests.splice(0).length,
			refusals: refusals.splice(0),
		}),
		stop: server.stop,
	};
}
