import { NotFoundError } from '../state/errors.mts';
import type { StoredObject } from '../state/storedObject.mts';
import type { ApiRequest } from './endpoint.mts';

/** The object whose ID is in the path. Throws 404 as Persona does. */
export function getTarget({ state, params }: ApiRequest, type: string): StoredObject {
	const object = state.store.getCollection(type).get(params.id);
	if (!object || !(object.type === type || object.type.startsWith(`${type}/`))) {
		throw new NotFoundError();
	}
	return object;
}

/** The object that a member of the request refers to; `member` is its path, as error messages write it. */
export function getReferenced(
	{ state }: ApiRequest,
	type: string,
	id: unknown,
	member: string,
): StoredObject {
	const object = typeof id === 'string' ? state.store.getCollection(type).get(id) : undefined;
	if (!object) throw new NotFoundError(`${member} is not found`);
	return object;
}

/** Splits a comma-separated list. */
export const splitList = (value: string) => value.split(',').map((each) => each.trim());

/** Whether a value matches a filter, which can list several values. Without a filter everything matches. */
export const matchesFilter = (filter: string | undefined, value: unknown) =>
	filter === undefined ||
	(value !== null && value !== undefined && splitList(filter).includes(String(value)));
