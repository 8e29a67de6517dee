import type { Operation } from '../../nodes/Persona/engine/types.ts';
import type { OpenApiDocument, OpenApiParameter, OpenApiOperation } from './openApiDocument.mts';
import { resolveReference, expandShapes, type SchemaShape } from './schemaShapes.mts';

const VERBS = ['get', 'post', 'patch', 'put', 'delete'];

/** Every operation of a description as a row would write its route: `GET /inquiries`. */
export const listRoutes = ({ paths }: OpenApiDocument): string[] =>
	Object.entries(paths).flatMap(([path, verbs]) =>
		VERBS.filter((verb) => verb in verbs).map((verb) => `${verb.toUpperCase()} ${path}`),
	);

/**
 * The operation a route stands for, or undefined where Persona has none. An `{object-id}` stands for
 * the ID of whatever there is.
 */
export function findOperation(
	{ paths }: OpenApiDocument,
	route: string,
): OpenApiOperation | undefined {
	const [verb, path] = route.split(' ');
	const isObjectRoute = (one: string) => one.replace(/{[^/]+}$/, '{object-id}') === path;
	const known = path in paths ? path : Object.keys(paths).find(isObjectRoute);
	return known === undefined ? undefined : paths[known][verb.toLowerCase()];
}

/** The routes of a row, one for each kind where the kind is a part of the path. */
export function getRowRoutes({ route, variants: kinds }: Operation): string[] {
	if (!route.includes('{variant}')) return [route];
	return Object.values(kinds?.options ?? {}).map(({ apiName: sends }) =>
		route.replace('{variant}', String(sends)),
	);
}

/** Parameters of the query by their names. */
export const getQueryParameters = (description: OpenApiDocument, operation: OpenApiOperation) =>
	Object.fromEntries(
		(operation.parameters ?? [])
			.map((parameter) => resolveReference<OpenApiParameter>(description, parameter))
			.filter((parameter) => parameter.in === 'query')
			.map((parameter) => [parameter.name, parameter]),
	);

/** How the body of a request may look; empty where Persona takes none. */
export function getRequestShapes(
	description: OpenApiDocument,
	operation: OpenApiOperation,
): SchemaShape[] {
	if (!operation.requestBody) return [];
	const { content = {} } = resolveReference(description, operation.requestBody);
	return Object.values(content).flatMap(({ schema }) =>
		schema ? expandShapes(description, schema) : [],
	);
}

/** The answer of success: its media type, and how its body may look. */
export function getSuccessResponse(
	description: OpenApiDocument,
	{ responses }: OpenApiOperation,
): { mediaType?: string; shapes: SchemaShape[] } {
	const [success] = Object.entries(responses).filter(([status]) => status.startsWith('2'));
	const { content = {} } = resolveReference(description, success[1]);
	const [[mediaType, { schema }] = [undefined, {}]] = Object.entries(content);
	return { mediaType, shapes: schema ? expandShapes(description, schema) : [] };
}
