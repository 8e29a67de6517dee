import type { IDataObject } from 'n8n-workflow';
import { getAttributes, type PersonaObject } from '../../transport/jsonApi';

/** A record that an erasure keeps, in the output. */
export interface RetainedRecord extends IDataObject {
	type: string;
	/** Null where it is unknown whether there are any records of the type. */
	id: string | null;
	why: string;
	/** When it was redacted in another way, which leaves nothing to erase. */
	redactedAt: string | null;
}

/** A record that Persona redacts with its inquiry and that has no redaction of its own, in the output. */
export interface CascadedRecord extends IDataObject {
	type: string;
	id: string;
	/** ID of the inquiry. */
	with: string;
}

/** Everything that Persona says belongs to a person or a business. */
export interface SubjectData {
	/** By ID. Objects that could not be read have no attributes. */
	objects: Map<string, PersonaObject>;
	cascaded: CascadedRecord[];
	retained: RetainedRecord[];
}

/** Adds an object, unless the same one is already there with its attributes. */
export function addObject({ objects }: SubjectData, object: PersonaObject) {
	if (!objects.get(object.id)?.attributes) objects.set(object.id, object);
}

/** Records that an object is kept, and why. */
export function retainObject({ retained }: SubjectData, object: PersonaObject, why: string) {
	const { type, id } = object;
	const redactedAt = (getAttributes(object)['redacted-at'] ?? null) as string | null;
	retained.push({ type, id, why, redactedAt });
}

/** Records that the API key may not read a type of objects, so some of them may be kept. */
export function retainUnreadable({ retained }: SubjectData, type: string) {
	const why = `The API key may not read ${type}s, so it is unknown whether there are any`;
	retained.push({ type, id: null, why, redactedAt: null });
}
