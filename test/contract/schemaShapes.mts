import type { OpenApiDocument, OpenApiSchema } from './openApiDocument.mts';

/** One form that a value can have: compositions are flattened, references resolved. */
export interface SchemaShape {
	/** JSON types; empty if all are allowed. */
	types: string[];
	members: Record<string, OpenApiSchema>;
	required: string[];
	/** Allows members that are not declared, as the maps of Persona's customers do. */
	open: boolean;
	items?: OpenApiSchema;
	/** The only allowed values. */
	values?: unknown[];
	format?: string;
}

const EMPTY_SHAPE: SchemaShape = { types: [], members: {}, required: [], open: false };

const OPEN_SHAPE: SchemaShape = { ...EMPTY_SHAPE, open: true };

const concatLists = <T,>(a: T[] | undefined, b: T[] | undefined) =>
	a && b ? [...a, ...b] : (a ?? b);

function mergeShapes(a: SchemaShape, b: SchemaShape): SchemaShape {
	const members = { ...a.members };
	for (const [name, schema] of Object.entries(b.members)) {
		members[name] = name in members ? { allOf: [members[name], schema] } : schema;
	}
	return {
		types: a.types.length > 0 ? a.types : b.types,
		members,
		required: [...a.required, ...b.required],
		open: a.open || b.open,
		items: a.items ?? b.items,
		values: concatLists(a.values, b.values),
		format: a.format ?? b.format,
	};
}

/** The target of a reference, or the part itself. Throws if the target is missing. */
export function resolveReference<T extends { $ref?: string }>(
	description: OpenApiDocument,
	part: T,
): T {
	const { $ref, ...rest } = part;
	if ($ref === undefined) return part;
	const keys = $ref.slice(2).split('/');
	let target: unknown = description;
	for (const key of keys) {
		const name = key.replaceAll('~1', '/').replaceAll('~0', '~');
		target = (target as Record<string, unknown> | undefined)?.[name];
	}
	if (target === undefined) throw new Error(`The description has nothing at ${$ref}`);
	return { ...resolveReference(description, target as T), ...rest };
}

/** All shapes that a schema allows, one for each choice of its `anyOf` and `oneOf`. */
export function expandShapes(description: OpenApiDocument, schema: OpenApiSchema): SchemaShape[] {
	const own = resolveReference(description, schema);
	const { properties, additionalProperties, allOf = [], anyOf, oneOf } = own;
	const types = [own.type ?? []].flat();
	const bare = !properties && !anyOf && !oneOf && allOf.length === 0;
	let shapes: SchemaShape[] = [
		{
			types,
			members: properties ?? {},
			required: own.required ?? [],
			open:
				additionalProperties === true ||
				typeof additionalProperties === 'object' ||
				(bare && additionalProperties === undefined && types.includes('object')),
			items: own.items,
			values: own.enum ?? (own.const === undefined ? undefined : [own.const]),
			format: own.format,
		},
	];
	for (const choices of [...allOf.map((part) => [part]), anyOf, oneOf]) {
		if (!choices) continue;
		const parts = choices.flatMap((part) => expandShapes(description, part));
		shapes = shapes.flatMap((shape) => parts.map((part) => mergeShapes(shape, part)));
	}
	return shapes;
}

/** All shapes at a path of member names, below any of these shapes. */
export function findShapesAt(
	description: OpenApiDocument,
	shapes: SchemaShape[],
	path: string[],
): SchemaShape[] {
	const [name, ...rest] = path;
	if (name === undefined) return shapes;
	const found = shapes.flatMap((shape) => {
		const schema = shape.members[name];
		if (schema) return expandShapes(description, schema);
		if (shape.items)
			return findShapesAt(description, expandShapes(description, shape.items), [name]);
		return shape.open ? [OPEN_SHAPE] : [];
	});
	return findShapesAt(description, found, rest);
}

/** The values that a shape allows: its own, those of its entries, or their `type`; undefined if all. */
export function getAllowedValues(
	description: OpenApiDocument,
	shape: SchemaShape,
): unknown[] | undefined {
	if (shape.values) return shape.values;
	if (!shape.items) return undefined;
	return expandShapes(description, shape.items).reduce<unknown[] | undefined>((all, entry) => {
		const kinds = findShapesAt(description, [{ ...entry, open: false }], ['type']);
		return concatLists(all, entry.values ?? kinds.flatMap(({ values = [] }) => values));
	}, undefined);
}

/**
 * The paths of the members that a value of this shape must have. A required object has a path of its
 * own only if it requires no member.
 */
export function findRequiredPaths(description: OpenApiDocument, shape: SchemaShape): string[][] {
	return shape.required.flatMap((name) => {
		const shapes = shape.members[name] ? expandShapes(description, shape.members[name]) : [];
		const inner = shapes.length === 1 ? findRequiredPaths(description, shapes[0]) : [];
		return inner.length > 0 ? inner.map((path) => [name, ...path]) : [[name]];
	});
}
