import type { IDataObject } from 'n8n-workflow';
import type { PersonaObject } from '../../transport/jsonApi';

/** What an erasure leaves, and why; without an ID where it is not known whether there is any. */
export interface RetainedRecord extends IDataObject {
	type: string;
	id: string | null;
	why: string;
	/** When it was redacted otherwise, after which nothing is left of it. */
	redactedAt: string | null;
}

/** What Persona redacts with an inquiry, and not by itself. */
export interface CascadedRecord extends IDataObject {
	type: string;
	id: string;
	/** ID of the inquiry. */
	with: string;
}

/** All that Persona tells to belong to a person or a business. */
export interface SubjectData {
	/** By their IDs; those that could not be read are without attributes. */
	objects: Map<string, PersonaObject>;
	cascaded: CascadedRecord[];
	retained: RetainedRecord[];
}

/** What is left of an object, which stays where it is. */
export function retain({ type, id, attributes }: PersonaObject, why: string): RetainedRecord {
	return { type, id, why, redactedAt: (attributes?.['redacted-at'] ?? null) as string | null };
}

/** Adds an object, unless it is there already and more of it than a reference. */
export function addObject({ objects }: SubjectData, object: PersonaObject) {
	if (!objects.get(object.id)?.attributes) objects.set(object.id, object);
}

/** What may be left of a type of objects that the API key may not read. */
export function retainUnreadable(type: string): RetainedRecord {
	const why = `The API key may not read ${type}s, so whether there are any is not known`;
	return { type, id: null, why, redactedAt: null };
}
