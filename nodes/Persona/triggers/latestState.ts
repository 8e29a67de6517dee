import type { ApiResponse } from '../transport/apiResponse';
import type { ApiRequest } from '../transport/apiRequest';
import type { JsonApiDocument, PersonaObject } from '../transport/jsonApi';
import { getRecords, isRecord } from '../utils/isRecord';
import { findResource } from '../engine/operationRules';
import { table } from '../resources';
import type { PersonaEvent } from '../events/event';
import { isCustomEvent } from '../events/eventTypes';

/**
 * The event with its object as it is in Persona now; undefined if Persona no longer has the object
 * or offers no way to read it. If it could not be read, for example because of an outage, `failure`
 * is the response and `permission` the one that reading requires.
 */
export type LatestState =
	| { event: PersonaEvent | undefined; failure?: undefined }
	| { failure: ApiResponse; permission?: string };

/** Statuses for an object that no longer exists. */
const GONE_STATUSES = [404, 410];

/** Matches a route that needs only an ID. */
const BY_ID_ROUTE = /^GET (\/[\w/-]+\/)\{[\w-]+\}$/;

/** Finds how to read objects of a JSON:API type; a `report/watchlist` is read like any report. */
function findReadRoute(type: string) {
	const resource = findResource(table, type) ?? findResource(table, type.split('/')[0]);
	const row = Object.values(resource?.operations ?? {}).find(({ route }) =>
		BY_ID_ROUTE.test(route),
	);
	// A guarded operation returns secrets.
	if (!resource || !row || row.guarded) return undefined;
	return {
		buildPath: (id: string) => row.route.replace(BY_ID_ROUTE, `$1${id}`),
		include: row.include ?? resource.include ?? [],
		permission: resource.permission,
	};
}

const toObjects = (value: unknown) => getRecords<PersonaObject>(value);

/** Merges the included objects read now with those of the event that were not read again. */
function mergeIncluded(current: PersonaObject[], delivered: PersonaObject[]): PersonaObject[] {
	const known = new Set(current.map(({ type, id }) => `${type} ${id}`));
	return [...current, ...delivered.filter(({ type, id }) => !known.has(`${type} ${id}`))];
}

/**
 * Fetches the object of an event, including those relationships of `include` that it can have.
 * `request` must never throw; then neither does this.
 */
export async function fetchLatestState(
	request: (request: ApiRequest) => Promise<ApiResponse>,
	event: PersonaEvent,
	include: string[],
): Promise<LatestState> {
	const { name, payload } = event.attributes;
	// The payload of a custom event is passed on as it is, even if it looks like one of Persona's objects.
	const { data, included } = isRecord(payload) && !isCustomEvent(name) ? payload : {};
	const { type, id } = isRecord(data) ? data : {};
	const route = typeof type === 'string' ? findReadRoute(type) : undefined;
	if (!route || typeof id !== 'string' || !/^[\w-]+$/.test(id)) return { event: undefined };
	const possibleIncludes = include.filter((path) => route.include.includes(path.split('.')[0]));
	const response = await request({
		method: 'GET',
		path: route.buildPath(id),
		query: possibleIncludes.length > 0 ? { include: possibleIncludes.join(',') } : {},
	});
	if (GONE_STATUSES.includes(response.statusCode)) return { event: undefined };
	const document = isRecord(response.body) ? (response.body as Partial<JsonApiDocument>) : {};
	if (response.statusCode !== 200 || !isRecord(document.data)) {
		return { failure: response, permission: route.permission && `${route.permission}.read` };
	}
	const related = mergeIncluded(toObjects(document.included), toObjects(included));
	const latest = { data: document.data, ...(related.length > 0 && { included: related }) };
	return { event: { ...event, attributes: { ...event.attributes, payload: latest } } };
}
