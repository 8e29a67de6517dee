import { storeUpload } from '../files/uploads.mts';
import { inquiryFieldSchemas } from '../seeds.mts';
import { inflect } from '../server/inflection.mts';
import { invalid } from '../server/problem.mts';
import type { Json, JsonObject, StoredObject } from '../store.mts';
import type { World } from '../world.mts';

// Persona shows these on every inquiry, filled or not.
const standing = inquiryFieldSchemas.slice(0, 13).map(({ key }) => String(key));

/** What a template says about its fields, by their keys. */
type FieldSchemas = Map<string, JsonObject>;

const schemasOf = (schemas: Json): FieldSchemas =>
	new Map((schemas as JsonObject[]).map((schema) => [String(schema.key), schema]));

const inquirySchemas = schemasOf(inquiryFieldSchemas);

/** The fields of a new inquiry as Persona shows them, `{key: {type, value}}`. */
export function typedFields(world: World, given: JsonObject): JsonObject {
	const fields: JsonObject = {};
	for (const key of standing)
		fields[key] = { type: typeOf(inquirySchemas.get(key), ''), value: null };
	return { ...fields, ...typedValues(world, given) };
}

/**
 * Given values with their types; the template's own keys are found whatever their casing. Files go
 * to the file host.
 */
export function typedValues(
	world: World,
	given: JsonObject,
	schemas: FieldSchemas = inquirySchemas,
): JsonObject {
	const entries = Object.entries(given).map(([name, value]): [string, JsonObject] => {
		const kebab = inflect(name, 'kebab');
		const key = schemas.has(name) ? name : schemas.has(kebab) ? kebab : name;
		const schema = schemas.get(key);
		check(key, schema, value);
		const type = typeOf(schema, value);
		const isFile = type === 'file' && value !== null;
		return [key, { type, value: isFile ? storeUpload(world, value as JsonObject) : value }];
	});
	return Object.fromEntries(entries);
}

/** Given values as an object shows them that is made from this template or is of this type. */
export const ownFields = (world: World, { attributes }: StoredObject, given: JsonObject) =>
	typedValues(world, given, schemasOf(attributes['field-schemas']));

/** The values of an inquiry's fields without their types. */
export function plainFields({ attributes }: StoredObject): JsonObject {
	const fields = attributes.fields as Record<string, { value: Json }>;
	return Object.fromEntries(Object.entries(fields).map(([key, { value }]) => [key, value]));
}

/** A value of a map that the customer defines, with the type it has by its form, at every depth. */
export function typedByForm(value: Json): JsonObject {
	if (Array.isArray(value)) return { type: 'array', value: value.map(typedByForm) };
	if (value !== null && typeof value === 'object') {
		const members = Object.entries(value).map(([key, each]) => [key, typedByForm(each)]);
		return { type: 'hash', value: Object.fromEntries(members) as JsonObject };
	}
	return { type: typeOf(undefined, value), value };
}

function typeOf(schema: JsonObject | undefined, value: Json): string {
	// What the description calls an email address is shown as text on the inquiry itself.
	if (schema) return schema.type === 'email-address' ? 'string' : String(schema.type);
	if (typeof value === 'boolean') return 'boolean';
	if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
	if (Array.isArray(value)) return 'array';
	return value !== null && typeof value === 'object' ? 'hash' : 'string';
}

function check(key: string, schema: JsonObject | undefined, value: Json) {
	if (value === null) return;
	const pointer = `/data/attributes/fields/${key}`;
	const type = schema?.type;
	const wrong = (what: string) => invalid(`fields.${key} ${what}`, pointer);
	if (type === 'date' && !(typeof value === 'string' && isDay(value))) {
		throw wrong('must be a date as YYYY-MM-DD');
	}
	if (type === 'string' && typeof value !== 'string') throw wrong('must be a string');
	if (type === 'boolean' && typeof value !== 'boolean') throw wrong('must be a boolean');
	if (type === 'number' && typeof value !== 'number') throw wrong('must be a number');
	if (type === 'integer' && !Number.isInteger(value)) throw wrong('must be an integer');
	if (type === 'file' && !isUpload(value)) throw wrong('must have data and a filename');
	const options = (schema?.config as JsonObject | undefined)?.options;
	if (!Array.isArray(options)) return;
	for (const each of Array.isArray(value) ? value : [value]) {
		if (!options.includes(each)) throw wrong(`must be one of ${options.join(', ')}`);
	}
}

const isUpload = (value: Json) =>
	value !== null &&
	typeof value === 'object' &&
	!Array.isArray(value) &&
	typeof value.data === 'string' &&
	typeof value.filename === 'string';

const isDay = (value: string) =>
	/^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(`${value}T00:00:00Z`));
