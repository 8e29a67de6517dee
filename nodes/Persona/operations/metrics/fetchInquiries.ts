import type { ApiRequest } from '../../transport/apiRequest';
import { getAttributes, type PersonaObject } from '../../transport/jsonApi';
import {
	createCursorCheck,
	getNextCursor,
	MAX_PAGE_SIZE,
	type SendRequest,
} from '../../transport/pagination';

/** How many cursors page through a period at the same time. */
const MAX_CURSORS = 4;

/** A cursor shares its range only where, by its last page, at least this many pages remain. */
const MIN_PAGES_TO_SPLIT = 2;

/** The part of the period that one cursor pages through, newest first. Times are since 1970. */
interface TimeRange {
	/** Moves up when the older half goes to another cursor. */
	startMs: number;
	readonly endMs: number;
	/** Creation of the oldest inquiry on the last page. */
	oldestMs: number;
	/** Time between the oldest and the newest inquiry on the last page. */
	pageSpanMs: number;
	/** Where the next page begins; undefined where there is none. */
	cursor?: string;
	readonly checkCursor: ReturnType<typeof createCursorCheck>;
}

const getCreatedAtMs = (inquiry: PersonaObject) =>
	Date.parse(String(getAttributes(inquiry)['created-at']));

/** How much of a range is still to be read; zero where that is not worth another cursor. */
function getShareableMs({ startMs, oldestMs, pageSpanMs, cursor }: TimeRange): number {
	const remainingMs = oldestMs - startMs;
	const minimumMs = Math.max(1, pageSpanMs * MIN_PAGES_TO_SPLIT);
	return cursor !== undefined && remainingMs > minimumMs ? remainingMs : 0;
}

/** The request for the next page of a range. */
function buildPageRequest(request: ApiRequest, range: TimeRange, periodEndMs: number): ApiRequest {
	const { startMs, endMs, cursor } = range;
	const filter = {
		...(request.query?.filter as object),
		'created-at-start': new Date(startMs).toISOString(),
		...(endMs < periodEndMs && { 'created-at-end': new Date(endMs).toISOString() }),
	};
	const page = { size: MAX_PAGE_SIZE, after: cursor };
	return { ...request, query: { ...request.query, filter, page } };
}

/** Moves a range on behind a page with inquiries of these times. */
function advanceRange(
	range: TimeRange,
	timesMs: number[],
	nextCursor: string | undefined,
	hasNewObjects: boolean,
) {
	if (timesMs.length > 0) {
		range.oldestMs = Math.min(...timesMs);
		range.pageSpanMs = Math.max(...timesMs) - range.oldestMs;
	}
	// Newest first (https://docs.withpersona.com/pagination): only older inquiries would follow.
	const isRangeRead = range.oldestMs < range.startMs;
	range.cursor = isRangeRead ? undefined : nextCursor;
	if (range.cursor !== undefined) range.checkCursor(range.cursor, hasNewObjects);
}

/**
 * Calls `onInquiry` for every inquiry of a period that a request finds, once each and in no order.
 * A page only says where the next one begins, so a cursor with much left to read gives the older
 * half of it to another cursor, up to the maximum. Throws what `send` throws, without further requests.
 */
export async function fetchInquiries(
	send: SendRequest,
	request: ApiRequest,
	period: { startMs: number; endMs: number },
	onInquiry: (inquiry: PersonaObject) => void,
): Promise<void> {
	const seenIds = new Set<string>();
	const activeRanges = new Set<TimeRange>();
	const reads: Array<Promise<void>> = [];
	let failure: Error | undefined;

	const readPage = async (range: TimeRange) => {
		const { data, links } = await send(buildPageRequest(request, range, period.endMs));
		const inquiries = [data].flat();
		const timesMs = inquiries.map(getCreatedAtMs);
		const seenBefore = seenIds.size;
		inquiries.forEach((inquiry, index) => {
			const timeMs = timesMs[index];
			// Persona's filter includes the end, and another cursor may have taken over the start.
			if (timeMs < range.startMs || timeMs >= range.endMs || seenIds.has(inquiry.id)) return;
			seenIds.add(inquiry.id);
			onInquiry(inquiry);
		});
		const nextCursor = links?.next ? getNextCursor(links.next, inquiries) : undefined;
		advanceRange(range, timesMs, nextCursor, seenIds.size > seenBefore);
	};
	const readRange = async (range: TimeRange) => {
		do {
			await readPage(range);
			shareRanges();
		} while (range.cursor !== undefined && !failure);
		activeRanges.delete(range);
		shareRanges();
	};
	const startRange = (startMs: number, endMs: number) => {
		const checkCursor = createCursorCheck();
		const range: TimeRange = { startMs, endMs, oldestMs: endMs, pageSpanMs: 0, checkCursor };
		activeRanges.add(range);
		reads.push(readRange(range).catch((error: Error) => void (failure ??= error)));
	};
	const shareRanges = () => {
		while (!failure && activeRanges.size < MAX_CURSORS) {
			const [longest] = [...activeRanges].sort((a, b) => getShareableMs(b) - getShareableMs(a));
			if (!longest || getShareableMs(longest) === 0) return;
			const middleMs = Math.floor((longest.startMs + longest.oldestMs) / 2);
			startRange(longest.startMs, middleMs);
			longest.startMs = middleMs;
		}
	};

	startRange(period.startMs, period.endMs);
	// Reads are added while this loop runs.
	for (const read of reads) await read;
	if (failure) throw failure;
}
