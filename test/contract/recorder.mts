import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HttpExchange } from './prism.mts';

/** Stands between the node and Persona and writes down what goes either way. */
export interface Recorder {
	/** What belongs into the credential. */
	baseUrl: string;
	/** Hands out what was written down since it was last asked. */
	take(): HttpExchange[];
	close(): Promise<void>;
}

const HOP_BY_HOP = ['connection', 'host', 'keep-alive', 'content-length', 'transfer-encoding'];

const endToEnd = (headers: object): Record<string, string> =>
	Object.fromEntries(
		Object.entries(headers)
			.filter(([name]) => !HOP_BY_HOP.includes(name))
			.map(([name, value]) => [name, String(value)]),
	);

const valueOf = (bytes: Buffer, type = ''): unknown => {
	if (bytes.length === 0) return undefined;
	return type.includes('json') ? (JSON.parse(bytes.toString()) as unknown) : bytes.toString();
};

async function bytesOf(request: IncomingMessage): Promise<Buffer> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks);
}

function queryOf({ searchParams }: URL): HttpExchange['request']['query'] {
	const names = [...new Set(searchParams.keys())];
	return Object.fromEntries(
		names.map((name) => {
			const values = searchParams.getAll(name);
			return [name, values.length === 1 ? values[0] : values];
		}),
	);
}

/** Starts a recorder in front of an API; bytes go through untouched. Whoever starts it closes it. */
export async function startRecorder(apiUrl: string): Promise<Recorder> {
	const exchanges: HttpExchange[] = [];
	const { pathname: prefix } = new URL(apiUrl);
	const server = createServer((incoming, outgoing) => {
		void (async () => {
			const method = incoming.method ?? 'GET';
			const url = new URL(incoming.url ?? '/', apiUrl);
			const sent = await bytesOf(incoming);
			const answer = await fetch(url, {
				method,
				headers: endToEnd(incoming.headers),
				body: sent.length > 0 ? new Uint8Array(sent) : undefined,
				redirect: 'manual',
			});
			const { status } = answer;
			const headers = Object.fromEntries(answer.headers);
			const answered = Buffer.from(await answer.arrayBuffer());
			exchanges.push({
				request: {
					method,
					path: url.pathname.slice(prefix.length),
					query: queryOf(url),
					headers: {
						...endToEnd(incoming.headers),
						...(sent.length > 0 && { 'content-length': String(sent.length) }),
					},
					body: valueOf(sent, incoming.headers['content-type']),
				},
				response: {
					status,
					headers: endToEnd(headers),
					body: valueOf(answered, headers['content-type']),
				},
			});
			outgoing.writeHead(status, endToEnd(headers)).end(answered);
		})().catch((error: unknown) => outgoing.destroy(error as Error));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		baseUrl: `http://127.0.0.1:${port}${prefix}`,
		take: () => exchanges.splice(0),
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}
