import { parseForm } from '../../../sandbox/http/parseForm.mts';
import {
	startRequestRecorder,
	type RecordedRequest,
} from '../../../tools/services/requestRecorder.mts';

/** A request as a tree, so that each value in it has a place. */
export interface RequestTree {
	method: string;
	/** Decoded segment by segment, so that a slash within one does not look like two. */
	path: string[];
	/** Brackets become levels. */
	query: unknown;
	body: unknown;
	/** The user's own idempotency key; the engine's is a hash. */
	key?: string;
	/** Names of the headers that do not depend on the body. */
	headers: string[];
}

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

async function toRequestTree(request: RecordedRequest): Promise<RequestTree> {
	const { method, path, search, headers, bytes } = request;
	const { 'content-type': type = '' } = headers;
	// Its boundary is another one each time.
	const isForm = type.startsWith('multipart/form-data');
	const body = isForm ? await parseForm(bytes, type) : request.body;
	const key = headers['idempotency-key'] as string | undefined;
	const tree = new Map<string, unknown>();
	for (const [name, value] of new URLSearchParams(search)) addTo(tree, name, value);
	return {
		method,
		path: path.split('/').slice(1).map(decodeURIComponent),
		query: toPlainObject(tree),
		body,
		key: /^[0-9a-f]{40}$/.test(key ?? '') ? undefined : key,
		headers: Object.keys(headers)
			.filter((name) => !/^content-|^transfer-|^idempotency-key$/.test(name))
			.sort(),
	};
}

/** A fake Persona that records requests as trees. */
export interface TreeRecorder {
	baseUrl: string;
	/** Adds all requests that follow to this list. */
	recordInto: (requests: RequestTree[]) => void;
	/** The body of the responses that follow; a Buffer is a file. */
	response: unknown;
	stop: () => Promise<void>;
}

/** Whether a request reads a list, which some operations do besides reading their object. */
const isListRequest = ({ method, path }: RecordedRequest) =>
	method === 'GET' && /^\/[\w-]+$/.test(path);

/** The same document with its object in a list. */
const toList = (document: unknown) => {
	const { data, ...rest } = Object(document) as { data?: unknown };
	return data === undefined ? document : { ...rest, data: [data].flat() };
};

/** Starts such a recorder. The caller stops it. */
export async function startTreeRecorder(): Promise<TreeRecorder> {
	let current: RequestTree[] = [];
	const { baseUrl, requests, stop } = await startRequestRecorder(async (request) => {
		// Some bodies are of a megabyte: only the trees are needed.
		requests.length = 0;
		const list = current;
		list.push(await toRequestTree(request));
		const isFile = Buffer.isBuffer(recorder.response);
		return {
			headers: { 'content-type': isFile ? 'application/pdf' : 'application/json' },
			body: isListRequest(request) ? toList(recorder.response) : recorder.response,
		};
	});
	const recorder: TreeRecorder = {
		baseUrl,
		recordInto: (list) => {
			current = list;
		},
		response: undefined,
		stop,
	};
	return recorder;
}
