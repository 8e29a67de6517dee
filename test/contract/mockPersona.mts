import { RESULT_STATUSES } from '../../nodes/Persona/operations/waitForResult.ts';
import { getBaseType } from '../../nodes/Persona/transport/jsonApi.ts';
import { startRequestRecorder, type RequestRecorder } from '../support/requestRecorder.mts';
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

interface ExampleDocument {
	data?: { type?: string; attributes?: { status?: string } };
	links?: object;
}

/** Lets what an example leaves open come to an end: lists have one page, jobs are done. */
function finishExample(body: ExampleDocument): ExampleDocument {
	const { type = '', attributes } = body.data ?? {};
	const { pending = [], done = [] } = RESULT_STATUSES[getBaseType(type)] ?? {};
	// An example never changes, so nothing would end.
	const finished = pending.includes(String(attributes?.status)) && done[0];
	return {
		...body,
		...(body.links && { links: { prev: null, next: null } }),
		...(finished && { data: { ...body.data, attributes: { ...attributes, status: finished } } }),
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
