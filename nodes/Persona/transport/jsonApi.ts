import type { IDataObject } from 'n8n-workflow';

/** A JSON:API object as Persona sends it. */
export interface PersonaObject extends IDataObject {
	type: string;
	id: string;
	attributes?: IDataObject;
	relationships?: Record<string, { data?: ResourceIdentifier | ResourceIdentifier[] | null }> &
		IDataObject;
}

/** How a JSON:API document refers to another object. */
export interface ResourceIdentifier extends IDataObject {
	type: string;
	id: string;
}

/** The body of a response of Persona. */
export interface JsonApiDocument {
	data: PersonaObject | PersonaObject[];
	included?: PersonaObject[];
	meta?: IDataObject;
	links?: { next?: string | null };
}

/**
 * The part of a type before the slash, which all its subtypes share: `report` of
 * `report/watchlist`.
 */
export const getBaseType = (type: string) => type.split('/')[0];
