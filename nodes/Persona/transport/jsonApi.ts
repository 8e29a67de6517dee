import type { IDataObject } from 'n8n-workflow';
import { isRecord } from '../utils/isRecord';

/**
 * A JSON:API object as Persona sends it. Only its type is certain. Read the other members with the
 * functions of this file, since Persona's own examples have null and `{}` in their place.
 */
export interface PersonaObject extends IDataObject {
	type: string;
	id: string;
	attributes?: object | null;
	relationships?: object | null;
}

/** How a JSON:API document refers to another object. */
export interface ResourceIdentifier extends IDataObject {
	type: string;
	id: string;
}

/** The body of a response of Persona. The client has checked `data`, but nothing else. */
export interface JsonApiDocument<Data = PersonaObject | PersonaObject[]> {
	data: Data;
	included?: unknown;
	meta?: IDataObject | null;
	links?: { next?: string | null } | null;
}

/** The body of a response with one object. */
export type ObjectDocument = JsonApiDocument<PersonaObject>;

/** The body of a response with a list. */
export type ListDocument = JsonApiDocument<PersonaObject[]>;

/** Whether a value is an object of JSON:API, which always has a type. */
export const isPersonaObject = (value: unknown): value is PersonaObject =>
	isRecord(value) && typeof value.type === 'string';

/** Returns the attributes of an object; none if Persona sent none. */
export const getAttributes = ({ attributes }: Pick<PersonaObject, 'attributes'>): IDataObject =>
	isRecord(attributes) ? attributes : {};

/** Returns the objects that a document includes. */
export const getIncluded = ({ included }: Pick<JsonApiDocument, 'included'>): PersonaObject[] =>
	Array.isArray(included) ? included.filter(isPersonaObject) : [];

/** Whether a value identifies an object. */
const isIdentifier = (value: unknown): value is ResourceIdentifier =>
	isPersonaObject(value) && typeof value.id === 'string' && value.id !== '';

/**
 * Returns what a relationship of an object points to, without the `{}` and null that Persona sends for
 * nothing; undefined if Persona does not say what it points to.
 */
export function findRelated(
	{ relationships }: Pick<PersonaObject, 'relationships'>,
	name: string,
): ResourceIdentifier[] | undefined {
	const relationship = isRecord(relationships) ? relationships[name] : undefined;
	if (!isRecord(relationship) || relationship.data === undefined) return undefined;
	return [relationship.data].flat().filter(isIdentifier);
}

/** The same, but nothing if Persona does not say. */
export const getRelated = (
	object: Pick<PersonaObject, 'relationships'>,
	name: string,
): ResourceIdentifier[] => findRelated(object, name) ?? [];

/** Returns what all relationships of an object point to. */
export const getAllRelated = (object: PersonaObject): ResourceIdentifier[] =>
	Object.keys(object.relationships ?? {}).flatMap((name) => getRelated(object, name));

/**
 * The part of a type before the slash, which all its subtypes share: `report` of
 * `report/watchlist`.
 */
export const getBaseType = (type: string) => type.split('/')[0];
