import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request as a tree, so that each value in it has a place. */
export interface RequestTree {
	method: string;
	/** Decoded segment by segment, so that a slash within one does not look like two. */
	path: string[];
	/** Brackets become levels. */
	query: unknown;
	body: unknown;
	/** Idempotency key of the user's own; the engine's is a hash. */
	key?: string;
	/** Names of the headers that do not depend on the body. */
	headers: string[];
}

const PREFIX = '/api/v1/';

/** Adds `value` below the levels that `a[b][c]` names, without ever touching a prototype. */
function addTo(tree: Map<string, unknown>, name: string, value: string) {
	const levels = name.split(/\]?\[|\]$/).filter((level) => level !== '');
	const last = levels.pop() ?? '';
	let target = tree;
	for (const level of levels) {
		if (!(target.get(level) instanceof Map)) target.set(level, new Map());
		target = target.get(level) as Map<string, unknown>;
	}
	target.set(last, target.has(last) ? [target.get(last), value] : value);
}

const toPlainObject = (tree: unknown): unknown =>
	tree instanceof Map
		? Object.fromEntries([...tree].map(([name, value]) => [name, toPlainObject(value)]))
		: tree;

async function toRequestTree(request: IncomingMessage): Promise<RequestTree> {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	const text = Buffer.concat(chunks).toString();
	const [path, ...query] = (request.url ?? '').split('?');
	const key = request.headers['idempotency-key'] as string | undefined;
	const tree = new Map<string, unknown>();
	for (const [name, value] of new URLSearchParams(query.join('?'))) addTo(tree, name, value);
	return {
		method: request.method ?? '',
		path: path.slice(PREFIX.length).split('/').map(decodeURIComponent),
		query: toPlainObject(tree),
		body: text === '' ? undefined : (JSON.parse(text) as unknown),
		key: /^[0-9a-f]{40}$/.test(key ?? '') ? undefined : key,
		headers: Object.keys(request.headers)
			.filter((name) => !/^content-|^transfer-|^idempotency-key$/.test(name))
			.sort(),
	};
}

/** A stand-in for Persona that hears every request exactly as it was sent. */
export interface TreeRecorder {
	baseUrl: string;
	/** To whose requests the following ones belong. */
	recordInto: (heard: RequestTree[]) => void;
	/** What the next requests are answered with. */
	response: unknown;
	stop: () => Promise<void>;
}

/** Starts such a server, which takes headers of any length; whoever starts it stops it. */
export async function startTreeRecorder(): Promise<TreeRecorder> {
	let heard: RequestTree[] = [];
	const server = createServer({ maxHeaderSize: 16_000_000 }, (request, response) => {
		void (async () => {
			const mine = heard;
			mine.push(await toRequestTree(request));
			const file = Buffer.isBuffer(ear.response);
			response.writeHead(200, { 'content-type': file ? 'application/pdf' : 'application/json' });
			response.end(file ? ear.response : JSON.stringify(ear.response));
		})().catch((error: unknown) => response.destroy(error as Error));
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	const ear: TreeRecorder = {
		baseUrl: `http://127.0.0.1:${port}${PREFIX}`,
		recordInto: (requests) => {
			heard = requests;
		},
		response: undefined,
		stop: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
	return ear;
}
