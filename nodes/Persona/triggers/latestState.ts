import type { ApiResponse } from '../transport/apiResponse';
import type { ApiRequest } from '../transport/client';
import type { JsonApiDocument, PersonaObject } from '../transport/jsonApi';
import { isRecord } from '../transport/simplify';
import { table } from '../resources';
import type { PersonaEvent } from '../events/event';

/**
 * The event with its object as Persona has it now, or undefined where Persona cannot give it any
 * more; `failure` is what Persona answered instead, such as an outage or a missing permission.
 */
export type LatestState =
	| { event: PersonaEvent | undefined; failure?: undefined }
	| { failure: ApiResponse; permission?: string };

/** Statuses of an object that is no longer there. */
const GONE_STATUSES = [404, 410];

/** A route that needs nothing but an ID. */
const BY_ID_ROUTE = /^GET (\/[\w/-]+\/)\{[\w-]+\}$/;

/** How to read objects of a JSON:API type; `report/watchlist` is one of the reports. */
function findReadRoute(type: string) {
	const find = (name: string) => table.resources.find((other) => other.type === name);
	const resource = find(type) ?? find(type.split('/')[0]);
	const row = Object.values(resource?.operations ?? {}).find(({ route }) =>
		BY_ID_ROUTE.test(route),
	);
	// What is guarded shows secrets.
	if (!resource || !row || row.guarded) return undefined;
	return {
		path: (id: string) => row.route.replace(BY_ID_ROUTE, `$1${id}`),
		include: row.include ?? resource.include ?? [],
		permission: resource.permission,
	};
}

const toObjects = (value: unknown) =>
	(Array.isArray(value) ? value : []).filter(isRecord) as PersonaObject[];

/** The objects read now, and of the event's own those that were not read again. */
function mergeIncluded(read: PersonaObject[], delivered: PersonaObject[]): PersonaObject[] {
	const known = new Set(read.map(({ type, id }) => `${type} ${id}`));
	return [...read, ...delivered.filter(({ type, id }) => !known.has(`${type} ${id}`))];
}

/**
 * Reads the object of an event anew, with those relationships of `include` that it can have.
 * `send` never throws, and neither does this.
 */
export async function fetchLatestState(
	send: (request: ApiRequest) => Promise<ApiResponse>,
	event: PersonaEvent,
	include: string[],
): Promise<LatestState> {
	const { payload } = event.attributes;
	const { data, included } = isRecord(payload) ? payload : {};
	const { type, id } = isRecord(data) ? data : {};
	const row = typeof type === 'string' ? findReadRoute(type) : undefined;
	if (!row || typeof id !== 'string' || !/^[\w-]+$/.test(id)) return { event: undefined };
	const wanted = include.filter((path) => row.include.includes(path.split('.')[0]));
	const answer = await send({
		method: 'GET',
		path: row.path(id),
		query: wanted.length > 0 ? { include: wanted.join(',') } : {},
	});
	if (GONE_STATUSES.includes(answer.statusCode)) return { event: undefined };
	const document = isRecord(answer.body) ? (answer.body as Partial<JsonApiDocument>) : {};
	if (answer.statusCode !== 200 || !isRecord(document.data)) {
		return { failure: answer, permission: row.permission && `${row.permission}.read` };
	}
	const related = mergeIncluded(toObjects(document.included), toObjects(included));
	const now = { data: document.data, ...(related.length > 0 && { included: related }) };
	return { event: { ...event, attributes: { ...event.attributes, payload: now } } };
}
