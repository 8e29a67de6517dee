import type { Request } from '../../transport/client';
import type { PersonaObject } from '../../transport/jsonApi';
import { pages, PAGE_SIZE, type Send } from '../../transport/pages';

/** Parts of a period that are read side by side. */
const PARTS = 4;

/** Takes an inquiry of a list that reaches from a moment to just before another, in milliseconds. */
export type Take = (inquiry: PersonaObject, from: number, to: number) => void;

/**
 * Hands over every inquiry that a request finds, once and in no order: what fits on one page from
 * that, more in parts of equal time, since each page tells only where its next one begins. Persona's
 * filter takes both ends in, so `take` has to leave out what lies outside its moments.
 */
export async function readInquiries(
	send: Send,
	request: Request,
	[from, to]: [number, number],
	take: Take,
): Promise<void> {
	const first = await send({ ...request, query: { ...request.query, page: { size: PAGE_SIZE } } });
	if (!first.links?.next) {
		for (const inquiry of [first.data].flat()) take(inquiry, from, to);
		return;
	}
	const border = (index: number) => Math.round(from + ((to - from) * index) / PARTS);
	let going = true;
	const read = async (index: number) => {
		const [begin, end] = [border(index), border(index + 1)];
		for await (const { object } of pages(send, part(request, index, border), Infinity)) {
			if (!going) return;
			take(object, begin, end);
		}
	};
	try {
		await Promise.all(Array.from({ length: PARTS }, async (_, index) => await read(index)));
	} finally {
		going = false;
	}
}

/** The request for one part; the outer ends stay as they were asked for. */
function part(request: Request, index: number, border: (index: number) => number): Request {
	const at = (one: number) => new Date(border(one)).toISOString();
	const inner = {
		...(index > 0 && { 'created-at-start': at(index) }),
		...(index < PARTS - 1 && { 'created-at-end': at(index + 1) }),
	};
	const filter = { ...(request.query?.filter as object), ...inner };
	return { ...request, query: { ...request.query, filter } };
}
