import { storeUpload } from '../../files/uploads.mts';
import { UnprocessableError } from '../../state/errors.mts';
import { inflect } from '../../state/inflection.mts';
import type { Json, JsonObject } from '../../state/json.mts';
import type { SandboxState } from '../../state/sandboxState.mts';
import type { StoredObject } from '../../state/storedObject.mts';
import { inquiryFieldSchemas } from './fieldSchemas.mts';

// Persona shows these on every inquiry, even if empty.
const ALWAYS_SHOWN_FIELDS = inquiryFieldSchemas.slice(0, 13).map(({ key }) => String(key));

/** The fields of a template or type, by key. */
type FieldSchemas = Map<string, JsonObject>;

const indexSchemas = (schemas: Json): FieldSchemas =>
	new Map((schemas as JsonObject[]).map((schema) => [String(schema.key), schema]));

const inquirySchemas = indexSchemas(inquiryFieldSchemas);

/** The fields of a new inquiry as Persona shows them, `{key: {type, value}}`. Throws for invalid values. */
export function buildInquiryFields(state: SandboxState, values: JsonObject): JsonObject {
	const fields: JsonObject = {};
	for (const key of ALWAYS_SHOWN_FIELDS) {
		fields[key] = { type: getFieldType(inquirySchemas.get(key), ''), value: null };
	}
	return { ...fields, ...toTypedValues(state, values) };
}

/**
 * Adds the type to each value and stores files on the file host. Keys of the schemas may have any
 * casing. Throws for invalid values.
 */
export function toTypedValues(
	state: SandboxState,
	values: JsonObject,
	schemas: FieldSchemas = inquirySchemas,
): JsonObject {
	const entries = Object.entries(values).map(([name, value]): [string, JsonObject] => {
		const kebab = inflect(name, 'kebab');
		const key = schemas.has(name) ? name : schemas.has(kebab) ? kebab : name;
		const schema = schemas.get(key);
		requireValidValue(key, schema, value);
		const type = getFieldType(schema, value);
		const isFile = type === 'file' && value !== null;
		return [key, { type, value: isFile ? storeUpload(state, value as JsonObject) : value }];
	});
	return Object.fromEntries(entries);
}

/** The same by the field schemas of a template or type. */
export const toTemplateFields = (
	state: SandboxState,
	{ attributes }: StoredObject,
	values: JsonObject,
) => toTypedValues(state, values, indexSchemas(attributes['field-schemas']));

/** The values of an object's fields without their types. */
export function getFieldValues({ attributes }: StoredObject): JsonObject {
	const fields = attributes.fields as Record<string, { value: Json }>;
	return Object.fromEntries(Object.entries(fields).map(([key, { value }]) => [key, value]));
}

/** Adds the type of a value that has no schema, at every depth. */
export function inferTypedValue(value: Json): JsonObject {
	if (Array.isArray(value)) return { type: 'array', value: value.map(inferTypedValue) };
	if (value !== null && typeof value === 'object') {
		const members = Object.entries(value).map(([key, each]) => [key, inferTypedValue(each)]);
		return { type: 'hash', value: Object.fromEntries(members) as JsonObject };
	}
	return { type: getFieldType(undefined, value), value };
}

function getFieldType(schema: JsonObject | undefined, value: Json): string {
	// Persona's template has the type `email-address`, its inquiry `string`.
	if (schema) return schema.type === 'email-address' ? 'string' : String(schema.type);
	if (typeof value === 'boolean') return 'boolean';
	if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
	if (Array.isArray(value)) return 'array';
	return value !== null && typeof value === 'object' ? 'hash' : 'string';
}

function requireValidValue(key: string, schema: JsonObject | undefined, value: Json) {
	if (value === null) return;
	const pointer = `/data/attributes/fields/${key}`;
	const type = schema?.type;
	const createError = (message: string) =>
		new UnprocessableError(`fields.${key} ${message}`, pointer);
	if (type === 'date' && !(typeof value === 'string' && isDate(value))) {
		throw createError('must be a date as YYYY-MM-DD');
	}
	if (type === 'string' && typeof value !== 'string') throw createError('must be a string');
	if (type === 'boolean' && typeof value !== 'boolean') throw createError('must be a boolean');
	if (type === 'number' && typeof value !== 'number') throw createError('must be a number');
	if (type === 'integer' && !Number.isInteger(value)) throw createError('must be an integer');
	if (type === 'file' && !isUpload(value)) throw createError('must have data and a filename');
	const options = (schema?.config as JsonObject | undefined)?.options;
	if (!Array.isArray(options)) return;
	for (const each of Array.isArray(value) ? value : [value]) {
		if (!options.includes(each)) throw createError(`must be one of ${options.join(', ')}`);
	}
}

const isUpload = (value: Json) =>
	value !== null &&
	typeof value === 'object' &&
	!Array.isArray(value) &&
	typeof value.data === 'string' &&
	typeof value.filename === 'string';

const isDate = (value: string) =>
	/^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(`${value}T00:00:00Z`));
