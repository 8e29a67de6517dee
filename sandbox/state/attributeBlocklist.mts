import { inflect } from './inflection.mts';
import type { Json, JsonObject } from './json.mts';
import type { StoredObject } from './storedObject.mts';

/** One entry of a blocklist, ready to be compared with keys. */
export interface BlockRule {
	/** The rule keeps attributes that others would remove. */
	isExemption: boolean;
	pattern: RegExp;
	/** The pattern applies to the whole path instead of its last key. */
	matchesPath: boolean;
	type?: string;
}

/**
 * Parses the entries of a blocklist as Persona writes them: `name-*`, `!name-last`,
 * `/data/attributes/x?type=inquiry`.
 */
export function parseBlocklist(entries: Json): BlockRule[] {
	return (Array.isArray(entries) ? entries.map(String) : []).map((entry) => {
		const isExemption = entry.startsWith('!');
		const [target, query = ''] = entry.slice(isExemption ? 1 : 0).split('?');
		const matchesPath = target.startsWith('/');
		const keys = matchesPath ? target.split('/') : [target];
		const pattern = new RegExp(`^${keys.map((key) => toKeyPattern(key)).join('/')}$`);
		const type = new URLSearchParams(query).get('type') ?? undefined;
		return { isExemption, pattern, matchesPath, type };
	});
}

const toKeyPattern = (key: string) =>
	key
		.split('*')
		.map((part) => inflect(part, 'kebab').replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
		.join('[^/]*');

/** The attributes of an object without the blocked ones. */
export function removeBlockedAttributes(
	{ type, attributes }: StoredObject,
	rules: BlockRule[],
): JsonObject {
	if (rules.length === 0) return attributes;
	const applies = (rule: BlockRule, path: string, key: string) =>
		(!rule.type || rule.type === type) && rule.pattern.test(rule.matchesPath ? path : key);
	const removeFrom = (value: Json, path: string): Json => {
		if (Array.isArray(value)) return value.map((item) => removeFrom(item, path));
		if (value === null || typeof value !== 'object') return value;
		const kept = Object.entries(value).flatMap(([key, member]): [string, Json][] => {
			const name = inflect(key, 'kebab');
			const memberPath = `${path}/${name}`;
			const matching = rules.filter((rule) => applies(rule, memberPath, name));
			const isBlocked = matching.length > 0 && !matching.some(({ isExemption }) => isExemption);
			return isBlocked ? [] : [[key, removeFrom(member, memberPath)]];
		});
		return Object.fromEntries(kept);
	};
	return removeFrom(attributes, '/data/attributes') as JsonObject;
}
