import type { Json, JsonObject, StoredObject } from '../store.mts';
import { inflect } from './inflection.mts';

/** One entry of a blocklist, ready to be compared with keys. */
export interface BlockRule {
	exempts: boolean;
	pattern: RegExp;
	/** The pattern is for the whole path, not for the last key of it. */
	path: boolean;
	type?: string;
}

/** The entries of a blocklist as Persona writes them: `name-*`, `/data/attributes/x?type=inquiry`, `!name-last`. */
export function blockRules(entries: Json): BlockRule[] {
	return (Array.isArray(entries) ? entries.map(String) : []).map((entry) => {
		const exempts = entry.startsWith('!');
		const [pattern, query = ''] = entry.slice(exempts ? 1 : 0).split('?');
		const path = pattern.startsWith('/');
		const parts = path ? pattern.split('/') : [pattern];
		const source = parts.map((part) => inflectPattern(part)).join('/');
		const type = new URLSearchParams(query).get('type') ?? undefined;
		return { exempts, pattern: new RegExp(`^${source}$`), path, type };
	});
}

const inflectPattern = (part: string) =>
	part
		.split('*')
		.map((piece) => inflect(piece, 'kebab').replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
		.join('[^/]*');

/** The attributes of an object without those that the rules take away. */
export function withoutBlocked({ type, attributes }: StoredObject, rules: BlockRule[]): JsonObject {
	if (rules.length === 0) return attributes;
	const hits = (rule: BlockRule, path: string, key: string) =>
		(!rule.type || rule.type === type) && rule.pattern.test(rule.path ? path : key);
	const walk = (value: Json, path: string): Json => {
		if (Array.isArray(value)) return value.map((each) => walk(each, path));
		if (value === null || typeof value !== 'object') return value;
		const kept = Object.entries(value).flatMap(([key, member]): [string, Json][] => {
			const name = inflect(key, 'kebab');
			const below = `${path}/${name}`;
			const hit = rules.filter((rule) => hits(rule, below, name));
			const blocked = hit.length > 0 && !hit.some(({ exempts }) => exempts);
			return blocked ? [] : [[key, walk(member, below)]];
		});
		return Object.fromEntries(kept);
	};
	return walk(attributes, '/data/attributes') as JsonObject;
}
