import type { JsonObject } from '../state/json.mts';

/** Parses a query string with brackets, `page[size]=5&filter[status]=x`, into nested objects of strings. */
export function parseQuery(queryString: string): JsonObject {
	const query: JsonObject = {};
	for (const [name, value] of new URLSearchParams(queryString)) {
		const path = name.replace(/\]/g, '').split('[');
		let members = query;
		for (const key of path.slice(0, -1)) {
			const next = members[key];
			if (next === null || typeof next !== 'object' || Array.isArray(next)) members[key] = {};
			members = members[key] as JsonObject;
		}
		members[path[path.length - 1]] = value;
	}
	return query;
}

/** A link with the same query except for `page`, which comes first, as in Persona's links. */
export function buildPageLink(
	path: string,
	query: JsonObject,
	page: Record<string, string>,
): string {
	const parameters = new URLSearchParams();
	const append = (name: string, value: unknown) => {
		if (value !== null && typeof value === 'object') {
			for (const [key, member] of Object.entries(value)) append(`${name}[${key}]`, member);
		} else parameters.append(name, String(value));
	};
	append('page', page);
	for (const [name, value] of Object.entries(query)) if (name !== 'page') append(name, value);
	return `${path}?${parameters.toString()}`;
}
