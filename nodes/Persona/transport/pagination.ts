import { UserError } from 'n8n-workflow';
import type { ApiRequest } from './apiRequest';
import type { ListDocument, PersonaObject } from './jsonApi';

/** The largest page that Persona returns (https://docs.withpersona.com/pagination). */
export const MAX_PAGE_SIZE = 100;

/**
 * How many pages in a row may have no new object. Our own choice: pages overlap or are empty where objects
 * come and go while they are read, but not this often.
 */
const MAX_STALE_PAGES = 50;

/** Sends a request and returns the document of its response. Throws if there is none. */
export type SendRequest = (request: ApiRequest) => Promise<ListDocument>;

/** One object of a list, the page it is on, and whether the list has more objects after it. */
export interface PaginatedObject {
	object: PersonaObject;
	document: ListDocument;
	hasMore: boolean;
}

/**
 * Yields each object of a list once, from its beginning or after a cursor, up to `limit`, even if the
 * pages shift while they are read. Only the pages that the limit needs are requested, each while the
 * caller works on the one before it. Throws what `sendRequest` throws, and if the pages repeat.
 */
export async function* paginate(
	sendRequest: SendRequest,
	request: ApiRequest,
	limit: number,
	{ unpaged, startAfter }: { unpaged?: boolean; startAfter?: string } = {},
): AsyncGenerator<PaginatedObject> {
	const seenIds = new Set<string>();
	const checkCursor = createCursorCheck(startAfter);
	let count = 0;
	const fetchPage = async (after?: string) => {
		const size = unpaged ? undefined : Math.min(MAX_PAGE_SIZE, limit - count);
		const page = size || after ? { size, after } : undefined;
		return await sendRequest({ ...addPage(request, page), expects: 'list' });
	};
	let nextPage: Promise<ListDocument> | undefined = fetchPage(startAfter || undefined);
	while (nextPage) {
		const document: ListDocument = await nextPage;
		const objects = document.data;
		// An object without an ID, such as a rate limit, cannot be on two pages.
		const unseen = objects
			.filter(({ id }) => id === undefined || (!seenIds.has(id) && seenIds.add(id)))
			.slice(0, limit - count);
		count += unseen.length;
		const link = document.links?.next;
		const cursor = link && count < limit ? getNextCursor(link, objects) : undefined;
		if (cursor !== undefined) checkCursor(cursor, unseen.length > 0);
		nextPage = cursor === undefined ? undefined : fetchPage(cursor);
		// An error is thrown when the page is awaited; until then it must not count as unhandled.
		nextPage?.catch(() => {});
		for (const [index, object] of unseen.entries()) {
			yield { object, document, hasMore: Boolean(link) || index < unseen.length - 1 };
		}
	}
}

/** A search carries its page in the body, any other list in the query. */
function addPage(request: ApiRequest, page?: { size?: number; after?: string }): ApiRequest {
	return request.method === 'POST'
		? { ...request, body: { ...request.body, page } }
		: { ...request, query: { ...request.query, page } };
}

/**
 * Gets the cursor of the next page from the link to it, or else from the last object, whose ID
 * Persona defines as the cursor. The rest of the link, such as its host, does not matter. Throws if
 * neither has one, since the list would end too early.
 */
export function getNextCursor(link: string, objects: PersonaObject[]): string {
	const after = new URLSearchParams(link.split('?')[1]).get('page[after]');
	const cursor = after ?? objects[objects.length - 1]?.id;
	if (typeof cursor === 'string') return cursor;
	throw new UserError('The list is not complete: its answer does not say where the next page is');
}

/**
 * Creates the check of a list's cursors: called with each before it is used, and with whether the page that
 * named it had an object not seen before. It throws where the same pages would be read forever; a list
 * that ended there would lack the rest.
 */
export function createCursorCheck(startAfter?: string) {
	const usedCursors = new Set(startAfter ? [startAfter] : []);
	let stalePages = 0;
	return (cursor: string, hasNewObjects: boolean): void => {
		stalePages = hasNewObjects ? 0 : stalePages + 1;
		const problem = usedCursors.has(cursor)
			? 'the same page came twice'
			: stalePages >= MAX_STALE_PAGES && `${stalePages} pages in a row had no object that is new`;
		usedCursors.add(cursor);
		if (!problem) return;
		throw new UserError(
			`The list is not complete: ${problem}. A proxy or cache may ignore which page is asked for: check 'API URL' in the credential`,
		);
	};
}
