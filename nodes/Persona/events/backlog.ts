import type { IDataObject } from 'n8n-workflow';
import { paginateEvents, type FetchPage, type TimestampedEvent } from './eventList';

/** How far a long backlog has been passed on, in IDs of events. */
export interface BacklogCursor extends IDataObject {
	/** Below each is a part still to pass on, the last part first; the newest page is above them all. */
	starts: string[];
	/** Below it all that was visible is done. */
	floor?: string;
}

/** What to read: down to a time, from where the last reading stopped. */
export interface BacklogQuery {
	/** Milliseconds since 1970. */
	from: number;
	isNew: (one: TimestampedEvent) => boolean;
	place: BacklogCursor;
	/** Milliseconds since 1970 when reading should stop. */
	deadline: number;
}

/** The oldest events that are new, and where those above them begin. */
export interface Backlog {
	/** Oldest first. */
	events: TimestampedEvent[];
	/** Time of the newest event that was read with them. */
	newest: number;
	/** Whether they were looked for down to `from`; events may become visible below a floor. */
	whole: boolean;
	/** Where to go on when these events are done, and where if they are not. */
	place: BacklogCursor;
	again: BacklogCursor;
}

/** New events that are held and passed on at once; the rest follows with the next poll. */
export const MAX_BACKLOG_EVENTS = 2_000;

const NO_EVENTS = { events: [], newest: 0, whole: false };

/**
 * Persona lists the newest events first, and the oldest are wanted first. So this reads down to
 * `from` and keeps what it read last; of what is above it only remembers where it begins.
 */
export async function fetchBacklog(ask: FetchPage, search: BacklogQuery): Promise<Backlog> {
	const { from, isNew, deadline } = search;
	const { floor } = search.place;
	const starts = [...search.place.starts];
	const again = { starts, floor };
	const found = new Map<string, TimestampedEvent>();
	let newest = 0;
	let start = starts[starts.length - 1];
	for await (const { events, next } of paginateEvents(ask, start)) {
		const fresh = events.filter((one) => one.at >= from && isNew(one));
		if (found.size > 0 && found.size + fresh.length > MAX_BACKLOG_EVENTS) {
			starts.push(start);
			found.clear();
			newest = 0;
		}
		for (const one of fresh) found.set(one.event.id, one);
		newest = Math.max(newest, ...events.map(({ at }) => at));
		const last = events[events.length - 1];
		const isDone = last && (last.at < from || events.some(({ event }) => event.id === floor));
		if (next === undefined || isDone) break;
		start = next;
		if (Date.now() <= deadline) continue;
		starts.push(start);
		return { ...NO_EVENTS, place: again, again };
	}
	// Of events at the same time, the one that is listed later happened earlier.
	const events = [...found.values()].reverse().sort((one, other) => one.at - other.at);
	const place = { starts: starts.slice(0, -1), floor: starts[starts.length - 1] };
	return { events, newest, whole: floor === undefined, place, again };
}
