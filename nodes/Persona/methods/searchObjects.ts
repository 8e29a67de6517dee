import type { IDataObject, INodeListSearchItems, INodeListSearchResult } from 'n8n-workflow';
import { findId, getPrefix, type IdPrefix } from '../values/idKinds';
import { getAttributes, getIncluded, getRelated, type PersonaObject } from '../transport/jsonApi';
import { getNextCursor, MAX_PAGE_SIZE } from '../transport/pagination';
import { flattenObject } from '../transport/flatten';
import { EDITOR_PAGE_SIZE, type EditorReader } from './editorReader';
import { formatSetting, type FormatName } from './formatNames';

/** How many of the newest objects a search for a text reads at most. */
const MAX_SEARCHED = 500;

/** After this time, a search begins no further page: the user is waiting. */
const SEARCH_BUDGET_MS = 500;

/** What an empty list says, since keys of a sandbox and of production see different objects. */
const NONE = 'None yet in the environment of this API key';

/** How many templates or types are asked for their names; the others show their IDs. */
const MAX_NAMED = 10;

/** Objects that the user can choose from a list. */
export interface ObjectType {
	path: string;
	/** What the IDs begin with. */
	prefix: IdPrefix;
	formatName: FormatName;
	/** The attributes that `formatName` needs, by type; without them, Persona sends whole objects. */
	fields?: Record<string, string>;
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
	/** The attribute of the objects that has the name, where no other request is needed for it. */
	nameAttribute?: string;
}

/** Builds an entry that only says something: n8n lets nobody choose the value of a switch. */
export const buildNote = (text: string): INodeListSearchItems => ({ name: text, value: false });

const buildEntry = (object: PersonaObject, formatName: FormatName): INodeListSearchItems => ({
	name: formatName(flattenObject(object)),
	value: object.id,
});

/** Makes spellings equal that people take for the same: capitals, accents, and how they are encoded. */
const toComparable = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** Whether an entry has all words of a text, in its name or its ID. */
function matches({ name, value }: INodeListSearchItems, text: string): boolean {
	const shown = toComparable(`${name} ${String(value)}`);
	return toComparable(text)
		.split(/\s+/)
		.every((word) => shown.includes(word));
}

/** Adds the ID to names that several entries have, so that the user can tell them apart. */
function tellApart(entries: INodeListSearchItems[]): INodeListSearchItems[] {
	const counts = new Map<string, number>();
	for (const { name } of entries) counts.set(name, (counts.get(name) ?? 0) + 1);
	return entries.map(({ name, value }) => ({
		name: counts.get(name) === 1 ? name : `${name} · ${String(value)}`,
		value,
	}));
}

/** Fetches a page of the objects with a filter, or of all. */
async function fetchPage(
	{ fetchList }: EditorReader,
	{ path, formatName, fields }: ObjectType,
	{
		size = EDITOR_PAGE_SIZE,
		after,
		filter,
	}: { size?: number; after?: string; filter?: IDataObject },
): Promise<INodeListSearchResult> {
	const query = { page: { size, after }, fields, filter };
	const { data, links } = await fetchList({ path, query });
	return {
		results: data.map((object) => buildEntry(object, formatName)),
		paginationToken: links?.next ? getNextCursor(links.next, data) : undefined,
	};
}

/**
 * Reads the newest objects and keeps those with the text: until there is a page of them, or `isFound` says
 * that a filter has found some, and only as long as the user should wait.
 */
async function searchNewest(
	reader: EditorReader,
	type: ObjectType,
	text: string,
	isFound: () => boolean,
) {
	const stopAtMs = Date.now() + SEARCH_BUDGET_MS;
	const found: INodeListSearchItems[] = [];
	let count = 0;
	let after: string | undefined;
	do {
		const page = { size: MAX_PAGE_SIZE, after };
		const { results, paginationToken } = await fetchPage(reader, type, page);
		found.push(...results.filter((entry) => matches(entry, text)));
		count += results.length;
		after = paginationToken as string | undefined;
		const isEnough = found.length >= EDITOR_PAGE_SIZE || count >= MAX_SEARCHED || isFound();
		if (isEnough || Date.now() > stopAtMs) break;
	} while (after !== undefined);
	return { results: found, count, isComplete: after === undefined };
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
	const { path, prefix, formatName, fields, idFilters = {}, statuses = [], hasReferenceIds } = type;
	const text = filter.trim();
	const showPage = async (idFilter?: IDataObject) => {
		const page = await fetchPage(reader, type, { after, filter: idFilter });
		const isEmpty = page.results.length === 0 && !idFilter && after === undefined;
		return { ...page, results: isEmpty ? [buildNote(NONE)] : tellApart(page.results) };
	};
	if (text === '') return await showPage();
	const id = findId(text, prefix) ?? text;
	const kind = getPrefix(id);
	if (kind === prefix) {
		const document = await reader.fetchObject({ path: `${path}/${id}`, query: { fields } });
		return { results: document ? [buildEntry(document.data, formatName)] : [] };
	}
	const idFilter = kind && idFilters[kind];
	if (idFilter) return await showPage({ [idFilter]: id });
	const status = text.toLowerCase().replace(/[\s-]+/g, '_');
	const filters = [
		// Persona would take a text with a comma for several, and refuse one that is too long.
		...(hasReferenceIds && /^[^,]{1,255}$/.test(text) ? [{ 'reference-id': text }] : []),
		...(statuses.includes(status) ? [{ status }] : []),
	];
	const found: INodeListSearchItems[] = [];
	const [newest] = await Promise.all([
		searchNewest(reader, type, text, () => found.length > 0),
		...filters.map(async (one) => {
			found.push(...(await fetchPage(reader, type, { filter: one })).results);
		}),
	]);
	const unique = new Map([...found, ...newest.results].map((entry) => [entry.value, entry]));
	const results = tellApart([...unique.values()]);
	if (newest.isComplete) return { results };
	const how = hasReferenceIds ? 'its ID or reference ID' : 'its ID';
	const note = `Newest ${newest.count} searched. Older: search ${how}`;
	return { results: [...results, buildNote(note)] };
}

/** Lists the templates or types of the newest objects. Its last entry says where they come from. */
export async function listUsed(
	reader: EditorReader,
	{ path, relationship, users, nameAttribute }: UsedType,
	filter = '',
	note = `Only those of the newest ${users}. Others: By ID`,
): Promise<INodeListSearchResult> {
	const { data } = await reader.fetchList({ path, query: { page: { size: MAX_PAGE_SIZE } } });
	const owners = new Map<string, PersonaObject>();
	for (const owner of data) {
		for (const { id } of getRelated(owner, relationship)) {
			if (!owners.has(id)) owners.set(id, owner);
		}
	}
	const nameOne = async ([id, owner]: [string, PersonaObject], index: number) => {
		const name = nameAttribute && getAttributes(owner)[nameAttribute];
		const unnamed = { name: String(name || id), value: id };
		if (name || index >= MAX_NAMED) return unnamed;
		const request = { path: `${path}/${owner.id}`, query: { include: relationship } };
		// A name that cannot be read is no reason to hide the others.
		const document = await reader.fetchObject(request).catch(() => undefined);
		const object = document && getIncluded(document).find((one) => one.id === id);
		return object ? buildEntry(object, formatSetting) : unnamed;
	};
	const entries = await Promise.all([...owners].map(nameOne));
	const results = tellApart(entries.filter((entry) => matches(entry, filter.trim())));
	return { results: [...results, buildNote(note)] };
}
