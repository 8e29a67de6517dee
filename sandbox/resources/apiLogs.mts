import type { Endpoint } from '../server/endpoint.mts';
import { notFound } from '../server/problem.mts';
import type { JsonObject, StoredObject } from '../store.mts';
import type { RequestLogEntry, World } from '../world.mts';

const read = { permission: 'api_log.read' };

/** Everything under `/api-logs`. */
export const apiLogs: Endpoint[] = [
	{
		...read,
		route: 'GET /api-logs',
		paged: true,
		handle: ({ world }) => ({ rows: recorded(world).map(logOf) }),
	},
	{
		...read,
		route: 'GET /api-logs/:id',
		include: [],
		handle: ({ world, params }) => {
			const entry = recorded(world).find(({ id }) => id === params.id);
			if (!entry) throw notFound();
			return { item: logOf(entry) };
		},
	},
];

/** The requests that were answered; those of strangers belong to no organization. */
const recorded = ({ requests }: World) =>
	requests.filter(({ status }) => status !== null && status !== 401);

const sentHeaders = ['Accept', 'Host', 'Persona-Version', 'User-Agent'];
const answeredTexts = ['Request-Id', 'Content-Type'];
const answeredNumbers = ['RateLimit', 'Quota'].flatMap((limit) =>
	['Limit', 'Remaining', 'Reset'].map((part) => `${limit}-${part}`),
);

function logOf(entry: RequestLogEntry): StoredObject {
	const {
		id,
		method,
		path,
		query,
		headers,
		body,
		ip,
		status,
		startedAt,
		responseHeaders: answered = {},
	} = entry;
	return {
		type: 'api-log',
		id,
		attributes: {
			request: {
				method,
				path,
				headers: {
					...picked(headers, sentHeaders, String),
					...(headers.authorization && { Authorization: 'Bearer [FILTERED]' }),
				},
				'get-params': query,
				'post-params': body ?? {},
				'ip-address': ip,
			},
			response: {
				status,
				headers: {
					...picked(answered, answeredTexts, String),
					...picked(answered, answeredNumbers, Number),
				},
			},
			'created-at': new Date(startedAt).toISOString(),
			'redacted-at': null,
		},
	};
}

/** Some of the headers, spelt as Persona's logs have them. */
function picked(
	headers: Record<string, unknown>,
	names: string[],
	typed: (value: unknown) => string | number,
): JsonObject {
	const there = names.filter((name) => headers[name.toLowerCase()] !== undefined);
	return Object.fromEntries(there.map((name) => [name, typed(headers[name.toLowerCase()])]));
}
