import {
	type Json,
	type JsonObject,
	type Ref,
	type Slice,
	slice,
	type StoredObject,
} from '../store.mts';
import { blockRules, withoutBlocked } from './blocklist.mts';
import type { Answer, Call, Endpoint } from './endpoint.mts';
import { inflect } from './inflection.mts';
import { malformed } from './problem.mts';
import { pageLink } from './query.mts';
import { inVersion } from './versions.mts';

/** The JSON document for an answer of a handler. */
export function documentOf(
	answer: Exclude<Answer, { pdf: unknown }>,
	call: Call,
	endpoint: Endpoint,
	path: string,
): Json {
	if ('raw' in answer) return answer.raw;
	const { 'api-attributes-blocklist': blocklist, 'file-access-token-expires-in': fileSeconds } =
		call.key.attributes;
	const blocked = blockRules(blocklist);
	const write = (things: StoredObject[]) =>
		things.map((thing) => {
			const attributes = inVersion(call.version, thing, call.world);
			const visible = withoutBlocked({ ...thing, attributes }, blocked);
			return sparse({ ...thing, attributes: visible }, call.query.fields);
		});
	const document = (members: JsonObject) =>
		call.world.write(members, call.inflection, Number(fileSeconds));
	if ('item' in answer) {
		const [data] = write([answer.item]);
		const included = includedIn(call, endpoint, [answer.item]);
		return document({
			data,
			...(included && { included: write(included) }),
			...(answer.meta && { meta: answer.meta }),
		});
	}
	if ('all' in answer) {
		const included = includedIn(call, endpoint, answer.all);
		return document({
			data: write(answer.all),
			...(included && { included: write(included) }),
			...(answer.links && { links: { prev: null, next: null } }),
		});
	}
	const cursor = cursorOf(call);
	const links = (part: Slice<{ id: string }>) => {
		const link = (key: string, item: { id: string } | undefined) =>
			item ? pageLink(path, call.query, { [key]: item.id, size: String(cursor.size) }) : null;
		return {
			prev: link('before', part.newer ? part.items[0] : undefined),
			next: link('after', part.older ? part.items[part.items.length - 1] : undefined),
		};
	};
	if ('flat' in answer) {
		const part = slice(answer.flat, cursor);
		return document({ data: part.items, links: links(part) });
	}
	const part =
		'rows' in answer
			? slice(answer.rows, cursor)
			: call.world.store.getCollection(answer.list.family).slice(cursor, answer.list.keep);
	return document({ data: write(part.items), links: links(part) });
}

/** Which page is asked for; search requests may say so in their body too. */
function cursorOf({ query, body }: Call) {
	const inBody = body.page as JsonObject | undefined;
	const page = { ...inBody, ...(query.page as JsonObject | undefined) };
	const size = Number(page.size ?? 10);
	if (!Number.isInteger(size) || size < 1 || size > 100) {
		throw malformed('page.size must be between 1 and 100');
	}
	const id = (name: string) => (page[name] === undefined ? undefined : String(page[name]));
	return { after: id('after'), before: id('before'), size };
}

function includedIn({ world, query }: Call, endpoint: Endpoint, things: StoredObject[]) {
	const wanted = typeof query.include === 'string' ? query.include : '';
	const paths = wanted.split(',').flatMap((path) => path.trim() || []);
	if (paths.length === 0) return undefined;
	const found = new Map<string, StoredObject>();
	for (const path of paths) {
		const [name, ...deeper] = path.split('.').map((part) => inflect(part, 'kebab'));
		const known = endpoint.include?.includes(name) && deeper.length <= 1;
		if (!known) throw malformed(`include ${path} is not supported`);
		for (const thing of things) {
			for (const other of world.store.getRelated(thing, name)) {
				found.set(other.id, other);
				const next = deeper.length ? world.store.getRelated(other, deeper[0]) : [];
				for (const each of next) found.set(each.id, each);
			}
		}
	}
	return [...found.values()];
}

/** The object with only the attributes that `fields[type]` names; relationships go with the rest. */
function sparse(thing: StoredObject, fields: Json | undefined): JsonObject {
	const { type, id, attributes, relationships } = thing;
	const wanted = wantedFor(type, fields);
	if (!wanted) {
		return {
			type,
			id,
			// Some objects are mere references.
			...(Object.keys(attributes).length > 0 && { attributes }),
			...(relationships && { relationships: relationships as unknown as JsonObject }),
		};
	}
	const kept: JsonObject = {};
	for (const path of wanted) {
		const [first, ...rest] = path.split('.');
		const name = inflect(first, 'kebab');
		if (!(name in attributes)) continue;
		const key = rest.join('.');
		if (!key) kept[name] = attributes[name];
		else {
			const map = attributes[name] as JsonObject | null;
			const own = Object.keys(map ?? {}).find(
				(each) => inflect(each, 'kebab') === inflect(key, 'kebab'),
			);
			const before = kept[name] as JsonObject | undefined;
			kept[name] = { ...before, ...(map && own && { [own]: map[own] }) };
		}
	}
	return { type, id, attributes: kept };
}

function wantedFor(type: string, fields: Json | undefined): string[] | undefined {
	const byType = (fields ?? {}) as Record<string, string>;
	const [family] = type.split('/');
	const list = byType[type] ?? byType[family];
	return list?.split(',').map((each) => each.trim());
}

/** The reference as a relationship. */
export const one = (ref: Ref | null | undefined) => ({
	data: ref ? { type: ref.type, id: ref.id } : null,
});

/** The references as a relationship. */
export const many = (refs: Ref[]) => ({ data: refs.map(({ type, id }) => ({ type, id })) });
