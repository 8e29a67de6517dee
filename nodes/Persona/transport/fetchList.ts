import type { ApiRequest } from './apiRequest';
import type { ListDocument, PersonaObject } from './jsonApi';
import { paginate, type SendRequest } from './pagination';
import { canReadInParts, readInParts } from './readInParts';

interface ListOptions {
	/** How many objects to read; Infinity for all. */
	limit: number;
	/** The cursor after which to begin; empty for the beginning. */
	startAfter: string;
	/** Persona returns the whole list at once. */
	unpaged?: boolean;
	/** The filters that the list has, by Persona's names. */
	filters?: object;
}

/**
 * Reads a list up to the limit: page after page, or where all of it is wanted and Persona can cut it by
 * time, several parts at the same time. Returns what `convert` makes of each object, in Persona's order and
 * each once, and whether the list has more. Throws what `send` throws, and if the pages repeat.
 */
export async function fetchList<T>(
	send: SendRequest,
	request: ApiRequest,
	convert: (object: PersonaObject, document: ListDocument) => T,
	{ limit, startAfter, unpaged, filters = {} }: ListOptions,
): Promise<{ results: T[]; hasMore: boolean }> {
	if (limit === Infinity && !unpaged && canReadInParts(filters, request)) {
		const convertPage = (objects: PersonaObject[], document: ListDocument) =>
			objects.map((object) => convert(object, document));
		const results = await readInParts(send, request, convertPage, startAfter || undefined);
		return { results, hasMore: false };
	}
	const results: T[] = [];
	let isCut = false;
	for await (const found of paginate(send, request, limit, { unpaged, startAfter })) {
		results.push(convert(found.object, found.document));
		isCut = found.hasMore && results.length >= limit;
	}
	return { results, hasMore: isCut };
}
