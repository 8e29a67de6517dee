import type { IDataObject, IPollFunctions } from 'n8n-workflow';
import type { Client } from '../../transport/client';
import { toHeadlineError } from '../../transport/errors';
import { toItem, type PersonaEvent } from '../../events/event';
import { canStillMatch, matches } from '../../events/conditions';
import { fetchLatestState } from '../latestState';
import type { EventSelection } from '../../events/parameters';
import type { TimestampedEvent } from '../../events/eventList';

/** Objects that are read at the same time; the client keeps the rate limit. */
const CONCURRENT_READS = 10;

/** What becomes of events, and of how many of them from the first one on. */
export interface ConvertedEvents {
	items: IDataObject[];
	count: number;
}

/** The event to pass on, if its conditions can hold; an error where its object cannot be read. */
async function resolveEvent(
	node: IPollFunctions,
	client: Client,
	event: PersonaEvent,
	{ onlyWhen, include, fetchLatest }: EventSelection,
): Promise<PersonaEvent | undefined | Error> {
	if (!fetchLatest) return event;
	if (!canStillMatch(event, onlyWhen)) return undefined;
	const latest = await fetchLatestState(
		async (request) => await client.request(request),
		event,
		include,
	);
	if (latest.failure) {
		const { permission } = latest;
		return toHeadlineError(node.getNode(), latest.failure, { permission });
	}
	// Of what is no longer there, the event tells the last that is known.
	return latest.event ?? event;
}

/**
 * The items for events, in their order, until the deadline, in milliseconds since 1970, or until an
 * object cannot be read; throws only where that is the first one, so that each poll gets further.
 */
export async function toItems(
	node: IPollFunctions,
	client: Client,
	events: TimestampedEvent[],
	selection: EventSelection,
	deadline: number,
): Promise<ConvertedEvents> {
	const items: IDataObject[] = [];
	for (let count = 0; count < events.length; count += CONCURRENT_READS) {
		if (selection.fetchLatest && count > 0 && Date.now() > deadline) return { items, count };
		const some = events.slice(count, count + CONCURRENT_READS);
		const states = await Promise.all(
			some.map(async ({ event }) => await resolveEvent(node, client, event, selection)),
		);
		for (const [index, state] of states.entries()) {
			if (state instanceof Error) {
				if (count + index === 0) throw state;
				return { items, count: count + index };
			}
			if (state && matches(state, selection.onlyWhen)) {
				items.push(toItem(state, 1, selection.simplify));
			}
		}
	}
	return { items, count: events.length };
}
