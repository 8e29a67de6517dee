import type { StoredObject } from '../store.mts';
import type { Call } from './endpoint.mts';
import { notFound } from './problem.mts';

/** The object that the path names; throws the 404 that Persona gives. */
export function found({ world, params }: Call, type: string): StoredObject {
	const thing = world.store.getCollection(type).get(params.id);
	if (!thing || !(thing.type === type || thing.type.startsWith(`${type}/`))) throw notFound();
	return thing;
}

/** The object that a member of the request names; `member` is its path as error texts write it. */
export function named({ world }: Call, type: string, id: unknown, member: string): StoredObject {
	const thing = typeof id === 'string' ? world.store.getCollection(type).get(id) : undefined;
	if (!thing) throw notFound(`${member} is not found`);
	return thing;
}

/** The values of a list that is written with commas. */
export const listed = (value: string) => value.split(',').map((each) => each.trim());

/** Whether a filter that may name several values lets this one through; no filter lets all. */
export const passes = (filter: string | undefined, value: unknown) =>
	filter === undefined || listed(filter).includes(String(value));

/** The ID that a to-one relationship points to. */
export function relatedId(thing: StoredObject, name: string): string | undefined {
	const data = thing.relationships?.[name]?.data;
	return data && !Array.isArray(data) ? data.id : undefined;
}
