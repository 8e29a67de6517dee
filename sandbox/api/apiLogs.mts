import type { Endpoint } from '../http/endpoint.mts';
import { NotFoundError } from '../state/errors.mts';
import type { JsonObject } from '../state/json.mts';
import type { RequestLogEntry } from '../state/logEntries.mts';
import type { SandboxState } from '../state/sandboxState.mts';
import type { StoredObject } from '../state/storedObject.mts';

const read = { permission: 'api_log.read' };

/** Everything under `/api-logs`. */
export const apiLogs: Endpoint[] = [
	{
		...read,
		route: 'GET /api-logs',
		paged: true,
		handle: ({ state }) => ({ reversedObjects: getLoggedRequests(state).map(toApiLog) }),
	},
	{
		...read,
		route: 'GET /api-logs/:id',
		include: [],
		handle: ({ state, params }) => {
			const entry = getLoggedRequests(state).find(({ id }) => id === params.id);
			if (!entry) throw new NotFoundError();
			return { object: toApiLog(entry) };
		},
	},
];

/**
 * The requests with a response. Those without a valid key belong to no organization, and a stored
 * response makes no new entry (https://docs.withpersona.com/idempotence).
 */
const getLoggedRequests = ({ requests, store }: SandboxState) =>
	requests.filter(
		({ status, environment, isReplay, isUnlogged }) =>
			status !== null &&
			status !== 401 &&
			environment === store.environment &&
			!isReplay &&
			!isUnlogged,
	);

const REQUEST_HEADERS = ['Accept', 'Host', 'Persona-Version', 'User-Agent'];
const TEXT_RESPONSE_HEADERS = ['Request-Id', 'Content-Type'];
const NUMBER_RESPONSE_HEADERS = ['RateLimit', 'Quota'].flatMap((limit) =>
	['Limit', 'Remaining', 'Reset'].map((part) => `${limit}-${part}`),
);

function toApiLog(entry: RequestLogEntry): StoredObject {
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
		responseHeaders = {},
	} = entry;
	return {
		type: 'api-log',
		id,
		attributes: {
			request: {
				method,
				path,
				headers: {
					...pickHeaders(headers, REQUEST_HEADERS, String),
					...(headers.authorization && { Authorization: 'Bearer [FILTERED]' }),
				},
				'get-params': query,
				'post-params': body ?? {},
				'ip-address': ip,
			},
			response: {
				status,
				headers: {
					...pickHeaders(responseHeaders, TEXT_RESPONSE_HEADERS, String),
					...pickHeaders(responseHeaders, NUMBER_RESPONSE_HEADERS, Number),
				},
			},
			'created-at': new Date(startedAt).toISOString(),
			'redacted-at': null,
		},
	};
}

/** These headers, with the casing of Persona's logs. */
function pickHeaders(
	headers: Record<string, unknown>,
	names: string[],
	convert: (value: unknown) => string | number,
): JsonObject {
	const present = names.filter((name) => headers[name.toLowerCase()] !== undefined);
	return Object.fromEntries(present.map((name) => [name, convert(headers[name.toLowerCase()])]));
}
