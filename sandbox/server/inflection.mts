import type { Json } from '../store.mts';

/** The casings of keys that Persona offers. */
export type Inflection = 'kebab' | 'camel' | 'snake';

/** Maps whose keys are the customer's own and are never recased. */
const owned = new Set([
	'fields',
	'parameters',
	'parameter-map',
	'variable-map',
	'params',
	'custom-http-headers',
	'payload-filter',
]);

const memory = {
	kebab: new Map<string, string>(),
	camel: new Map<string, string>(),
	snake: new Map<string, string>(),
};

function recase(name: string, inflection: Inflection): string {
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

/** A key in another casing; digits stand apart in kebab and snake: `addressStreet1` is `address-street-1`. */
export function inflect(name: string, inflection: Inflection): string {
	const known = memory[inflection];
	let recased = known.get(name);
	if (recased === undefined) known.set(name, (recased = recase(name, inflection)));
	return recased;
}

/** The same value with its keys in another casing, customers' own maps excepted. */
export function inflectKeys(value: Json, inflection: Inflection): Json {
	if (Array.isArray(value)) return value.map((each) => inflectKeys(each, inflection));
	if (value === null || typeof value !== 'object') return value;
	const result: { [key: string]: Json } = {};
	for (const key of Object.keys(value)) {
		const name = inflect(key, inflection);
		result[name] = owned.has(inflect(key, 'kebab'))
			? value[key]
			: inflectKeys(value[key], inflection);
	}
	return result;
}
