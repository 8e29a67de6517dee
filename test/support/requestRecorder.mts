import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it arrived. */
export interface RecordedRequest {
	method: string;
	/** Below the API URL. */
	path: string;
	/** Decoded, by the name that stands in the address: `page[size]`. */
	query: Record<string, string>;
	headers: IncomingHttpHeaders;
	/** Parsed JSON, or undefined when nothing was sent. */
	body: unknown;
}

/** What to answer; a Buffer is sent as it is, anything else as JSON. */
export interface FakeResponse {
	status?: number;
	headers?: Record<string, string>;
	body?: unknown;
}

/** A server that keeps every request and answers as it is told. */
export interface RequestRecorder {
	/** What belongs into the credential. */
	baseUrl: string;
	requests: RecordedRequest[];
	stop: () => Promise<void>;
}

const PREFIX = '/api/v1';

async function recordRequest(request: IncomingMessage): Promise<RecordedRequest> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	const text = Buffer.concat(chunks).toString();
	const { pathname, searchParams } = new URL(request.url ?? '/', 'http://127.0.0.1');
	return {
		method: request.method ?? '',
		path: pathname.slice(PREFIX.length),
		query: Object.fromEntries(searchParams),
		headers: request.headers,
		body: text === '' ? undefined : (JSON.parse(text) as unknown),
	};
}

/** Starts a server on a free port of this machine; whoever starts it stops it. */
export async function startRequestRecorder(
	respond: (request: RecordedRequest, count: number) => FakeResponse | Promise<FakeResponse>,
): Promise<RequestRecorder> {
	const requests: RecordedRequest[] = [];
	const server = createServer((request, response) => {
		void (async () => {
			const recorded = await recordRequest(request);
			requests.push(recorded);
			const { status = 200, headers, body } = await respond(recorded, requests.length);
			const bytes = Buffer.isBuffer(body) ? body : JSON.stringify(body ?? {});
			response.writeHead(status, { 'content-type': 'application/json', ...headers });
			response.end(bytes);
		})().catch((error: unknown) => response.destroy(error as Error));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		baseUrl: `http://127.0.0.1:${port}${PREFIX}`,
		requests,
		stop: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}
