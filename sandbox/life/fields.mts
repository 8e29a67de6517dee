import { inquiryFieldSchemas } from '../seeds.mts';
import { inflect } from '../server/inflection.mts';
import { invalid } from '../server/problem.mts';
import type { Json, Members, Thing } from '../store.mts';

// Persona shows these on every inquiry, filled or not.
const standing = inquiryFieldSchemas.slice(0, 13).map(({ key }) => String(key));
const types = new Map(inquiryFieldSchemas.map(({ key, type }) => [String(key), String(type)]));
const choices = new Map(
	inquiryFieldSchemas.map(({ key, config }) => [String(key), (config as Members).options]),
);

/** The fields of a new inquiry as Persona shows them, `{key: {type, value}}`. */
export function typedFields(given: Members): Members {
	const fields: Members = {};
	for (const key of standing) fields[key] = { type: typeOf(key, ''), value: null };
	return { ...fields, ...typedValues(given) };
}

/** Given values with their types; the template's own keys are found whatever their casing. */
export function typedValues(given: Members): Members {
	const entries = Object.entries(given).map(([name, value]): [string, Members] => {
		const kebab = inflect(name, 'kebab');
		const key = types.has(name) ? name : types.has(kebab) ? kebab : name;
		check(key, value);
		return [key, { type: typeOf(key, value), value }];
	});
	return Object.fromEntries(entries);
}

/** The values of an inquiry's fields without their types. */
export function plainFields({ attributes }: Thing): Members {
	const fields = attributes.fields as Record<string, { value: Json }>;
	return Object.fromEntries(Object.entries(fields).map(([key, { value }]) => [key, value]));
}

/** A value of a map that the customer defines, with the type it has by its form, at every depth. */
export function typedByForm(value: Json): Members {
	if (Array.isArray(value)) return { type: 'array', value: value.map(typedByForm) };
	if (value !== null && typeof value === 'object') {
		const members = Object.entries(value).map(([key, each]) => [key, typedByForm(each)]);
		return { type: 'hash', value: Object.fromEntries(members) as Members };
	}
	return { type: typeOf('', value), value };
}

function typeOf(key: string, value: Json): string {
	const known = types.get(key);
	// What the description calls an email address is shown as text on the inquiry itself.
	if (known) return known === 'email-address' ? 'string' : known;
	if (typeof value === 'boolean') return 'boolean';
	if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
	if (Array.isArray(value)) return 'array';
	return value !== null && typeof value === 'object' ? 'hash' : 'string';
}

function check(key: string, value: Json) {
	if (value === null) return;
	const pointer = `/data/attributes/fields/${key}`;
	const type = types.get(key);
	const wrong = (what: string) => invalid(`fields.${key} ${what}`, pointer);
	if (type === 'date' && !(typeof value === 'string' && isDay(value))) {
		throw wrong('must be a date as YYYY-MM-DD');
	}
	if (type === 'string' && typeof value !== 'string') throw wrong('must be a string');
	if (type === 'boolean' && typeof value !== 'boolean') throw wrong('must be a boolean');
	if (type === 'number' && typeof value !== 'number') throw wrong('must be a number');
	if (type === 'integer' && !Number.isInteger(value)) throw wrong('must be an integer');
	const options = choices.get(key);
	if (!Array.isArray(options)) return;
	for (const each of Array.isArray(value) ? value : [value]) {
		if (!options.includes(each)) throw wrong(`must be one of ${options.join(', ')}`);
	}
}

const isDay = (value: string) =>
	/^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(`${value}T00:00:00Z`));
