import type { ApiRequest } from '../../transport/client';
import type { PersonaObject } from '../../transport/jsonApi';
import { getNextCursor, MAX_PAGE_SIZE, type SendRequest } from '../../transport/pagination';

/** Cursors that go through a period side by side. */
const MAX_CURSORS = 4;

/** Pages that a cursor must still have before it, as far as its last one tells, to share them. */
const MIN_PAGES_TO_SPLIT = 2;

/** The time that one cursor goes through, in milliseconds since 1970. */
interface TimeRange {
	/** What was created before is left to another cursor. */
	from: number;
	readonly to: number;
	/** The oldest of its last page, and how much older than the newest that is. */
	oldestMs: number;
	pageSpanMs: number;
	/** Where its next page begins; undefined when there is none. */
	cursor?: string;
	/** Where its pages have begun. */
	readonly seenCursors: Set<string>;
}

const getCreatedAtMs = ({ attributes }: PersonaObject) =>
	Date.parse(String(attributes?.['created-at']));

/** How much time lies before a cursor; zero where that is not worth a cursor of its own. */
function getUnreadMs({
	from,
	oldestMs: reached,
	pageSpanMs: ofPage,
	cursor: after,
}: TimeRange): number {
	const left = reached - from;
	return after !== undefined && left > Math.max(1, ofPage * MIN_PAGES_TO_SPLIT) ? left : 0;
}

/**
 * Hands over every inquiry of a period that a request finds, once and in no order. A page tells only
 * where the next one begins; so whoever reads a long stretch gives the older half of what is left to
 * another cursor, until there are enough of them. Throws what `send` throws and asks for no more then.
 */
export async function fetchInquiries(
	send: SendRequest,
	request: ApiRequest,
	{ from, to }: { from: number; to: number },
	take: (inquiry: PersonaObject) => void,
): Promise<void> {
	const seen = new Set<string>();
	const underWay = new Set<TimeRange>();
	const readings: Array<Promise<void>> = [];
	let failure: Error | undefined;

	const readPage = async (stretch: TimeRange) => {
		const page = { size: MAX_PAGE_SIZE, after: stretch.cursor };
		const filter = {
			...(request.query?.filter as object),
			'created-at-start': new Date(stretch.from).toISOString(),
			...(stretch.to < to && { 'created-at-end': new Date(stretch.to).toISOString() }),
		};
		const { data, links } = await send({ ...request, query: { ...request.query, filter, page } });
		const inquiries = [data].flat();
		const times = inquiries.map(getCreatedAtMs);
		inquiries.forEach((inquiry, index) => {
			const time = times[index];
			// Persona's filter takes the end in, and somebody else may read the beginning by now.
			if (time < stretch.from || time >= stretch.to || seen.has(inquiry.id)) return;
			seen.add(inquiry.id);
			take(inquiry);
		});
		if (times.length > 0) {
			stretch.oldestMs = Math.min(...times);
			stretch.pageSpanMs = Math.max(...times) - stretch.oldestMs;
		}
		const after = links?.next ? getNextCursor(links.next, inquiries) : undefined;
		// The newest come first (https://docs.withpersona.com/pagination), so older ones alone would follow.
		const isOver = stretch.oldestMs < stretch.from;
		// A cursor that comes back would go round for ever.
		stretch.cursor =
			after === undefined || isOver || stretch.seenCursors.has(after) ? undefined : after;
		if (after !== undefined) stretch.seenCursors.add(after);
	};
	const read = async (stretch: TimeRange) => {
		do {
			await readPage(stretch);
			share();
		} while (stretch.cursor !== undefined && !failure);
		underWay.delete(stretch);
		share();
	};
	const begin = (start: number, end: number) => {
		const begun = new Set<string>();
		const stretch: TimeRange = {
			from: start,
			to: end,
			oldestMs: end,
			pageSpanMs: 0,
			seenCursors: begun,
		};
		underWay.add(stretch);
		readings.push(read(stretch).catch((error: Error) => void (failure ??= error)));
	};
	const share = () => {
		while (!failure && underWay.size < MAX_CURSORS) {
			const [longest] = [...underWay].sort((one, other) => getUnreadMs(other) - getUnreadMs(one));
			if (!longest || getUnreadMs(longest) === 0) return;
			const middle = Math.floor((longest.from + longest.oldestMs) / 2);
			begin(longest.from, middle);
			longest.from = middle;
		}
	};

	begin(from, to);
	for (const reading of readings) await reading;
	if (failure) throw failure;
}
