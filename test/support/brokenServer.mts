import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { brotliCompressSync, gzipSync } from 'node:zlib';

/** A whole answer of the server behind. */
export interface Answer {
	status: number;
	headers: Record<string, string>;
	body: Buffer;
	/** Whether the request accepts a body in gzip. */
	acceptsGzip: boolean;
}

/** Sends an answer in a broken or an unusual way. */
export type SendAnswer = (outgoing: ServerResponse, answer: Answer) => unknown;

/** A request that has arrived, and how it was answered. */
export interface BrokenRequest {
	method: string;
	/** With the query. */
	path: string;
	body: string;
	idempotencyKey: string | undefined;
}

/** Chooses how to answer a request that has now arrived `attempt` times; undefined sends it as it is. */
export type ChooseAnswer = (request: BrokenRequest, attempt: number) => SendAnswer | undefined;

/** A server that hands requests on to another one, and breaks its answers. */
export interface BrokenServer {
	/** The API URL for the credential. */
	baseUrl: string;
	/** How answers are sent, and the requests since; a test may replace them. */
	choose: ChooseAnswer;
	requests: BrokenRequest[];
	/** How many connections are open. */
	countConnections(): Promise<number>;
	stop(): Promise<void>;
}

/** How long a connection that is cut stays open, so that what was written before arrives. */
const CUT_DELAY_MS = 5;

const writeHead = (outgoing: ServerResponse, { status, headers }: Answer, more: object = {}) =>
	outgoing.writeHead(status, { ...headers, ...more });

const sendBytes = (outgoing: ServerResponse, answer: Answer, body: Buffer, more: object = {}) => {
	writeHead(outgoing, answer, { 'content-length': body.length, ...more });
	outgoing.end(body);
};

const takeHalf = (bytes: Buffer) => bytes.subarray(0, Math.ceil(bytes.length / 2));

async function cut(outgoing: ServerResponse) {
	await sleep(CUT_DELAY_MS);
	outgoing.destroy();
}

const replace =
	(status: number, text: string | Buffer, type = 'application/json'): SendAnswer =>
	(outgoing, answer) =>
		sendBytes(outgoing, { ...answer, status }, Buffer.from(text), { 'content-type': type });

/** Right answers in a form that is unusual, but allowed. */
export const UNUSUAL: Record<string, SendAnswer> = {
	'in gzip': (outgoing, answer) =>
		sendBytes(outgoing, answer, gzipSync(answer.body), { 'content-encoding': 'gzip' }),
	'in brotli': (outgoing, answer) =>
		sendBytes(outgoing, answer, brotliCompressSync(answer.body), { 'content-encoding': 'br' }),
	'with a byte-order mark': (outgoing, answer) => {
		const isJson = answer.headers['content-type']?.includes('json');
		const mark = isJson ? Buffer.from('\uFEFF') : Buffer.alloc(0);
		sendBytes(outgoing, answer, Buffer.concat([mark, answer.body]));
	},
	'in chunks that end within characters': async (outgoing, answer) => {
		writeHead(outgoing, answer);
		for (let at = 0; at < answer.body.length; at += Math.ceil(answer.body.length / 3)) {
			outgoing.write(answer.body.subarray(at, at + Math.ceil(answer.body.length / 3)));
			await sleep(1);
		}
		outgoing.end();
	},
	'over a connection that is said to stay open, but ends': (outgoing, answer) => {
		sendBytes(outgoing, answer, answer.body, { connection: 'keep-alive' });
		outgoing.on('finish', () => outgoing.socket?.end());
	},
};

/** Answers of which Persona's part is lost on its way. */
export const LOST: Record<string, SendAnswer> = {
	'nothing at all': (outgoing) => outgoing.destroy(),
	'a reset': (outgoing) => outgoing.socket?.resetAndDestroy(),
	'only silence': () => {},
	'silence after the headers': (outgoing, answer) => {
		writeHead(outgoing, answer, { 'content-length': answer.body.length });
		outgoing.flushHeaders();
	},
	'silence after half of the body': (outgoing, answer) => {
		writeHead(outgoing, answer, { 'content-length': answer.body.length });
		outgoing.write(takeHalf(answer.body));
	},
	'half of the body': async (outgoing, answer) => {
		writeHead(outgoing, answer, { 'content-length': answer.body.length });
		outgoing.write(takeHalf(answer.body));
		await cut(outgoing);
	},
	'half of the chunks': async (outgoing, answer) => {
		writeHead(outgoing, answer);
		outgoing.write(takeHalf(answer.body));
		await cut(outgoing);
	},
	'headers, then a reset': async (outgoing, answer) => {
		writeHead(outgoing, answer, { 'content-length': answer.body.length });
		outgoing.flushHeaders();
		await sleep(CUT_DELAY_MS);
		outgoing.socket?.resetAndDestroy();
	},
	'half of the gzip': async (outgoing, answer) => {
		const half = takeHalf(gzipSync(answer.body));
		if (answer.acceptsGzip) sendBytes(outgoing, answer, half, { 'content-encoding': 'gzip' });
		else await LOST['half of the body'](outgoing, answer);
	},
	'plain bytes that are said to be gzip': (outgoing, answer) =>
		sendBytes(outgoing, answer, answer.body, { 'content-encoding': 'gzip' }),
	'a chunk without its size': async (outgoing, answer) => {
		writeHead(outgoing, answer, { 'transfer-encoding': 'chunked' });
		outgoing.flushHeaders();
		outgoing.socket?.write('zz\r\n');
		await cut(outgoing);
	},
};

const DRIP_MS = 30;

/** One byte at a time, for ever. */
export const DRIP: SendAnswer = (outgoing, answer) => {
	writeHead(outgoing, answer);
	let at = 0;
	const timer = setInterval(() => outgoing.write(answer.body.subarray(at, ++at)), DRIP_MS);
	outgoing.on('close', () => clearInterval(timer));
};

/** Answers that are whole, but not Persona's. */
export const FOREIGN: Record<string, SendAnswer> = {
	'a page': replace(200, '<html><title>Welcome</title></html>', 'text/html'),
	'no content': replace(200, ''),
	null: replace(200, 'null'),
	'a list of texts': replace(200, '["a"]'),
	'204': (outgoing) => outgoing.writeHead(204).end(),
	'Latin-1': replace(
		200,
		Buffer.from('{"data":{"type":"x","id":"x_1","attributes":{"a":"J\xF6rg"}}}', 'latin1'),
	),
	'gzip that is not said to be': (outgoing, answer) =>
		sendBytes(outgoing, answer, gzipSync(answer.body)),
	'an encoding that nobody knows': (outgoing, answer) =>
		sendBytes(outgoing, answer, Buffer.from([0xff, 0xfe, 0x00]), { 'content-encoding': 'x-none' }),
};

const HOP_BY_HOP = ['connection', 'host', 'keep-alive', 'content-length', 'transfer-encoding'];

const pickHeaders = (headers: Iterable<[string, unknown]>): Record<string, string> =>
	Object.fromEntries(
		[...headers]
			.filter(([name]) => !HOP_BY_HOP.includes(name))
			.map(([name, value]) => [name, String(value)]),
	);

async function readBody(incoming: IncomingMessage): Promise<Buffer> {
	const parts: Buffer[] = [];
	for await (const part of incoming) parts.push(part as Buffer);
	return Buffer.concat(parts);
}

/** A body without the random boundary of its parts, so that the same content is the same text. */
const removeBoundary = (body: string, contentType = '') => {
	const [, boundary] = /boundary=([^;]+)/.exec(contentType) ?? [];
	return boundary === undefined ? body : body.replaceAll(boundary, '');
};

/** Starts a server in front of the one at this origin, and of its files. The caller stops it. */
export async function startBrokenServer(
	origin: string,
	filesOrigin = origin,
): Promise<BrokenServer> {
	const server = createServer((incoming, outgoing) => {
		outgoing.on('error', () => {});
		void handle(incoming, outgoing).catch((error: unknown) => outgoing.destroy(error as Error));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const ownOrigin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	const broken: BrokenServer = {
		baseUrl: `${ownOrigin}/api/v1`,
		choose: () => undefined,
		requests: [],
		countConnections: async () => await promisify(server.getConnections.bind(server))(),
		stop: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
	async function handle(incoming: IncomingMessage, outgoing: ServerResponse) {
		const { method = '', url: path = '', headers } = incoming;
		const bytes = await readBody(incoming);
		const body = removeBoundary(bytes.toString('latin1'), headers['content-type']);
		const key = headers['idempotency-key'];
		const request = { method, path, body, idempotencyKey: key === undefined ? key : String(key) };
		const { choose, requests } = broken;
		requests.push(request);
		const isSame = (other: BrokenRequest) =>
			other.method === method && other.path === path && other.body === body;
		const send = choose(request, requests.filter(isSame).length);
		const target = path.startsWith('/files/') ? filesOrigin : origin;
		const forwarded = await fetch(`${target}${path}`, {
			method,
			headers: pickHeaders(Object.entries(headers)),
			body: bytes.length > 0 ? new Uint8Array(bytes) : undefined,
			redirect: 'manual',
		});
		const received = Buffer.from(await forwarded.arrayBuffer());
		// Links to files lead here as well.
		const linked = [origin, filesOrigin].reduce(
			(text, each) => text.replaceAll(each, ownOrigin),
			received.toString('latin1'),
		);
		const answer = {
			status: forwarded.status,
			headers: pickHeaders(forwarded.headers.entries()),
			acceptsGzip: /gzip/.test(headers['accept-encoding'] ?? ''),
			body: Buffer.from(linked, 'latin1'),
		};
		await (send ?? sendWhole)(outgoing, answer);
	}
	return broken;
}

const sendWhole: SendAnswer = (outgoing, answer) => sendBytes(outgoing, answer, answer.body);
