import type { JsonObject } from './json.mts';
import type { ObjectRef, StoredObject } from './storedObject.mts';

/** The object's type and ID alone. */
export const toRef = ({ type, id }: ObjectRef): ObjectRef => ({ type, id });

/** A to-one relationship. */
export const toOne = (ref: ObjectRef | null | undefined) => ({ data: ref ? toRef(ref) : null });

/** A to-many relationship. */
export const toMany = (refs: ObjectRef[]) => ({ data: refs.map(toRef) });

/**
 * The relationships of an object as responses show them. Persona's description says that the reviewer
 * of an undecided inquiry is `null`, and so do its examples of events; in all its examples of responses
 * and of included inquiries, however, reviewer and legacy template are `{"data": {}}` (`inquiry`,
 * `inquiry-list`, `inquiry-created`, `inquiry-retrieve`, `inquiry-resume`, `inquiry-one-time-link`,
 * `inquiry-list-search`).
 */
export function showRelationships({ type, relationships }: StoredObject): JsonObject | undefined {
	if (!relationships || type !== 'inquiry') return relationships as JsonObject | undefined;
	const entries = Object.entries(relationships).map(([name, relationship]) => {
		const isEmpty = relationship.data === null && ['reviewer', 'template'].includes(name);
		return [name, isEmpty ? { data: {} } : relationship];
	});
	return Object.fromEntries(entries) as JsonObject;
}

/** The ID that a to-one relationship points to. */
export function getRelatedId(object: StoredObject, name: string): string | undefined {
	const data = object.relationships?.[name]?.data;
	return data && !Array.isArray(data) ? data.id : undefined;
}
