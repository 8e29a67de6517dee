import { canStillMatch, matches } from '../../events/conditions';
import { toItem, type PersonaEvent } from '../../events/event';
import type { TimestampedEvent } from '../../events/eventList';
import type { EventSource } from '../../events/eventSource';
import type { EventSelection } from '../../events/parameters';
import { fetchLatestState } from '../latestState';

/** How many objects are read at the same time; the client respects the rate limit. */
const CONCURRENT_READS = 10;

/** Items for events, and how many of the events, from the first one on, are done. */
export interface ConvertedEvents {
	items: Array<ReturnType<typeof toItem>>;
	doneCount: number;
}

/**
 * Resolves to the event to match and emit, undefined if it can never match, or an error if it
 * cannot be read.
 */
async function resolveEvent(
	source: EventSource,
	event: PersonaEvent,
	{ conditions, include, fetchLatest }: EventSelection,
): Promise<PersonaEvent | undefined | Error> {
	if (!fetchLatest) return event;
	if (!canStillMatch(event, conditions)) return undefined;
	const latest = await fetchLatestState(source.request, event, include);
	if (latest.failure) return source.toResponseError(latest.failure, latest.permission);
	// If the object no longer exists, its last known state is emitted, which is that in the event.
	return latest.event ?? event;
}

/**
 * Converts events to items, in their order, until the deadline (milliseconds since 1970) or until
 * an object cannot be read. Throws only if that is the first one, so that every poll makes
 * progress.
 */
export async function toItems(
	source: EventSource,
	events: TimestampedEvent[],
	selection: EventSelection,
	deadlineMs: number,
): Promise<ConvertedEvents> {
	const items: ConvertedEvents['items'] = [];
	for (let doneCount = 0; doneCount < events.length; doneCount += CONCURRENT_READS) {
		if (selection.fetchLatest && doneCount > 0 && Date.now() > deadlineMs) {
			return { items, doneCount };
		}
		const batch = events.slice(doneCount, doneCount + CONCURRENT_READS);
		const resolved = await Promise.all(
			batch.map(async ({ event }) => await resolveEvent(source, event, selection)),
		);
		for (const [index, event] of resolved.entries()) {
			if (event instanceof Error) {
				if (doneCount + index === 0) throw event;
				return { items, doneCount: doneCount + index };
			}
			if (event && matches(event, selection.conditions)) {
				items.push(toItem(event, 1, selection.output));
			}
		}
	}
	return { items, doneCount: events.length };
}
