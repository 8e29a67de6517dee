import type { IDataObject } from 'n8n-workflow';
import type { JsonApiDocument, PersonaObject, ResourceIdentifier } from './jsonApi';
import { isRecord } from '../utils/isRecord';

/** Members whose keys are the customer's own and stay letter for letter. */
const CUSTOMER_KEYED_MAPS = new Set([
	'fields',
	'parameter-map',
	'params',
	'variable-map',
	'payload-filter',
	'custom-http-headers',
]);

/** Names come back with every object of a list, so what is made of each is made once. */
function memoize(make: (name: string) => string): (name: string) => string {
	const made = new Map<string, string>();
	return (name) => {
		const known = made.get(name);
		if (known !== undefined) return known;
		if (made.size === 10_000) made.clear();
		const fresh = make(name);
		made.set(name, fresh);
		return fresh;
	};
}

/** `redirect-uri` to `redirectUri`, `query.term` to `queryTerm`. */
export const toCamelCase = memoize((name) =>
	name.replace(/[-_.](\w)/g, (_, letter: string) => letter.toUpperCase()),
);

/** `account` to `accountId`. */
const toIdName = memoize((name) => `${toCamelCase(name)}Id`);

/** `reports` to `reportIds`, `inquiries` to `inquiryIds`, `selfies` to `selfieIds`. */
const toIdsName = memoize((name) => {
	const singular = name.replace(/([^f])ies$/, '$1y').replace(/([^s])s$/, '$1');
	return `${toCamelCase(singular)}Ids`;
});

/** A value of a `fields` map out of Persona's `{ type, value }`. */
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

/** Adds members with all their keys in camelCase, but for those of maps. */
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

/** Adds the IDs a relationship points to, and the objects themselves where the answer includes them. */
function addRelationship(
	target: IDataObject,
	name: string,
	data: ResourceIdentifier | ResourceIdentifier[] | null,
	included: PersonaObject[],
) {
	const objects = [data ?? []].flat().flatMap(({ type, id }) => {
		const object = included.find((other) => other.id === id && other.type === type);
		// Without further inclusion, since two objects may point at each other.
		return object ? [simplifyObject(object)] : [];
	});
	if (Array.isArray(data)) {
		target[toIdsName(name)] = data.map(({ id }) => id);
		if (objects.length > 0) target[toCamelCase(name)] = objects;
	} else {
		target[toIdName(name)] = data && data.id;
		if (objects.length > 0) target[toCamelCase(name)] = objects[0];
	}
}

/** One flat object out of a JSON:API one, with what it is related to beside its attributes. */
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

/** The output for one object of a document: simplified, or as Persona sent it. */
export function toOutput(
	document: JsonApiDocument,
	object: PersonaObject,
	simplify: boolean,
): IDataObject {
	const { included, meta } = document;
	if (!simplify)
		return renameErrorMember({ ...object, ...(included && { included }), ...(meta && { meta }) });
	const flat = simplifyObject(object, included);
	if (!meta) return flat;
	// What was asked for beside the object, such as a link, must not stand behind all its attributes.
	const { id, type, ...others } = flat;
	const beside = addCamelCased({}, meta);
	return renameErrorMember({
		...(id !== undefined && { id }),
		type,
		...beside,
		...others,
		...beside,
	});
}

/** Without a top-level member `error`, by which n8n would take the item for a failed one. */
function renameErrorMember(json: IDataObject): IDataObject {
	if (!('error' in json)) return json;
	const { error, ...rest } = json;
	return { ...rest, errorDetails: error };
}
