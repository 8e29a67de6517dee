import { parseBlocklist, removeBlockedAttributes } from '../state/attributeBlocklist.mts';
import { BadRequestError } from '../state/errors.mts';
import { inflect } from '../state/inflection.mts';
import type { Json, JsonObject } from '../state/json.mts';
import { getPage, type Page, type PageCursor } from '../state/page.mts';
import { showRelationships } from '../state/relationships.mts';
import type { StoredObject } from '../state/storedObject.mts';
import { applyVersion } from './apiVersions.mts';
import type { ApiRequest, Endpoint, HandlerResult } from './endpoint.mts';
import { buildPageLink } from './queryString.mts';

/** The JSON:API document for the result of a handler; `path` is that of the request, for page links. */
export function serializeResult(
	result: Exclude<HandlerResult, { pdf: unknown }>,
	request: ApiRequest,
	endpoint: Endpoint,
	path: string,
): Json {
	if ('json' in result) return result.json;
	const { 'api-attributes-blocklist': blocklist, 'file-access-token-expires-in': fileSeconds } =
		request.key.attributes;
	const rules = parseBlocklist(blocklist);
	const serializeObjects = (objects: StoredObject[]) =>
		objects.map((object) => {
			const attributes = applyVersion(request.version, object, request.state);
			const visible = removeBlockedAttributes({ ...object, attributes }, rules);
			return selectFields({ ...object, attributes: visible }, request.query.fields);
		});
	const serializeDocument = (members: JsonObject) =>
		request.state.serialize(members, request.inflection, Number(fileSeconds));
	if ('object' in result) {
		const [data] = serializeObjects([result.object]);
		const included = collectIncluded(request, endpoint, [result.object]);
		return serializeDocument({
			data,
			...(included && { included: serializeObjects(included) }),
			...(result.meta && { meta: result.meta }),
		});
	}
	if ('objects' in result) {
		const included = collectIncluded(request, endpoint, result.objects);
		return serializeDocument({
			data: serializeObjects(result.objects),
			...(included && { included: serializeObjects(included) }),
			...(result.hasLinks && { links: { prev: null, next: null } }),
		});
	}
	const isOpaque = 'reversedObjects' in result && result.hasOpaqueCursors === true;
	const cursor = readCursor(request, isOpaque ? decodeCursor : (id) => id);
	if ('entries' in result) {
		const page = getPage(result.entries, cursor);
		return serializeDocument({
			data: page.items,
			links: buildLinks(page, cursor, path, request.query),
		});
	}
	const page =
		'reversedObjects' in result
			? getPage(result.reversedObjects, cursor)
			: request.state.store
					.getCollection(result.collection.family)
					.getPage(cursor, result.collection.isListed);
	return serializeDocument({
		data: serializeObjects(page.items),
		links: buildLinks(page, cursor, path, request.query, isOpaque ? encodeCursor : undefined),
	});
}

// An ID in Base64 is not an ID, and that is enough: clients must not read or build opaque cursors.
const encodeCursor = (id: string) => Buffer.from(JSON.stringify({ v: 1, id })).toString('base64');

/** The ID in an opaque cursor. Throws for anything else, such as the ID itself. */
function decodeCursor(cursor: string): string {
	try {
		const { id } = JSON.parse(Buffer.from(cursor, 'base64').toString()) as { id?: unknown };
		if (typeof id === 'string') return id;
	} catch {
		// It is not even JSON.
	}
	throw new BadRequestError('page cursor is not valid');
}

function buildLinks(
	{ items, hasNewer, hasOlder }: Page<{ id: string }>,
	{ size }: PageCursor,
	path: string,
	query: JsonObject,
	toCursor: (id: string) => string = (id) => id,
) {
	const buildLink = (direction: 'after' | 'before', item: { id: string } | undefined) =>
		item
			? buildPageLink(path, query, { [direction]: toCursor(item.id), size: String(size) })
			: null;
	return {
		prev: buildLink('before', hasNewer ? items[0] : undefined),
		next: buildLink('after', hasOlder ? items[items.length - 1] : undefined),
	};
}

/** Reads `page` from the query, or from the body of a search. Throws when the size is out of range. */
function readCursor({ query, body }: ApiRequest, toId: (cursor: string) => string): PageCursor {
	const bodyPage = body.page as JsonObject | undefined;
	const page = { ...bodyPage, ...(query.page as JsonObject | undefined) };
	const size = Number(page.size ?? 10);
	if (!Number.isInteger(size) || size < 1 || size > 100) {
		throw new BadRequestError('page.size must be between 1 and 100');
	}
	const readId = (name: string) =>
		page[name] === undefined ? undefined : toId(String(page[name]));
	return { after: readId('after'), before: readId('before'), size };
}

/** Persona's description has this type of report by itself only, not among what others include. */
const NEVER_INCLUDED = 'report/screening';

/** The objects that `include` asks for; undefined when there is none in the query. */
function collectIncluded(
	{ state, query }: ApiRequest,
	endpoint: Endpoint,
	objects: StoredObject[],
) {
	const include = typeof query.include === 'string' ? query.include : '';
	const paths = include.split(',').flatMap((path) => path.trim() || []);
	if (paths.length === 0) return undefined;
	const included = new Map<string, StoredObject>();
	for (const path of paths) {
		const [name, ...deeper] = path.split('.').map((part) => inflect(part, 'kebab'));
		const isSupported = endpoint.include?.includes(name) && deeper.length <= 1;
		if (!isSupported) throw new BadRequestError(`include ${path} is not supported`);
		for (const object of objects) {
			for (const related of state.store.getRelated(object, name)) {
				if (related.type === NEVER_INCLUDED) continue;
				included.set(related.id, related);
				const next = deeper.length ? state.store.getRelated(related, deeper[0]) : [];
				for (const each of next) included.set(each.id, each);
			}
		}
	}
	const isListWithoutItems =
		state.listItems !== 'included' && objects.some(({ type }) => type.startsWith('list/'));
	return isListWithoutItems ? undefined : [...included.values()];
}

/** The object with only the attributes in `fields[type]`; without `fields` it is complete. */
function selectFields(object: StoredObject, fields: Json | undefined): JsonObject {
	const { type, id, attributes } = object;
	const relationships = showRelationships(object);
	const requested = getRequestedFields(type, fields);
	if (!requested) {
		return {
			type,
			id,
			// Some objects are mere references.
			...(Object.keys(attributes).length > 0 && { attributes }),
			...(relationships && { relationships }),
		};
	}
	const kept: JsonObject = {};
	for (const path of requested) {
		const [first, ...rest] = path.split('.');
		const name = inflect(first, 'kebab');
		if (!(name in attributes)) continue;
		const key = rest.join('.');
		if (!key) kept[name] = attributes[name];
		else {
			const map = attributes[name] as JsonObject | null;
			const ownKey = Object.keys(map ?? {}).find(
				(each) => inflect(each, 'kebab') === inflect(key, 'kebab'),
			);
			const before = kept[name] as JsonObject | undefined;
			kept[name] = { ...before, ...(map && ownKey && { [ownKey]: map[ownKey] }) };
		}
	}
	return { type, id, attributes: kept };
}

function getRequestedFields(type: string, fields: Json | undefined): string[] | undefined {
	const byType = (fields ?? {}) as Record<string, string>;
	const [family] = type.split('/');
	const list = byType[type] ?? byType[family];
	return list?.split(',').map((each) => each.trim());
}
