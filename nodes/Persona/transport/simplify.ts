import type { IDataObject } from 'n8n-workflow';
import { isRecord } from '../utils/isRecord';
import type { JsonApiDocument, PersonaObject, ResourceIdentifier } from './jsonApi';

/** Members whose keys the customer has chosen. These keys are never converted. */
const CUSTOMER_KEYED_MAPS = new Set([
	'fields',
	'parameter-map',
	'params',
	'variable-map',
	'payload-filter',
	'custom-http-headers',
]);

/** Limits the memory for names, since customers may choose them. */
const MAX_MEMOIZED_NAMES = 10_000;

/** Remembers converted names, since every object of a list has the same ones. */
function memoize(convert: (name: string) => string): (name: string) => string {
	const converted = new Map<string, string>();
	return (name) => {
		const known = converted.get(name);
		if (known !== undefined) return known;
		if (converted.size === MAX_MEMOIZED_NAMES) converted.clear();
		const result = convert(name);
		converted.set(name, result);
		return result;
	};
}

/** Converts a name: `redirect-uri` to `redirectUri`, `query.term` to `queryTerm`. */
export const toCamelCase = memoize((name) =>
	name.replace(/[-_.](\w)/g, (_, letter: string) => letter.toUpperCase()),
);

/** Converts `account` to `accountId`. */
const toIdName = memoize((name) => `${toCamelCase(name)}Id`);

/** Converts `reports` to `reportIds`, `inquiries` to `inquiryIds`, `selfies` to `selfieIds`. */
const toIdsName = memoize((name) => {
	const singular = name.replace(/([^f])ies$/, '$1y').replace(/([^s])s$/, '$1');
	return `${toCamelCase(singular)}Ids`;
});

/** Unwraps a value of a `fields` map, which Persona sends as `{ type, value }`. */
function unwrapField(field: unknown): unknown {
	if (!isRecord(field) || !('type' in field) || !('value' in field)) return field;
	const { type, value } = field;
	if (Array.isArray(value)) return value.map(unwrapField);
	return type === 'hash' && isRecord(value) ? unwrapFields(value) : value;
}

function unwrapFields(fields: IDataObject): IDataObject {
	const values: IDataObject = {};
	for (const name in fields) values[name] = unwrapField(fields[name]) as IDataObject;
	return values;
}

/** Adds members with all keys in camelCase, except those that the customer has chosen. */
function addCamelCased(target: IDataObject, members: IDataObject) {
	for (const name in members) {
		const member = members[name];
		target[toCamelCase(name)] =
			isRecord(member) && CUSTOMER_KEYED_MAPS.has(name)
				? unwrapFields(member)
				: camelCaseKeys(member);
	}
	return target;
}

function camelCaseKeys(value: IDataObject[string]): IDataObject[string] {
	if (Array.isArray(value)) return (value as IDataObject[]).map(camelCaseKeys) as IDataObject[];
	return isRecord(value) ? addCamelCased({}, value) : value;
}

/** Adds the IDs of a relationship, and the objects themselves if the response includes them. */
function addRelationship(
	target: IDataObject,
	name: string,
	data: ResourceIdentifier | ResourceIdentifier[] | null,
	included: PersonaObject[],
) {
	// In an event, Persona may send anything.
	const references = [data ?? []].flat().filter(isRecord);
	const objects = references.flatMap(({ type, id }) => {
		const object = included.find((other) => other.id === id && other.type === type);
		// Their own relationships stay IDs, since two objects may refer to each other.
		return object ? [simplifyObject(object)] : [];
	});
	if (Array.isArray(data)) {
		target[toIdsName(name)] = references.map(({ id }) => id);
		if (objects.length > 0) target[toCamelCase(name)] = objects;
	} else {
		target[toIdName(name)] = references[0]?.id ?? null;
		if (objects.length > 0) target[toCamelCase(name)] = objects[0];
	}
}

/** Flattens a JSON:API object: its attributes and relationships become members, in camelCase. */
export function simplifyObject(object: PersonaObject, included: PersonaObject[] = []): IDataObject {
	const { id, type, attributes = {}, relationships = {}, ...rest } = object;
	const flat: IDataObject = id === undefined ? { type } : { id, type };
	addCamelCased(flat, rest);
	addCamelCased(flat, attributes);
	for (const name in relationships) {
		const data = relationships[name]?.data;
		if (data !== undefined) addRelationship(flat, name, data, included.filter(isRecord));
	}
	return renameErrorMember(flat);
}

/** Converts one object of a document to the JSON of an item: simplified, or as Persona sent it. */
export function toOutput(
	document: JsonApiDocument,
	object: PersonaObject,
	isSimplified: boolean,
): IDataObject {
	const { included, meta } = document;
	if (!isSimplified) {
		return renameErrorMember({ ...object, ...(included && { included }), ...(meta && { meta }) });
	}
	const flat = simplifyObject(object, included);
	if (!meta) return flat;
	// Metadata that the user asked for, such as a link, belongs before the many attributes.
	const { id, type, ...others } = flat;
	const metadata = addCamelCased({}, meta);
	return renameErrorMember({
		...(id !== undefined && { id }),
		type,
		...metadata,
		...others,
		...metadata,
	});
}

/** Renames a top-level member `error`, since n8n treats an item that has one as failed. */
function renameErrorMember(json: IDataObject): IDataObject {
	if (!('error' in json)) return json;
	const { error, ...rest } = json;
	return { ...rest, errorDetails: error };
}
