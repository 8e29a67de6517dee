import type { Operation } from '../../nodes/Persona/engine/types.ts';
import documentedOnly from '../../tools/docs/documentedOnly.json';
import type { OpenApiDocument, OpenApiParameter, OpenApiOperation } from './openApiDocument.mts';
import { resolveReference, expandShapes, type SchemaShape } from './schemaShapes.mts';

const VERBS = ['get', 'post', 'patch', 'put', 'delete'];

/** All operations of a description as the routes of rows: `GET /inquiries`. */
export const listRoutes = ({ paths }: OpenApiDocument): string[] =>
	Object.entries(paths).flatMap(([path, verbs]) =>
		VERBS.filter((verb) => verb in verbs).map((verb) => `${verb.toUpperCase()} ${path}`),
	);

/**
 * The operation of a route, or undefined if Persona does not publish it. `{object-id}` at the end
 * matches the ID of any object.
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

/** The routes of a row: one for each variant, if the variant is a part of the path. */
export function getRowRoutes({ route, variants: kinds }: Operation): string[] {
	if (!route.includes('{variant}')) return [route];
	return Object.values(kinds?.options ?? {}).map(({ apiName: sends }) =>
		route.replace('{variant}', String(sends)),
	);
}

/** The query parameters of an operation by their names. */
export const getQueryParameters = (description: OpenApiDocument, operation: OpenApiOperation) =>
	Object.fromEntries(
		(operation.parameters ?? [])
			.map((parameter) => resolveReference<OpenApiParameter>(description, parameter))
			.filter((parameter) => parameter.in === 'query')
			.map((parameter) => [parameter.name, parameter]),
	);

/** The shapes of the body of a request; none if Persona accepts no body. */
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

/** The successful response of an operation: its media type and the shapes of its body. */
export function getSuccessResponse(
	description: OpenApiDocument,
	{ responses }: OpenApiOperation,
): { mediaType?: string; shapes: SchemaShape[] } {
	const [success] = Object.entries(responses).filter(([status]) => status.startsWith('2'));
	const { content = {} } = resolveReference(description, success[1]);
	const [[mediaType, { schema }] = [undefined, {}]] = Object.entries(content);
	return { mediaType, shapes: schema ? expandShapes(description, schema) : [] };
}

/** Whether only Persona's documentation has a route, not every description of its API. */
export const isDocumentedOnly = (route: string): boolean =>
	documentedOnly.routes.some((documented) => documented.route === route);

/** Whether a row cannot be judged, since this description lacks its route, which is documented only. */
export const isUnjudged = (description: OpenApiDocument, { route }: Operation): boolean =>
	isDocumentedOnly(route) && findOperation(description, route) === undefined;
