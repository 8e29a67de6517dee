import type { JsonObject } from '../store.mts';

/** A query string with brackets, `page[size]=5&filter[status]=x`, as nested objects of texts. */
export function parseQuery(text: string): JsonObject {
	const query: JsonObject = {};
	for (const [name, value] of new URLSearchParams(text)) {
		const path = name.replace(/\]/g, '').split('[');
		let members = query;
		for (const step of path.slice(0, -1)) {
			const next = members[step];
			if (next === null || typeof next !== 'object' || Array.isArray(next)) members[step] = {};
			members = members[step] as JsonObject;
		}
		members[path[path.length - 1]] = value;
	}
	return query;
}

/** The same query with other members of `page`, and `page` first of all, as Persona's links have it. */
export function pageLink(path: string, query: JsonObject, page: Record<string, string>): string {
	const parts = new URLSearchParams();
	const put = (name: string, value: unknown) => {
		if (value !== null && typeof value === 'object') {
			for (const [key, member] of Object.entries(value)) put(`${name}[${key}]`, member);
		} else parts.append(name, String(value));
	};
	put('page', page);
	for (const [name, value] of Object.entries(query)) if (name !== 'page') put(name, value);
	return `${path}?${parts.toString()}`;
}
