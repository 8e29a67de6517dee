import {
	parseBody,
	startRequestRecorder,
	type RecordedRequest,
} from '../../tools/services/requestRecorder.mts';

/** A request and its response, as they went over the wire. */
export interface HttpExchange {
	request: {
		method: string;
		/** Below the API URL. */
		path: string;
		query: Record<string, string | string[]>;
		headers: Record<string, string>;
		/** Parsed if it is JSON. */
		body?: unknown;
	};
	response: { status: number; headers: Record<string, string>; body: unknown };
}

/** A proxy between the node and the sandbox that records what passes in both directions. */
export interface ExchangeRecorder {
	/** The API URL for the credential. */
	baseUrl: string;
	/** Returns the exchanges since the last call. */
	takeExchanges(): HttpExchange[];
	stop(): Promise<void>;
}

const HOP_BY_HOP = ['connection', 'host', 'keep-alive', 'content-length', 'transfer-encoding'];

const removeHopByHop = (headers: object): Record<string, string> =>
	Object.fromEntries(
		Object.entries(headers)
			.filter(([name]) => !HOP_BY_HOP.includes(name))
			.map(([name, value]) => [name, String(value)]),
	);

function parseQuery(search: string): HttpExchange['request']['query'] {
	const query = new URLSearchParams(search);
	return Object.fromEntries(
		[...new Set(query.keys())].map((name) => {
			const values = query.getAll(name);
			return [name, values.length === 1 ? values[0] : values];
		}),
	);
}

/** A recorded request in the form that is checked. */
export const toExchangeRequest = ({
	method,
	path,
	search,
	headers,
	bytes,
	body,
}: RecordedRequest) => ({
	method,
	path,
	query: parseQuery(search),
	headers: {
		...removeHopByHop(headers),
		...(bytes.length > 0 && { 'content-length': String(bytes.length) }),
	},
	body,
});

/** Starts a recorder in front of an API; bytes pass unchanged. The caller stops it. */
export async function startExchangeRecorder(apiUrl: string): Promise<ExchangeRecorder> {
	const exchanges: HttpExchange[] = [];
	const { baseUrl, requests, stop } = await startRequestRecorder(async (request) => {
		requests.length = 0;
		const { method, path, search, headers, bytes } = request;
		const forwarded = await fetch(`${apiUrl}${path}${search && `?${search}`}`, {
			method,
			headers: removeHopByHop(headers),
			body: bytes.length > 0 ? new Uint8Array(bytes) : undefined,
			redirect: 'manual',
		});
		const received = Buffer.from(await forwarded.arrayBuffer());
		const response = {
			status: forwarded.status,
			headers: removeHopByHop(Object.fromEntries(forwarded.headers)),
			body: parseBody(received, forwarded.headers.get('content-type') ?? undefined),
		};
		exchanges.push({ request: toExchangeRequest(request), response });
		return { ...response, body: received };
	});
	return { baseUrl, takeExchanges: () => exchanges.splice(0), stop };
}
