import type { ApiRequest } from './apiRequest';
import { getAttributes, type ListDocument, type PersonaObject } from './jsonApi';
import { createCursorCheck, getNextCursor, MAX_PAGE_SIZE, type SendRequest } from './pagination';

/** The filters by which a list is cut. Persona includes the moment in both. */
const [START, END] = ['created-at-start', 'created-at-end'];

/** Persona takes no other filter beside it. */
const EXCLUSIVE_FILTER = 'note';

/** How many cursors page through a list at the same time. */
const MAX_CURSORS = 4;

/** One cursor reads a list of no more pages than this, with no request that could be spared. */
const UNDIVIDED_PAGES = 5;

/** A part is divided only where more pages than this seem to remain. */
const MIN_PAGES_TO_DIVIDE = 4;

/** How many pages say how dense a part is, where its start is known. */
const PAGES_TO_KNOW = 2;

/** What one cursor reads, newest first. All times are by Persona's clock, in milliseconds since 1970. */
interface Part<T> {
	/** Moves up when what is older goes to another cursor; -Infinity in the part with the oldest objects. */
	startMs: number;
	/** The end, which is not part of it; Infinity in the part with the newest objects. */
	readonly endMs: number;
	/** Creation of the oldest object so far; NaN where that is not known. */
	oldestMs: number;
	/** Time that the last page has covered. */
	pageSpanMs: number;
	/** Pages with objects since the start was set. */
	pages: number;
	/** Where the next page begins; undefined before the first and after the last one. */
	cursor?: string;
	isRead?: true;
	readonly checkCursor: ReturnType<typeof createCursorCheck>;
	readonly results: T[];
}

/** Whether `readInParts` can read a list that has these filters, by Persona's names. */
export const canReadInParts = (filters: object, { query }: ApiRequest): boolean =>
	[START, END].every((name) => Object.hasOwn(filters, name)) &&
	!Object.hasOwn((query?.filter ?? {}) as object, EXCLUSIVE_FILTER);

const getCreatedAtMs = (object: PersonaObject) =>
	Date.parse(String(getAttributes(object)['created-at']));

/** The request for the next page of a part, within the times that the user has set. */
function buildPageRequest(request: ApiRequest, part: Part<unknown>): ApiRequest {
	const { startMs, endMs, cursor } = part;
	const filter = {
		...(request.query?.filter as object),
		// A moment earlier, since Persona may show a time as the next millisecond.
		...(startMs > -Infinity && { [START]: new Date(startMs - 1).toISOString() }),
		...(endMs < Infinity && { [END]: new Date(endMs).toISOString() }),
	};
	const page = { size: MAX_PAGE_SIZE, after: cursor };
	return { ...request, query: { ...request.query, filter, page } };
}

/** Moves a part on behind a page whose objects were created at these times. */
function advance(part: Part<unknown>, timesMs: number[]) {
	const { oldestMs, pageSpanMs } = part;
	if (timesMs.length === 0) return;
	part.pages++;
	part.oldestMs = Math.min(...timesMs);
	// The first page alone may be a burst, so what the page before the part has covered counts as well.
	part.pageSpanMs = Number.isNaN(oldestMs)
		? Math.max(pageSpanMs, Math.max(...timesMs) - part.oldestMs)
		: oldestMs - part.oldestMs;
}

/**
 * Finds how many pages a part still has, if all are like the last one, and the time before which another
 * cursor should read it: its middle, but no more pages away than have been read, because nothing says how
 * far a list goes back. There is no such time where a division is not worth it.
 */
function findDivision(part: Part<unknown>, listStartMs: number, readPages: number) {
	const { oldestMs, pageSpanMs, cursor } = part;
	const startMs = Math.max(part.startMs, listStartMs);
	const pages = (oldestMs - startMs) / pageSpanMs;
	// A whole second, which Persona cannot round, and before what has been read.
	const keptMs = pageSpanMs * Math.min(pages / 2, readPages);
	const divisionMs = Math.ceil((oldestMs - keptMs) / 1_000 - 1) * 1_000;
	const isKnown = part.startMs === -Infinity || part.pages >= PAGES_TO_KNOW;
	const isLong = pages > MIN_PAGES_TO_DIVIDE && divisionMs > startMs;
	return cursor !== undefined && isKnown && isLong ? { pages, divisionMs } : { pages: 0 };
}

/**
 * Reads a whole list, from its beginning or after a cursor, and returns what `convert` makes of the
 * objects of each page: each object once, in Persona's order, newest first
 * (https://docs.withpersona.com/pagination). A page only says where the next one begins, so a long list is
 * cut by when its objects were created, and a few cursors read the parts at the same time. Throws what
 * `send` throws, without further requests, and if the pages repeat.
 */
export async function readInParts<T>(
	send: SendRequest,
	request: ApiRequest,
	convert: (objects: PersonaObject[], document: ListDocument) => T[],
	startAfter?: string,
): Promise<T[]> {
	const { [START]: from } = (request.query?.filter ?? {}) as Record<string, string | undefined>;
	// Nothing is older than 1970.
	const listStartMs = from === undefined ? 0 : Date.parse(from);
	const seenIds = new Set<string>();
	const parts: Array<Part<T>> = [];
	const reads: Array<Promise<void>> = [];
	let readPages = 0;
	let failure: Error | undefined;

	const readPage = async (part: Part<T>) => {
		const document = await send(buildPageRequest(request, part));
		const objects = document.data;
		const timesMs = objects.map(getCreatedAtMs);
		const unseen = objects.filter(({ id }, index) => {
			// The ends of parts overlap, and so do pages where objects come and go.
			if (timesMs[index] < part.startMs || timesMs[index] >= part.endMs) return false;

			return !seenIds.has(id) && seenIds.add(id);
		});
		readPages++;
		advance(part, timesMs);
		const link = document.links?.next;
		part.cursor = link ? getNextCursor(link, objects) : undefined;
		if (part.cursor !== undefined) part.checkCursor(part.cursor, unseen.length > 0);
		part.results.push(...convert(unseen, document));
	};
	const readPart = async (part: Part<T>) => {
		do {
			await readPage(part);
			divideParts();
		} while (part.cursor !== undefined && !failure);
		part.isRead = true;
		divideParts();
	};
	const addPart = (index: number, place: Pick<Part<T>, 'startMs' | 'endMs'> & Partial<Part<T>>) => {
		const checkCursor = createCursorCheck(place.cursor);
		const progress = { oldestMs: NaN, pageSpanMs: 0, pages: 0, results: [] };
		const part: Part<T> = { ...progress, checkCursor, ...place };
		parts.splice(index, 0, part);
		reads.push(readPart(part).catch((error: Error) => void (failure ??= error)));
	};
	const divideParts = () => {
		while (!failure && readPages >= UNDIVIDED_PAGES) {
			const active = parts.filter(({ isRead }) => !isRead);
			const [longest] = active
				.map((part) => ({ part, ...findDivision(part, listStartMs, readPages) }))
				.sort((one, other) => (one.pages < other.pages ? 1 : -1));
			if (active.length >= MAX_CURSORS || longest?.divisionMs === undefined) return;
			const { part, divisionMs } = longest;
			const { startMs, pageSpanMs } = part;
			addPart(parts.indexOf(part) + 1, { startMs, endMs: divisionMs, pageSpanMs });
			Object.assign(part, { startMs: divisionMs, pages: 0 });
		}
	};

	addPart(0, { startMs: -Infinity, endMs: Infinity, cursor: startAfter });
	// Reads are added while this loop runs.
	for (const read of reads) await read;
	if (failure) throw failure;
	return parts.flatMap(({ results }) => results);
}
