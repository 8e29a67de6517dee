import type { IDataObject } from 'n8n-workflow';
import type { Document, PersonaObject, Reference } from './operation';
import { isObject, parameterName as camelCase } from './values';

/** Members whose keys are the customer's own and stay letter for letter. */
const MAPS = ['fields', 'parameter-map', 'variable-map', 'payload-filter', 'custom-http-headers'];

/** n8n takes an item with a member of this name for a failed one. */
const TAKEN = { error: 'errorDetails' };

/** A value of a `fields` map out of Persona's `{ type, value }`. */
function unwrapped(field: unknown): unknown {
	if (!isObject(field) || !('type' in field) || !('value' in field)) return field;
	const { type, value } = field;
	if (Array.isArray(value)) return value.map(unwrapped);
	return type === 'hash' && isObject(value) ? unwrappedAll(value) : value;
}

const unwrappedAll = (fields: IDataObject) =>
	Object.fromEntries(Object.entries(fields).map(([name, field]) => [name, unwrapped(field)]));

/** A value with all keys in camelCase, but for those of maps. */
function camelCased(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(camelCased);
	if (!isObject(value)) return value;
	const entries = Object.entries(value).map(([name, member]) => {
		const isMap = MAPS.includes(name) && isObject(member);
		return [camelCase(name), isMap ? unwrappedAll(member) : camelCased(member)];
	});
	return Object.fromEntries(entries);
}

/** `reports` to `report`, `inquiries` to `inquiry`, `selfies` to `selfie`. */
const singular = (name: string) => name.replace(/([^f])ies$/, '$1y').replace(/([^s])s$/, '$1');

/** The IDs a relationship points to, and the objects themselves where the answer includes them. */
function related(
	name: string,
	data: Reference | Reference[],
	included: Map<string, PersonaObject>,
) {
	const resolve = ({ type, id }: Reference) => {
		const object = included.get(`${type} ${id}`);
		// Without further inclusion, since two objects may point at each other.
		return object && simplified(object);
	};
	if (!Array.isArray(data)) {
		const object = resolve(data);
		return { [`${camelCase(name)}Id`]: data.id, ...(object && { [camelCase(name)]: object }) };
	}
	const objects = data.map(resolve).filter((object) => object !== undefined);
	return {
		[`${camelCase(singular(name))}Ids`]: data.map(({ id }) => id),
		...(objects.length > 0 && { [camelCase(name)]: objects }),
	};
}

/** One flat object out of a JSON:API one, with what it is related to beside its attributes. */
export function simplified(object: PersonaObject, included: PersonaObject[] = []): IDataObject {
	const { id, type, attributes, relationships = {}, ...rest } = object;
	const others = included.filter(isObject) as PersonaObject[];
	const byKey = new Map(others.map((other) => [`${other.type} ${other.id}`, other]));
	const flat: IDataObject = {
		...(id !== undefined && { id }),
		type,
		...(camelCased({ ...rest, ...attributes }) as IDataObject),
	};
	for (const [name, relationship] of Object.entries(relationships)) {
		const data = relationship?.data;
		if (data === undefined) continue;
		Object.assign(
			flat,
			data === null ? { [`${camelCase(name)}Id`]: null } : related(name, data, byKey),
		);
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
	return safe({ ...simplified(object, included), ...(camelCased(meta ?? {}) as IDataObject) });
}

function safe(json: IDataObject): IDataObject {
	if (!('error' in json)) return json;
	const { error, ...rest } = json;
	return { ...rest, [TAKEN.error]: error };
}
