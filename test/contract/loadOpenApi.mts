import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { applyOpenApiFixes } from './openApiFixes.mts';

/** A schema of the description, as far as the contract reads it; references stay references. */
export interface OpenApiSchema {
	$ref?: string;
	type?: string | string[];
	properties?: Record<string, OpenApiSchema>;
	required?: string[];
	additionalProperties?: boolean | OpenApiSchema;
	items?: OpenApiSchema;
	enum?: unknown[];
	const?: unknown;
	format?: string;
	allOf?: OpenApiSchema[];
	anyOf?: OpenApiSchema[];
	oneOf?: OpenApiSchema[];
	deprecated?: boolean;
}

/** A parameter of a route. */
export interface OpenApiParameter {
	$ref?: string;
	name: string;
	in: 'path' | 'query' | 'header' | 'cookie';
	required?: boolean;
	schema?: OpenApiSchema;
}

/** Bodies by media type, of a request or of an answer. */
export interface OpenApiBody {
	$ref?: string;
	content?: Record<string, { schema?: OpenApiSchema }>;
	required?: boolean;
}

/** One verb of one path. */
export interface OpenApiOperation {
	description?: string;
	parameters?: OpenApiParameter[];
	requestBody?: OpenApiBody;
	responses: Record<string, OpenApiBody>;
}

/** What Persona publishes about its API, in the parts that the contract reads. */
export interface OpenApiDocument {
	paths: Record<string, Record<string, OpenApiOperation>>;
	components: Record<string, Record<string, unknown>>;
}

const PLACES = ['../shared/persona-openapi/openapi-2025-12-08.json'];

/** Where Persona's OpenAPI file lies: PERSONA_OPENAPI, else beside the checkout; undefined if absent. */
export function findOpenApi(): string | undefined {
	const given = process.env.PERSONA_OPENAPI;
	return [...(given ? [given] : PLACES)].map((place) => resolve(place)).find(existsSync);
}

/**
 * Persona's OpenAPI file, corrected where it contradicts itself. Throws where there is none: ask
 * `descriptionPath` first.
 */
export function loadOpenApi(): OpenApiDocument {
	const path = findOpenApi();
	if (path === undefined) throw new Error(ABSENT);
	return applyOpenApiFixes(JSON.parse(readFileSync(path, 'utf8')) as OpenApiDocument);
}

/** Title of a suite that is skipped because the OpenAPI file is absent. */
export const ABSENT = `skipped: Persona's OpenAPI file is neither at ${PLACES[0]} nor at PERSONA_OPENAPI`;
