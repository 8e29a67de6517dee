import type { OpenApiDocument, OpenApiSchema } from './openApiDocument.mts';

/** One way a value may look: compositions are flattened, references followed. */
export interface SchemaShape {
	/** JSON types; empty where any will do. */
	types: string[];
	members: Record<string, OpenApiSchema>;
	required: string[];
	/** Takes members that are not named, as the maps of Persona's customers do. */
	open: boolean;
	items?: OpenApiSchema;
	/** The only values there are. */
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

/** What a reference of the description points to. Throws on one that points nowhere. */
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

/** Every way a schema lets a value look, one for each choice of its `anyOf` and `oneOf`. */
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

/** All shapes found by going down from any of these along the names of members. */
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

/** The values a shape is limited to: its own, those of its entries, or their `type`. */
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
 * Paths of the members that a value of this shape cannot do without; an object that must be there
 * stands for itself only where nothing in it must.
 */
export function findRequiredPaths(description: OpenApiDocument, shape: SchemaShape): string[][] {
	return shape.required.flatMap((name) => {
		const shapes = shape.members[name] ? expandShapes(description, shape.members[name]) : [];
		const inner = shapes.length === 1 ? findRequiredPaths(description, shapes[0]) : [];
		return inner.length > 0 ? inner.map((path) => [name, ...path]) : [[name]];
	});
}
