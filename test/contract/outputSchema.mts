import { isPlainObject } from '../../nodes/Persona/engine/values.ts';

/** A JSON Schema of what a node puts out, in the parts that n8n's editor shows. */
export interface OutputSchema {
	type: string | string[];
	properties?: Record<string, OutputSchema>;
	items?: OutputSchema;
}

const getJsonType = (value: unknown) =>
	value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;

/** What a null hides is not known, so it counts only where nothing else was seen. */
function getJsonTypes(values: unknown[]): string | string[] {
	const types = [...new Set(values.map(getJsonType))].sort();
	const telling = types.filter((type) => type !== 'null');
	return telling.length > 1 ? telling : (telling[0] ?? 'null');
}

/** A schema that all of these values keep to, without any of the values themselves. */
export function buildOutputSchema(values: unknown[]): OutputSchema {
	const objects = values.filter(isPlainObject);
	const entries = values.filter(Array.isArray).flat();
	const names = [...new Set(objects.flatMap(Object.keys))].sort();
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

/** A schema in which members that were always null have the type that another schema knows. */
export function fillUnknownTypes(schema: OutputSchema, other?: OutputSchema): OutputSchema {
	if (!other) return schema;
	if (schema.type === 'null') return other;
	if (!schema.properties) return schema;
	const properties = Object.entries(schema.properties).map(
		([name, member]) => [name, fillUnknownTypes(member, other.properties?.[name])] as const,
	);
	return { ...schema, properties: Object.fromEntries(properties) };
}

/** A schema that allows what any of these allow. */
export function mergeOutputSchemas(schemas: OutputSchema[]): OutputSchema {
	const types = [...new Set(schemas.flatMap(({ type }) => type))].sort();
	const known = types.filter((type) => type !== 'null');
	const names = new Set(schemas.flatMap(({ properties = {} }) => Object.keys(properties)));
	const properties = [...names].sort().map((name) => {
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
 * In what a schema differs from what was seen, as sentences. It may allow types that were not seen,
 * but has no member that was not, since the editor would offer it in vain.
 */
export function findSchemaDifferences(schema: OutputSchema, seen: OutputSchema, at = ''): string[] {
	const allowed = [schema.type].flat();
	const unknown = [seen.type].flat().filter((type) => type !== 'null' && !allowed.includes(type));
	const { properties = {}, items } = schema;
	const { properties: members = {}, items: entries } = seen;
	const toPath = (name: string) => (at ? `${at}.${name}` : name);
	return [
		...unknown.map((type) => `'${at || 'the item'}' is of the type ${type}`),
		...Object.keys(properties)
			.filter((name) => !(name in members))
			.map((name) => `'${toPath(name)}' was not seen`),
		...Object.entries(members).flatMap(([name, member]) =>
			name in properties
				? findSchemaDifferences(properties[name], member, toPath(name))
				: [`'${toPath(name)}' is missing`],
		),
		...(entries && !items ? [`the entries of '${at}' are missing`] : []),
		...(entries && items ? findSchemaDifferences(items, entries, `${at}[]`) : []),
	];
}
