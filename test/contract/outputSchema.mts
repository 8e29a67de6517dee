import { isPlainObject } from '../../nodes/Persona/values/plainValues.ts';

/** A JSON Schema of an item, in the parts that n8n's editor shows. */
export interface OutputSchema {
	type: string | string[];
	properties?: Record<string, OutputSchema>;
	items?: OutputSchema;
}

const getJsonType = (value: unknown) =>
	value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;

/** `null` tells nothing about a member, so it counts only if there is no other value. */
function getJsonTypes(values: unknown[]): string | string[] {
	const types = [...new Set(values.map(getJsonType))].sort();
	const known = types.filter((type) => type !== 'null');
	return known.length > 1 ? known : (known[0] ?? 'null');
}

/** A schema that all of these values keep to, in the order of their members; it contains no value. */
export function buildOutputSchema(values: unknown[]): OutputSchema {
	const objects = values.filter(isPlainObject);
	const entries = values.filter(Array.isArray).flat();
	const names = [...new Set(objects.flatMap(Object.keys))];
	const properties = names.map((name) => {
		const members = objects.filter((object) => name in object).map((object) => object[name]);
		return [name, buildOutputSchema(members)] as const;
	});
	return {
		type: getJsonTypes(values),
		...(objects.length > 0 && { properties: Object.fromEntries(properties) }),
		...(entries.length > 0 && { items: buildOutputSchema(entries) }),
	};
}

/** A schema whose members that were always null, and whose lists that were always empty, are those of another one. */
export function fillUnknownTypes(schema: OutputSchema, other?: OutputSchema): OutputSchema {
	if (!other) return schema;
	if (schema.type === 'null') return other;
	const items = fillItems(schema, other);
	if (!schema.properties) return { ...schema, ...(items && { items }) };
	const properties = Object.entries(schema.properties).map(
		([name, member]) => [name, fillUnknownTypes(member, other.properties?.[name])] as const,
	);
	return { ...schema, properties: Object.fromEntries(properties), ...(items && { items }) };
}

function fillItems({ type, items }: OutputSchema, other: OutputSchema): OutputSchema | undefined {
	if (items) return fillUnknownTypes(items, other.items);
	return type === 'array' ? other.items : undefined;
}

/** A schema that allows what any of these allow. */
export function mergeOutputSchemas(schemas: OutputSchema[]): OutputSchema {
	const types = [...new Set(schemas.flatMap(({ type }) => type))].sort();
	const known = types.filter((type) => type !== 'null');
	const names = new Set(schemas.flatMap(({ properties = {} }) => Object.keys(properties)));
	const properties = [...names].map((name) => {
		const members = schemas.flatMap((schema) => schema.properties?.[name] ?? []);
		return [name, mergeOutputSchemas(members)] as const;
	});
	const items = schemas.flatMap((schema) => schema.items ?? []);
	return {
		type: known.length > 1 ? known : (known[0] ?? 'null'),
		...(names.size > 0 && { properties: Object.fromEntries(properties) }),
		...(items.length > 0 && { items: mergeOutputSchemas(items) }),
	};
}

/**
 * Compares a schema with that of returned items. Returns each difference as a sentence. The schema may
 * allow more types, but not more members: the editor would offer members that no item has.
 */
export function findSchemaDifferences(
	schema: OutputSchema,
	returned: OutputSchema,
	at = '',
): string[] {
	const allowed = [schema.type].flat();
	const unknown = [returned.type]
		.flat()
		.filter((type) => type !== 'null' && !allowed.includes(type));
	const { properties = {}, items } = schema;
	const { properties: members = {}, items: entries } = returned;
	const toPath = (name: string) => (at ? `${at}.${name}` : name);
	return [
		...unknown.map((type) => `'${at || 'the item'}' is of the type ${type}`),
		...Object.keys(properties)
			.filter((name) => !(name in members))
			.map((name) => `'${toPath(name)}' was not returned`),
		...Object.entries(members).flatMap(([name, member]) =>
			name in properties
				? findSchemaDifferences(properties[name], member, toPath(name))
				: [`'${toPath(name)}' is missing`],
		),
		...(entries && !items ? [`the entries of '${at}' are missing`] : []),
		...(entries && items ? findSchemaDifferences(items, entries, `${at}[]`) : []),
	];
}
