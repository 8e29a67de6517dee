import type { Json } from './json.mts';

/** The casings of keys that Persona offers. */
export type Inflection = 'kebab' | 'camel' | 'snake';

/** Maps whose keys belong to the customer and keep their casing. */
const CUSTOMER_KEYED_MAPS = new Set([
	'fields',
	'parameters',
	'parameter-map',
	'variable-map',
	'params',
	'custom-http-headers',
	'payload-filter',
	// Names of fields in snake_case, whatever the casing of the request and of the response.
	'row',
	'rows',
]);

const cache = {
	kebab: new Map<string, string>(),
	camel: new Map<string, string>(),
	snake: new Map<string, string>(),
};

function convertCase(name: string, inflection: Inflection): string {
	const kebab = name
		.replace(/([a-z0-9])([A-Z])/g, '$1-$2')
		.replace(/([A-Za-z])([0-9])/g, (all, letter: string, digit: string) =>
			/[-_]/.test(name) ? all : `${letter}-${digit}`,
		)
		.replace(/_/g, '-')
		.toLowerCase();
	if (inflection === 'kebab') return kebab;
	if (inflection === 'snake') return kebab.replace(/-/g, '_');
	return kebab.replace(/-([a-z0-9])/g, (_, next: string) => next.toUpperCase());
}

/** A key in another casing. Digits are separate words: `addressStreet1` becomes `address-street-1`. */
export function inflect(name: string, inflection: Inflection): string {
	const known = cache[inflection];
	let converted = known.get(name);
	if (converted === undefined) known.set(name, (converted = convertCase(name, inflection)));
	return converted;
}

/** The value with its keys in another casing, except in maps that the customer defines. */
export function inflectKeys(value: Json, inflection: Inflection): Json {
	if (Array.isArray(value)) return value.map((item) => inflectKeys(item, inflection));
	if (value === null || typeof value !== 'object') return value;
	const result: { [key: string]: Json } = {};
	for (const key of Object.keys(value)) {
		const name = inflect(key, inflection);
		result[name] = CUSTOMER_KEYED_MAPS.has(inflect(key, 'kebab'))
			? value[key]
			: inflectKeys(value[key], inflection);
	}
	return result;
}
