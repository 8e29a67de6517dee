import type { IDataObject } from 'n8n-workflow';
import type { Document, PersonaObject, Reference } from './jsonApi';

/** Members whose keys are the customer's own and stay letter for letter. */
const MAPS = new Set([
	'fields',
	'parameter-map',
	'params',
	'variable-map',
	'payload-filter',
	'custom-http-headers',
]);

/** Whether a value has keys of its own and is no list. */
export const isObject = (value: unknown): value is IDataObject =>
	typeof value === 'object' && value !== null && !Array.isArray(value);

/** Names come back with every object of a list, so what is made of each is made once. */
function once(make: (name: string) => string): (name: string) => string {
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
export const camelCase = once((name) =>
	name.replace(/[-_.](\w)/g, (_, letter: string) => letter.toUpperCase()),
);

/** `account` to `accountId`. */
const oneId = once((name) => `${camelCase(name)}Id`);

/** `reports` to `reportIds`, `inquiries` to `inquiryIds`, `selfies` to `selfieIds`. */
const manyIds = once((name) => {
	const singular = name.replace(/([^f])ies$/, '$1y').replace(/([^s])s$/, '$1');
	return `${camelCase(singular)}Ids`;
});

/** A value of a `fields` map out of Persona's `{ type, value }`. */
function unwrapped(field: unknown): unknown {
	if (!isObject(field) || !('type' in field) || !('value' in field)) return field;
	const { type, value } = field;
	if (Array.isArray(value)) return value.map(unwrapped);
	return type === 'hash' && isObject(value) ? unwrappedAll(value) : value;
}

function unwrappedAll(fields: IDataObject): IDataObject {
	const values: IDataObject = {};
	for (const name in fields) values[name] = unwrapped(fields[name]) as IDataObject;
	return values;
}

/** Adds members with all their keys in camelCase, but for those of maps. */
function addCased(target: IDataObject, members: IDataObject) {
	for (const name in members) {
		const member = members[name];
		target[camelCase(name)] =
			isObject(member) && MAPS.has(name) ? unwrappedAll(member) : cased(member);
	}
	return target;
}

function cased(value: IDataObject[string]): IDataObject[string] {
	if (Array.isArray(value)) return (value as IDataObject[]).map(cased) as IDataObject[];
	return isObject(value) ? addCased({}, value) : value;
}

/** Adds the IDs a relationship points to, and the objects themselves where the answer includes them. */
function addRelated(
	target: IDataObject,
	name: string,
	data: Reference | Reference[] | null,
	included: PersonaObject[],
) {
	const objects = [data ?? []].flat().flatMap(({ type, id }) => {
		const object = included.find((other) => other.id === id && other.type === type);
		// Without further inclusion, since two objects may point at each other.
		return object ? [simplified(object)] : [];
	});
	if (Array.isArray(data)) {
		target[manyIds(name)] = data.map(({ id }) => id);
		if (objects.length > 0) target[camelCase(name)] = objects;
	} else {
		target[oneId(name)] = data && data.id;
		if (objects.length > 0) target[camelCase(name)] = objects[0];
	}
}

/** One flat object out of a JSON:API one, with what it is related to beside its attributes. */
export function simplified(object: PersonaObject, included: PersonaObject[] = []): IDataObject {
	const { id, type, attributes = {}, relationships = {}, ...rest } = object;
	const flat: IDataObject = id === undefined ? { type } : { id, type };
	addCased(flat, rest);
	addCased(flat, attributes);
	for (const name in relationships) {
		const data = relationships[name]?.data;
		if (data !== undefined) addRelated(flat, name, data, included.filter(isObject));
	}
	return safe(flat);
}

/** The output for one object of a document: simplified, or as Persona sent it. */
export function outputOf(
	document: Document,
	object: PersonaObject,
	simplify: boolean,
): IDataObject {
	const { included, meta } = document;
	if (!simplify) return safe({ ...object, ...(included && { included }), ...(meta && { meta }) });
	const flat = simplified(object, included);
	if (!meta) return flat;
	// What was asked for beside the object, such as a link, must not stand behind all its attributes.
	const { id, type, ...others } = flat;
	const beside = addCased({}, meta);
	return safe({ ...(id !== undefined && { id }), type, ...beside, ...others, ...beside });
}

/** Without a top-level member `error`, by which n8n would take the item for a failed one. */
function safe(json: IDataObject): IDataObject {
	if (!('error' in json)) return json;
	const { error, ...rest } = json;
	return { ...rest, errorDetails: error };
}
