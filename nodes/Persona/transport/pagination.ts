import type { ApiRequest } from './client';
import type { JsonApiDocument, PersonaObject } from './jsonApi';

/** The largest page Persona gives (https://docs.withpersona.com/pagination). */
export const MAX_PAGE_SIZE = 100;

/** Sends a request and returns its document. */
export type SendRequest = (request: ApiRequest) => Promise<JsonApiDocument>;

/**
 * Every object of a list once, up to `limit`, however the pages shift while they are read. No page
 * is asked for that the limit does not need. A search carries its page in the body.
 */
export async function* paginate(
	send: SendRequest,
	request: ApiRequest,
	limit: number,
	unpaged = false,
): AsyncGenerator<{ object: PersonaObject; document: JsonApiDocument; hasMore: boolean }> {
	const seen = new Set<string>();
	const cursors = new Set<string>();
	let count = 0;
	const ask = async (after?: string) => {
		const size = unpaged ? undefined : Math.min(MAX_PAGE_SIZE, limit - count);
		const page = size || after ? { size, after } : undefined;
		return await send(
			request.method === 'POST'
				? { ...request, body: { ...request.body, page } }
				: { ...request, query: { ...request.query, page } },
		);
	};
	let coming: Promise<JsonApiDocument> | undefined = ask();
	while (coming) {
		const document: JsonApiDocument = await coming;
		const objects = [document.data].flat();
		// What has no ID, such as a rate limit, cannot come twice.
		const fresh = objects
			.filter(({ id }) => id === undefined || (!seen.has(id) && seen.add(id)))
			.slice(0, limit - count);
		count += fresh.length;
		const next = document.links?.next;
		const after = next ? getNextCursor(next, objects) : undefined;
		// A cursor that comes back would go round for ever.
		const goesOn = after !== undefined && !cursors.has(after) && count < limit;
		if (goesOn) cursors.add(after);
		// The next page is on its way while this one is worked on.
		coming = goesOn ? ask(after) : undefined;
		coming?.catch(() => {});
		for (const [index, object] of fresh.entries()) {
			yield { object, document, hasMore: Boolean(next) || index < fresh.length - 1 };
		}
	}
}

/** The cursor of the next page: in the link, or else the last ID, which is the same by definition. */
export function getNextCursor(next: string, objects: PersonaObject[]): string | undefined {
	const after = new URLSearchParams(next.split('?')[1]).get('page[after]');
	return after ?? objects[objects.length - 1]?.id;
}
