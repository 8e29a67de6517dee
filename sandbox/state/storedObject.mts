import type { JsonObject } from './json.mts';

/** A reference to another object, as JSON:API writes it. */
export interface ObjectRef {
	type: string;
	id: string;
}

/** A Persona object in memory. Keys are kebab-case; a link to a file is stored as `toFileLink` returns it. */
export interface StoredObject extends ObjectRef {
	attributes: JsonObject;
	relationships?: Record<string, { data: ObjectRef | ObjectRef[] | null }>;
}
