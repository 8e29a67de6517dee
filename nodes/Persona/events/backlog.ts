import type { IDataObject } from 'n8n-workflow';
import { paginateEvents, type FetchPage, type TimestampedEvent } from './eventList';

/**
 * How far a long backlog has been read, in IDs of events. n8n stores it, so its members must keep
 * their names.
 */
export interface BacklogCursor extends IDataObject {
	/**
	 * Each is the event above a part that is not emitted yet, the oldest part last. The newest page is
	 * above all of them.
	 */
	starts: string[];
	/** Everything that was visible below this event has been emitted. */
	floor?: string;
}

/** What to read: from the cursor of the last reading down to a time. */
export interface BacklogQuery {
	/** Milliseconds since 1970, by Persona's clock. */
	fromMs: number;
	isNew: (event: TimestampedEvent) => boolean;
	cursor: BacklogCursor;
	/** When reading should stop, in milliseconds since 1970. */
	deadlineMs: number;
}

/** The oldest new events, and where to continue. */
export interface Backlog {
	/** Oldest first. */
	events: TimestampedEvent[];
	/** Time of the newest event on the pages they come from, in milliseconds since 1970. */
	newestMs: number;
	/** Whether all pages down to `fromMs` were read; events may still become visible below a floor. */
	isComplete: boolean;
	/** Where to continue when these events are done. */
	nextCursor: BacklogCursor;
	/** Where to continue if they are not. */
	retryCursor: BacklogCursor;
}

/** Maximum number of new events that are held and emitted at once; the rest follows next time. */
export const MAX_BACKLOG_EVENTS = 2_000;

/** Creates the cursor for reading from the newest page, when nothing is left from before. */
export const createEmptyCursor = (): BacklogCursor => ({ starts: [] });

/**
 * Fetches the oldest new events. Persona lists the newest first, so this reads down to `fromMs` and
 * keeps what it read last. Of the newer parts it only remembers where each begins.
 */
export async function fetchBacklog(fetchPage: FetchPage, query: BacklogQuery): Promise<Backlog> {
	const { fromMs, isNew, deadlineMs } = query;
	const { floor } = query.cursor;
	const starts = [...query.cursor.starts];
	const retryCursor = { starts, floor };
	const found = new Map<string, TimestampedEvent>();
	let newestMs = 0;
	let start = starts[starts.length - 1];
	for await (const { events, next } of paginateEvents(fetchPage, start)) {
		const newEvents = events.filter((event) => event.at >= fromMs && isNew(event));
		if (found.size > 0 && found.size + newEvents.length > MAX_BACKLOG_EVENTS) {
			starts.push(start);
			found.clear();
			newestMs = 0;
		}
		for (const event of newEvents) found.set(event.event.id, event);
		newestMs = Math.max(newestMs, ...events.map(({ at }) => at));
		const last = events[events.length - 1];
		const isDone = last && (last.at < fromMs || events.some(({ event }) => event.id === floor));
		if (next === undefined || isDone) break;
		start = next;
		if (Date.now() <= deadlineMs) continue;
		starts.push(start);
		return { events: [], newestMs: 0, isComplete: false, nextCursor: retryCursor, retryCursor };
	}
	// Of events at the same time, the one that is listed later happened earlier.
	const events = [...found.values()].reverse().sort((one, other) => one.at - other.at);
	const nextCursor = { starts: starts.slice(0, -1), floor: starts[starts.length - 1] };
	return { events, newestMs, isComplete: floor === undefined, nextCursor, retryCursor };
}
