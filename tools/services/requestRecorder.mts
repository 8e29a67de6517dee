import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as it arrived. */
export interface RecordedRequest {
	method: string;
	/** Below the API URL, without the query; encoded as it was sent. */
	path: string;
	/** The query as it was sent, without its question mark. */
	search: string;
	/** The query decoded, by names such as `page[size]`; the last value of a name that is repeated. */
	query: Record<string, string>;
	headers: IncomingHttpHeaders;
	bytes: Buffer;
	/** `bytes` parsed if they are JSON, else as text; undefined if nothing was sent. */
	body: unknown;
}

/** A response of the fake server: a Buffer is sent as it is, any other body as JSON. */
export interface FakeResponse {
	status?: number;
	headers?: Record<string, string>;
	body?: unknown;
}

/** Decides the response; `count` is the number of requests in `requests`, this one included. */
export type Respond = (
	request: RecordedRequest,
	count: number,
) => FakeResponse | Promise<FakeResponse>;

/** A fake server that records every request. */
export interface RequestRecorder {
	/** The API URL for the credential. */
	baseUrl: string;
	/** Oldest first; a test may empty it. */
	requests: RecordedRequest[];
	stop: () => Promise<void>;
}

const PREFIX = '/api/v1';

/** Tests send keys and IDs of any length in headers and addresses. */
const MAX_HEADER_BYTES = 16_000_000;

/** A body by its media type: JSON parsed, anything else as text, undefined if there is none. */
export function parseBody(bytes: Buffer, mediaType = ''): unknown {
	if (bytes.length === 0) return undefined;
	const text = bytes.toString();
	return mediaType.includes('json') ? (JSON.parse(text) as unknown) : text;
}

async function readRequest(request: IncomingMessage): Promise<RecordedRequest> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	const bytes = Buffer.concat(chunks);
	// Not read as a URL, which would resolve `..` and hide what the node has sent.
	const [path, ...search] = (request.url ?? '').split('?');
	return {
		method: request.method ?? '',
		path: path.slice(PREFIX.length),
		search: search.join('?'),
		query: Object.fromEntries(new URLSearchParams(search.join('?'))),
		headers: request.headers,
		bytes,
		body: parseBody(bytes, request.headers['content-type']),
	};
}

/** Starts a recorder on a free port of this machine. The caller stops it. */
export async function startRequestRecorder(respond: Respond): Promise<RequestRecorder> {
	const requests: RecordedRequest[] = [];
	const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES }, (incoming, outgoing) => {
		void (async () => {
			const request = await readRequest(incoming);
			requests.push(request);
			const { status = 200, headers, body } = await respond(request, requests.length);
			const bytes = Buffer.isBuffer(body) ? body : JSON.stringify(body ?? {});
			outgoing.writeHead(status, { 'content-type': 'application/json', ...headers });
			outgoing.end(bytes);
		})().catch((error: unknown) => outgoing.destroy(error as Error));
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
