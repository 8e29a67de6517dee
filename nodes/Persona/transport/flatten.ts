import type { IDataObject } from 'n8n-workflow';
import { isRecord } from '../utils/isRecord';
import { setMember } from '../utils/setMember';
import { singularize } from '../utils/singularize';
import { findRelated, getAttributes, isPersonaObject, type PersonaObject } from './jsonApi';

/** What of an attribute is not Persona's own words, and so is kept letter for letter. */
type Verbatim = 'all' | 'keys';

/**
 * The attributes that contain what a customer or a source has chosen: everything in them, or only
 * their keys. Persona's API description has them as objects with any members. In camelCase, since the
 * webhooks of a customer may send names in another inflection.
 */
const VERBATIM_ATTRIBUTES = new Map<string, Verbatim>([
	// What the customer has sent or defined.
	['customHttpHeaders', 'all'],
	['getParams', 'all'],
	['jsonSchema', 'all'],
	['parameterMap', 'all'],
	['params', 'all'],
	['payloadFilter', 'all'],
	['postParams', 'all'],
	['row', 'all'],
	['rows', 'all'],
	['structuredResults', 'all'],
	['styles', 'all'],
	['variableMap', 'all'],
	// What was found, by the name that its source has for it.
	['ignoreListEntity', 'all'],
	['ignoreListMedia', 'all'],
	['peekableAttributes', 'all'],
	['signals', 'all'],
	['roles.data', 'all'],
	['sources', 'keys'],
	['vehicleClasses', 'keys'],
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

const toSingular = memoize(singularize);

/** Converts `account` to `accountId`. */
export const toIdName = memoize((name) => `${toCamelCase(name)}Id`);

/** Converts `reports` to `reportIds`, `account-statuses` to `accountStatusIds`. */
export const toIdsName = memoize((name) => `${toCamelCase(toSingular(name))}Ids`);

/**
 * Unwraps a value that Persona sends as `{ type, value }`. Only a list or a map of Persona contains
 * further ones; any other value is the customer's, whatever it looks like.
 */
function unwrapField(field: unknown): unknown {
	if (!isRecord(field) || typeof field.type !== 'string' || !Object.hasOwn(field, 'value')) {
		return field;
	}
	const { type, value } = field;
	if (type === 'array' && Array.isArray(value)) return value.map(unwrapField);
	return type === 'hash' && isRecord(value) ? unwrapFields(value) : value;
}

function unwrapFields(fields: IDataObject): IDataObject {
	const values: IDataObject = {};
	for (const name of Object.keys(fields)) setMember(values, name, unwrapField(fields[name]));
	return values;
}

/** Adds the attributes of an object, with Persona's names in camelCase. */
function addAttributes(target: IDataObject, attributes: IDataObject) {
	for (const name of Object.keys(attributes)) {
		const value = attributes[name];
		const isFieldMap = name === 'fields' && isRecord(value);
		setMember(
			target,
			toCamelCase(name),
			isFieldMap ? unwrapFields(value) : convertMember(value, name),
		);
	}
}

/** Converts the value of a member; `parent` is the name of the member that contains it. */
function convertMember(value: unknown, name: string, parent = ''): unknown {
	if (typeof value !== 'object' || value === null) return value;
	const key = toCamelCase(name);
	const verbatim =
		VERBATIM_ATTRIBUTES.get(key) ?? VERBATIM_ATTRIBUTES.get(`${toCamelCase(parent)}.${key}`);
	if (verbatim === 'all') return value;
	if (Array.isArray(value)) return value.map((entry) => convertValue(entry, name));
	return verbatim === 'keys' ? convertEntries(value as IDataObject) : convertValue(value, name);
}

/** Converts a value below the member `name`: its keys to camelCase, and those below them. */
function convertValue(value: unknown, name: string): unknown {
	if (Array.isArray(value)) return value.map((entry) => convertValue(entry, name));
	if (!isRecord(value)) return value;
	const converted: IDataObject = {};
	// The object of an event has attributes of its own.
	const isObject = isPersonaObject(value) && isRecord(value.attributes);
	for (const key of Object.keys(value)) {
		if (isObject && key === 'attributes') {
			addAttributes((converted.attributes = {}), value.attributes as IDataObject);
		} else setMember(converted, toCamelCase(key), convertMember(value[key], key, name));
	}
	return converted;
}

/** Converts a value from an attribute of this name as `flattenObject` does: its keys to camelCase. */
export const flattenValue = (value: IDataObject, attribute: string) =>
	convertValue(value, attribute) as IDataObject;

/** Converts the values of a map whose keys are data. */
function convertEntries(map: IDataObject): IDataObject {
	const converted: IDataObject = {};
	for (const key of Object.keys(map)) setMember(converted, key, convertValue(map[key], ''));
	return converted;
}

/** What of the objects that a document includes comes along with one of its objects. */
export interface FlattenOptions {
	included?: PersonaObject[];
	/**
	 * Paths such as `inquiry-template.latest-published-version`, which lead from an included object on to
	 * others; it shows no others.
	 */
	paths?: string[];
	/** Leaves members of an object out; `related` names those that hold included objects. */
	reduce?: (flat: IDataObject, type: string, related: string[]) => IDataObject;
}

/** Adds the IDs of a relationship, and the objects themselves if the response includes them. */
function addRelationship(
	target: IDataObject,
	object: PersonaObject,
	name: string,
	{ included = [], paths = [], reduce }: FlattenOptions,
) {
	const related = findRelated(object, name);
	const objects = (related ?? []).flatMap(({ type, id }) => {
		const found = included.find((other) => other.id === id && other.type === type);
		// Their own relationships stay IDs unless asked for, since two objects may refer to each other.
		const options = { included, paths: followPaths(paths, name), reduce };
		return found ? [flatten(found, options, true)] : [];
	});
	const { data } = Object((object.relationships as IDataObject)[name]) as { data?: unknown };
	const isToMany = Array.isArray(data) || toSingular(name) !== name;
	if (isToMany) setMember(target, toIdsName(name), related?.map(({ id }) => id) ?? null);
	else setMember(target, toIdName(name), related?.[0]?.id ?? null);
	if (objects.length === 0) return [];
	setMember(target, toCamelCase(name), isToMany ? objects : objects[0]);
	return [toCamelCase(name)];
}

/** Whether an object is an event that a customer has emitted, whose payload is the customer's own. */
const isCustomEvent = ({ type }: PersonaObject, { name }: IDataObject) =>
	type === 'event' && String(name).startsWith('custom.');

/** The members that every object has, which are not converted like the others. */
const OBJECT_MEMBERS = new Set(['id', 'type', 'attributes', 'relationships']);

/** Whether a path of relationships begins with this one, in either spelling. */
const beginsWith = (path: string, name: string) =>
	toCamelCase(path.split('.')[0].trim()) === toCamelCase(name);

/** What is left of paths such as `inquiry-template.latest-published-version` behind a relationship. */
const followPaths = (paths: string[], name: string) =>
	paths
		.filter((path) => path.includes('.') && beginsWith(path, name))
		.map((path) => path.slice(path.indexOf('.') + 1));

/**
 * Flattens a JSON:API object: its attributes and relationships become members, in camelCase. Included
 * objects stand under the names of their relationships.
 */
export const flattenObject = (object: PersonaObject, options: FlattenOptions = {}): IDataObject =>
	flatten(object, options, false);

function flatten(object: PersonaObject, options: FlattenOptions, isNested: boolean): IDataObject {
	const { id, type, relationships } = object;
	const { paths = [], reduce } = options;
	const flat: IDataObject = id === undefined ? { type } : { id, type };
	const attributes = getAttributes(object);
	for (const name of Object.keys(object)) {
		if (OBJECT_MEMBERS.has(name)) continue;
		setMember(flat, toCamelCase(name), convertMember(object[name], name));
	}
	addAttributes(flat, attributes);
	if (isCustomEvent(object, attributes)) {
		for (const name of ['payload', 'context'].filter((member) =>
			Object.hasOwn(attributes, member),
		)) {
			flat[name] = attributes[name];
		}
	}
	const related = Object.keys(relationships ?? {}).flatMap((name) => {
		const isShown = !isNested || paths.some((path) => beginsWith(path, name));
		return addRelationship(flat, object, name, isShown ? options : {});
	});
	return renameErrorMember(reduce?.(flat, String(type), related) ?? flat);
}

/** Renames a top-level member `error`, since n8n treats an item that has one as failed. */
export function renameErrorMember(json: IDataObject): IDataObject {
	if (!Object.hasOwn(json, 'error')) return json;
	const { error, ...rest } = json;
	return { ...rest, errorDetails: error };
}
