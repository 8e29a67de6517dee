import type { Operation } from '../../nodes/Persona/engine/types.ts';
import type { Description, Parameter, PublishedOperation } from './description.mts';
import { resolved, shapesOf, type Shape } from './schemaShapes.mts';

const VERBS = ['get', 'post', 'patch', 'put', 'delete'];

/** Every operation of a description as a row would write its route: `GET /inquiries`. */
export const publishedRoutes = ({ paths }: Description): string[] =>
	Object.entries(paths).flatMap(([path, verbs]) =>
		VERBS.filter((verb) => verb in verbs).map((verb) => `${verb.toUpperCase()} ${path}`),
	);

/**
 * The operation a route stands for, or undefined where Persona has none. An `{object-id}` stands for
 * the ID of whatever there is.
 */
export function published({ paths }: Description, route: string): PublishedOperation | undefined {
	const [verb, path] = route.split(' ');
	const any = (one: string) => one.replace(/{[^/]+}$/, '{object-id}') === path;
	const known = path in paths ? path : Object.keys(paths).find(any);
	return known === undefined ? undefined : paths[known][verb.toLowerCase()];
}

/** The routes of a row, one for each kind where the kind is a part of the path. */
export function routesOf({ route, kinds }: Operation): string[] {
	if (!route.includes('{kind}')) return [route];
	return Object.values(kinds?.options ?? {}).map(({ sends }) =>
		route.replace('{kind}', String(sends)),
	);
}

/** Parameters of the query by their names. */
export const queryOf = (description: Description, operation: PublishedOperation) =>
	Object.fromEntries(
		(operation.parameters ?? [])
			.map((parameter) => resolved<Parameter>(description, parameter))
			.filter((parameter) => parameter.in === 'query')
			.map((parameter) => [parameter.name, parameter]),
	);

/** How the body of a request may look; empty where Persona takes none. */
export function bodyShapes(description: Description, operation: PublishedOperation): Shape[] {
	if (!operation.requestBody) return [];
	const { content = {} } = resolved(description, operation.requestBody);
	return Object.values(content).flatMap(({ schema }) =>
		schema ? shapesOf(description, schema) : [],
	);
}

/** The answer of success: its media type, and how its body may look. */
export function answerOf(
	description: Description,
	{ responses }: PublishedOperation,
): { mediaType?: string; shapes: Shape[] } {
	const [success] = Object.entries(responses).filter(([status]) => status.startsWith('2'));
	const { content = {} } = resolved(description, success[1]);
	const [[mediaType, { schema }] = [undefined, {}]] = Object.entries(content);
	return { mediaType, shapes: schema ? shapesOf(description, schema) : [] };
}
