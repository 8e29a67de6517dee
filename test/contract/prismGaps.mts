import type { OpenApiDocument } from './openApiDocument.mts';
import type { HttpExchange } from './exchangeRecorder.mts';
import { getRequestShapes, findOperation, getQueryParameters } from './openApiRoutes.mts';
import { expandShapes } from './schemaShapes.mts';

/** Violations by a request that Prism does not check: undeclared parameters, and a missing body. */
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
	const bodies = getRequestShapes(description, operation);
	const needsBody = bodies.length > 0 && bodies.every(({ required }) => required.length > 0);
	return [
		...undeclared.map((name) => `request: Query parameter '${name}' is not declared`),
		...(needsBody && request.body === undefined ? ['request: A body is required'] : []),
	];
}
