import type { IDataObject } from 'n8n-workflow';

/** A JSON:API object as Persona sends it. */
export interface PersonaObject extends IDataObject {
	type: string;
	id: string;
	attributes?: IDataObject;
	relationships?: Record<string, { data?: ResourceIdentifier | ResourceIdentifier[] | null }> &
		IDataObject;
}

/** A JSON:API pointer to another object. */
export interface ResourceIdentifier extends IDataObject {
	type: string;
	id: string;
}

/** The body of an answer of Persona. */
export interface JsonApiDocument {
	data: PersonaObject | PersonaObject[];
	included?: PersonaObject[];
	meta?: IDataObject;
	links?: { next?: string | null };
}
