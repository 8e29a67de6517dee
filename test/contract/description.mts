import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { corrected } from './openApiFixes.mts';

/** A schema of the description, as far as the contract reads it; references stay references. */
export interface Schema {
	$ref?: string;
	type?: string | string[];
	properties?: Record<string, Schema>;
	required?: string[];
	additionalProperties?: boolean | Schema;
	items?: Schema;
	enum?: unknown[];
	const?: unknown;
	format?: string;
	allOf?: Schema[];
	anyOf?: Schema[];
	oneOf?: Schema[];
	deprecated?: boolean;
}

/** A parameter of a route. */
export interface Parameter {
	$ref?: string;
	name: string;
	in: 'path' | 'query' | 'header' | 'cookie';
	required?: boolean;
	schema?: Schema;
}

/** Bodies by media type, of a request or of an answer. */
export interface Content {
	$ref?: string;
	content?: Record<string, { schema?: Schema }>;
	required?: boolean;
}

/** One verb of one path. */
export interface PublishedOperation {
	description?: string;
	parameters?: Parameter[];
	requestBody?: Content;
	responses: Record<string, Content>;
}

/** What Persona publishes about its API, in the parts that the contract reads. */
export interface Description {
	paths: Record<string, Record<string, PublishedOperation>>;
	components: Record<string, Record<string, unknown>>;
}

const PLACES = ['../shared/persona-openapi/openapi-2025-12-08.json'];

/** Where Persona's OpenAPI file lies: PERSONA_OPENAPI, else beside the checkout; undefined if absent. */
export function descriptionPath(): string | undefined {
	const given = process.env.PERSONA_OPENAPI;
	return [...(given ? [given] : PLACES)].map((place) => resolve(place)).find(existsSync);
}

/**
 * Persona's OpenAPI file, corrected where it contradicts itself. Throws where there is none: ask
 * `descriptionPath` first.
 */
export function loadDescription(): Description {
	const path = descriptionPath();
	if (path === undefined) throw new Error(ABSENT);
	return corrected(JSON.parse(readFileSync(path, 'utf8')) as Description);
}

/** Title of a suite that is skipped because the OpenAPI file is absent. */
export const ABSENT = `skipped: Persona's OpenAPI file is neither at ${PLACES[0]} nor at PERSONA_OPENAPI`;
