import type { Request } from './client';
import type { Document, PersonaObject } from './operation';

/** The largest page Persona gives (https://docs.withpersona.com/pagination). */
export const PAGE_SIZE = 100;

/** Sends a request and returns its document. */
export type Send = (request: Request) => Promise<Document>;

/**
 * Every object of a list once, up to `limit`, however the pages shift while they are read. No page
 * is asked for that the limit does not need. A search carries its page in the body.
 */
export async function* pages(
	send: Send,
	request: Request,
	limit: number,
	unpaged = false,
): AsyncGenerator<{ object: PersonaObject; document: Document; more: boolean }> {
	const seen = new Set<string>();
	const cursors = new Set<string>();
	let after: string | undefined;
	let count = 0;
	do {
		const page = unpaged ? undefined : { size: Math.min(PAGE_SIZE, limit - count) };
		const cursor = page || after ? { ...page, ...(after && { after }) } : undefined;
		const document = await send(
			request.method === 'POST'
				? { ...request, body: { ...request.body, page: cursor } }
				: { ...request, query: { ...request.query, page: cursor } },
		);
		const objects = [document.data].flat();
		const fresh = objects.filter(({ id }) => id === undefined || !seen.has(id));
		const next = document.links?.next;
		for (const [index, object] of fresh.entries()) {
			if (count === limit) return;
			seen.add(object.id);
			count++;
			yield { object, document, more: Boolean(next) || index < fresh.length - 1 };
		}
		after = next ? cursorOf(next, objects) : undefined;
		// A cursor that comes back would go round for ever.
		if (after === undefined || cursors.has(after)) return;
		cursors.add(after);
	} while (count < limit);
}

/** The cursor of the next page: in the link, or else the last ID, which is the same by definition. */
export function cursorOf(next: string, objects: PersonaObject[]): string | undefined {
	const after = new URLSearchParams(next.split('?')[1]).get('page[after]');
	return after ?? objects[objects.length - 1]?.id;
}
