import type { ObjectRef, StoredObject } from './storedObject.mts';

/** The object's type and ID alone. */
export const toRef = ({ type, id }: ObjectRef): ObjectRef => ({ type, id });

/** A to-one relationship. */
export const toOne = (ref: ObjectRef | null | undefined) => ({ data: ref ? toRef(ref) : null });

/** A to-many relationship. */
export const toMany = (refs: ObjectRef[]) => ({ data: refs.map(toRef) });

/** The ID that a to-one relationship points to. */
export function getRelatedId(object: StoredObject, name: string): string | undefined {
	const data = object.relationships?.[name]?.data;
	return data && !Array.isArray(data) ? data.id : undefined;
}
