import type { Answer } from '../transport/apiResponse';
import type { Request } from '../transport/client';
import type { Document, PersonaObject } from '../transport/jsonApi';
import { isObject } from '../transport/simplify';
import { table } from '../resources';
import type { PersonaEvent } from '../events/event';

/**
 * The event with its object as Persona has it now, or undefined where Persona cannot give it any
 * more; `failure` is what Persona answered instead, such as an outage or a missing permission.
 */
export type Latest =
	| { event: PersonaEvent | undefined; failure?: undefined }
	| { failure: Answer; permission?: string };

/** Statuses of an object that is no longer there. */
const GONE = [404, 410];

/** A route that needs nothing but an ID. */
const BY_ID = /^GET (\/[\w/-]+\/)\{[\w-]+\}$/;

/** How to read objects of a JSON:API type; `report/watchlist` is one of the reports. */
function rowFor(type: string) {
	const find = (name: string) => table.resources.find((other) => other.type === name);
	const resource = find(type) ?? find(type.split('/')[0]);
	const row = Object.values(resource?.operations ?? {}).find(({ route }) => BY_ID.test(route));
	// What is guarded shows secrets.
	if (!resource || !row || row.guarded) return undefined;
	return {
		path: (id: string) => row.route.replace(BY_ID, `$1${id}`),
		include: row.include ?? resource.include ?? [],
		permission: resource.permission,
	};
}

const listIn = (value: unknown) =>
	(Array.isArray(value) ? value : []).filter(isObject) as PersonaObject[];

/** The objects read now, and of the event's own those that were not read again. */
function together(read: PersonaObject[], delivered: PersonaObject[]): PersonaObject[] {
	const known = new Set(read.map(({ type, id }) => `${type} ${id}`));
	return [...read, ...delivered.filter(({ type, id }) => !known.has(`${type} ${id}`))];
}

/**
 * Reads the object of an event anew, with those relationships of `include` that it can have.
 * `send` never throws, and neither does this.
 */
export async function latestOf(
	send: (request: Request) => Promise<Answer>,
	event: PersonaEvent,
	include: string[],
): Promise<Latest> {
	const { payload } = event.attributes;
	const { data, included } = isObject(payload) ? payload : {};
	const { type, id } = isObject(data) ? data : {};
	const row = typeof type === 'string' ? rowFor(type) : undefined;
	if (!row || typeof id !== 'string' || !/^[\w-]+$/.test(id)) return { event: undefined };
	const wanted = include.filter((path) => row.include.includes(path.split('.')[0]));
	const answer = await send({
		method: 'GET',
		path: row.path(id),
		query: wanted.length > 0 ? { include: wanted.join(',') } : {},
	});
	if (GONE.includes(answer.statusCode)) return { event: undefined };
	const document = isObject(answer.body) ? (answer.body as Partial<Document>) : {};
	if (answer.statusCode !== 200 || !isObject(document.data)) {
		return { failure: answer, permission: row.permission && `${row.permission}.read` };
	}
	const related = together(listIn(document.included), listIn(included));
	const now = { data: document.data, ...(related.length > 0 && { included: related }) };
	return { event: { ...event, attributes: { ...event.attributes, payload: now } } };
}
