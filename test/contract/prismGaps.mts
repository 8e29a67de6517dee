import type { Description } from './description.mts';
import type { Exchange } from './prism.mts';
import { bodyShapes, published, queryOf } from './openApiRoutes.mts';
import { shapesOf } from './schemaShapes.mts';

/** Violations of a request that Prism does not look for: undeclared parameters, and an absent body. */
export function unseenByPrism(
	description: Description,
	route: string,
	{ request }: Exchange,
): string[] {
	const operation = published(description, route);
	if (!operation) return [];
	const declared = queryOf(description, operation);
	const undeclared = Object.keys(request.query).filter((name) => {
		if (name in declared) return false;
		const [parameter, member] = name.split(/[[\]]/);
		const schema = declared[parameter]?.schema;
		if (!schema) return true;
		if (member === undefined) return false;
		return !shapesOf(description, schema).some(({ members, open }) => open || member in members);
	});
	const bodies = bodyShapes(description, operation);
	const needsBody = bodies.length > 0 && bodies.every(({ required }) => required.length > 0);
	return [
		...undeclared.map((name) => `request: Query parameter '${name}' is not declared`),
		...(needsBody && request.body === undefined ? ['request: A body is required'] : []),
	];
}
