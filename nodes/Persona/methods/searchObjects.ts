import type { IDataObject, INodeListSearchItems, INodeListSearchResult } from 'n8n-workflow';
import { findId, getPrefix, type IdPrefix } from '../values/idKinds';
import { getIncluded, getRelated, type PersonaObject } from '../transport/jsonApi';
import { getNextCursor, MAX_PAGE_SIZE, paginate } from '../transport/pagination';
import { flattenObject } from '../transport/flatten';
import { EDITOR_PAGE_SIZE, type EditorReader } from './editorReader';
import { formatSetting, type FormatName } from './formatNames';

/** How many of the newest objects a search for a text reads at most. */
const MAX_SEARCHED = 500;

/** After this time, a search begins no further page: the user is waiting. */
const SEARCH_BUDGET_MS = 600;

/** How many templates or types are asked for their names; the others show their IDs. */
const MAX_NAMED = 10;

/** Objects that the user can choose from a list. */
export interface ObjectType {
	path: string;
	/** What the IDs begin with. */
	prefix: IdPrefix;
	formatName: FormatName;
	/** Whether Persona finds them by the user's own ID. */
	hasReferenceIds?: boolean;
	/** The filters by which Persona finds them by the IDs of other objects. */
	idFilters?: Partial<Record<IdPrefix, string>>;
	/** The values of their status, if Persona has a filter for it. */
	statuses?: string[];
}

/** Templates and types that Persona does not list; the newest objects show those that are in use. */
export interface UsedType {
	/** The objects that belong to them. */
	path: string;
	/** Persona's name of the relationship. */
	relationship: string;
	/** What the objects are called. */
	users: string;
}

/** Builds an entry that only says something: n8n lets nobody choose the value of a switch. */
export const buildNote = (text: string): INodeListSearchItems => ({ name: text, value: false });

const buildEntry = (object: PersonaObject, formatName: FormatName): INodeListSearchItems => ({
	name: formatName(flattenObject(object)),
	value: object.id,
});

/** Whether an entry has all words of a text, in its name or its ID. */
function matches({ name, value }: INodeListSearchItems, text: string): boolean {
	const shown = `${name} ${String(value)}`.toLowerCase();
	return text
		.toLowerCase()
		.split(/\s+/)
		.every((word) => shown.includes(word));
}

/** Fetches a page of the objects with a filter, or of all. */
async function fetchPage(
	{ fetchList }: EditorReader,
	{ path, formatName }: ObjectType,
	filter?: IDataObject,
	after?: string,
): Promise<INodeListSearchResult> {
	const page = { size: EDITOR_PAGE_SIZE, ...(after && { after }) };
	const { data, links } = await fetchList({ path, query: { page, ...(filter && { filter }) } });
	return {
		results: data.map((object) => buildEntry(object, formatName)),
		paginationToken: links?.next ? getNextCursor(links.next, data) : undefined,
	};
}

/** Reads the newest objects and keeps those with the text, as long as the user should wait. */
async function searchNewest(
	{ fetchList }: EditorReader,
	{ path, formatName }: ObjectType,
	text: string,
) {
	const stopAtMs = Date.now() + SEARCH_BUDGET_MS;
	const results: INodeListSearchItems[] = [];
	let count = 0;
	let isComplete = true;
	const pages = paginate(fetchList, { method: 'GET', path }, MAX_SEARCHED);
	for await (const { object, hasMore } of pages) {
		const entry = buildEntry(object, formatName);
		if (matches(entry, text)) results.push(entry);
		count++;
		isComplete = !hasMore;
		if (hasMore && count % MAX_PAGE_SIZE === 0 && Date.now() > stopAtMs) break;
	}
	return { results, count, isComplete };
}

/**
 * Finds objects by what the list shows of them, and by what Persona's own filters find, however old:
 * their ID, the address of their page, a reference ID, a status, or the ID of an object they belong to.
 * Says in its last entry if older ones were not searched.
 */
export async function searchObjects(
	reader: EditorReader,
	type: ObjectType,
	filter = '',
	after?: string,
): Promise<INodeListSearchResult> {
	const { path, prefix, formatName, idFilters = {}, statuses = [], hasReferenceIds } = type;
	const text = filter.trim();
	if (text === '') return await fetchPage(reader, type, undefined, after);
	const id = findId(text, prefix) ?? text;
	const kind = getPrefix(id);
	if (kind === prefix) {
		const document = await reader.fetchObject({ path: `${path}/${encodeURIComponent(id)}` });
		return { results: document ? [buildEntry(document.data, formatName)] : [] };
	}
	const idFilter = kind && idFilters[kind];
	if (idFilter) return await fetchPage(reader, type, { [idFilter]: id }, after);
	const status = text.toLowerCase().replace(/[\s-]+/g, '_');
	const filters = [
		...(hasReferenceIds ? [{ 'reference-id': text }] : []),
		...(statuses.includes(status) ? [{ status }] : []),
	];
	const [newest, ...found] = await Promise.all([
		searchNewest(reader, type, text),
		...filters.map(async (one) => await fetchPage(reader, type, one)),
	]);
	const entries = [...found.flatMap(({ results }) => results), ...newest.results];
	const unique = new Map(entries.map((entry) => [entry.value, entry]));
	const results = [...unique.values()];
	if (newest.isComplete) return { results };
	const how = hasReferenceIds ? 'its ID or reference ID' : 'its ID';
	const note = `Newest ${newest.count} searched. Older: search ${how}`;
	return { results: [...results, buildNote(note)] };
}

/** Lists the templates or types of the newest objects. Its last entry says where they come from. */
export async function listUsed(
	reader: EditorReader,
	{ path, relationship, users }: UsedType,
	filter = '',
	note = `Only those of the newest ${users}. Others: By ID`,
): Promise<INodeListSearchResult> {
	const { data } = await reader.fetchList({ path, query: { page: { size: MAX_PAGE_SIZE } } });
	const owners = new Map<string, string>();
	for (const owner of data) {
		for (const { id } of getRelated(owner, relationship)) {
			if (!owners.has(id)) owners.set(id, owner.id);
		}
	}
	const nameOne = async ([id, owner]: [string, string], index: number) => {
		const unnamed = { name: id, value: id };
		if (index >= MAX_NAMED) return unnamed;
		const request = { path: `${path}/${owner}`, query: { include: relationship } };
		// A name that cannot be read is no reason to hide the others.
		const document = await reader.fetchObject(request).catch(() => undefined);
		const object = document && getIncluded(document).find((one) => one.id === id);
		return object ? buildEntry(object, formatSetting) : unnamed;
	};
	const entries = await Promise.all([...owners].map(nameOne));
	const results = entries.filter((entry) => matches(entry, filter.trim()));
	return { results: [...results, buildNote(note)] };
}
