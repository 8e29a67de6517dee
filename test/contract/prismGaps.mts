import type { OpenApiDocument, OpenApiOperation, OpenApiSchema } from './openApiDocument.mts';
import type { HttpExchange } from './exchangeRecorder.mts';
import { getRequestShapes, findOperation, getQueryParameters } from './openApiRoutes.mts';
import { expandShapes, resolveReference } from './schemaShapes.mts';

/** The parts of a form that the description does not declare, by the names that Persona gives them. */
function listUndeclaredParts(
	description: OpenApiDocument,
	operation: OpenApiOperation,
	body: unknown,
): string[] {
	const { content } = resolveReference(description, operation.requestBody ?? {});
	const declared = (schema: OpenApiSchema, name: string): string[] =>
		schema.properties
			? Object.entries(schema.properties).flatMap(([key, member]) =>
					declared(member, name ? `${name}[${key}]` : key),
				)
			: [name];
	const form = content?.['multipart/form-data']?.schema;
	const names = form ? declared(form, '') : [];
	const sent = String(body).matchAll(/^Content-Disposition: form-data; name="(.*?)"/gm);
	return [...sent].map(([, name]) => name).filter((name) => !names.includes(name));
}

/**
 * Violations by a request that Prism does not check: undeclared parameters, undeclared parts of a form,
 * and a missing body.
 */
export function findPrismGaps(
	description: OpenApiDocument,
	route: string,
	request: HttpExchange['request'],
): string[] {
	const operation = findOperation(description, route);
	if (!operation) return [];
	const declared = getQueryParameters(description, operation);
	const undeclared = Object.keys(request.query).filter((name) => {
		if (name in declared) return false;
		const [parameter, member] = name.split(/[[\]]/);
		const schema = declared[parameter]?.schema;
		if (!schema) return true;
		if (member === undefined) return false;
		return !expandShapes(description, schema).some(
			({ members, open }) => open || member in members,
		);
	});
	const isForm = request.headers['content-type']?.startsWith('multipart/form-data');
	const parts = isForm ? listUndeclaredParts(description, operation, request.body) : [];
	const bodies = getRequestShapes(description, operation);
	const needsBody = bodies.length > 0 && bodies.every(({ required }) => required.length > 0);
	return [
		...undeclared.map((name) => `request: Query parameter '${name}' is not declared`),
		...parts.map((name) => `request: Part '${name}' is not declared`),
		...(needsBody && request.body === undefined ? ['request: A body is required'] : []),
	];
}
