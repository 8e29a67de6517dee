import type { IDataObject, IPollFunctions } from 'n8n-workflow';
import type { Client } from '../../transport/client';
import { toHeadlineError } from '../../transport/errors';
import { itemOf, type PersonaEvent } from '../../events/event';
import { mayPass, passes } from '../../events/conditions';
import { latestOf } from '../latestState';
import type { Selection } from '../../events/parameters';
import type { Timed } from '../../events/eventList';

/** Objects that are read at the same time; the client keeps the rate limit. */
const AT_A_TIME = 10;

/** What becomes of events, and of how many of them from the first one on. */
export interface Passed {
	items: IDataObject[];
	count: number;
}

/** The event to pass on, if its conditions can hold; an error where its object cannot be read. */
async function current(
	node: IPollFunctions,
	client: Client,
	event: PersonaEvent,
	{ onlyWhen, include, fetchLatest }: Selection,
): Promise<PersonaEvent | undefined | Error> {
	if (!fetchLatest) return event;
	if (!mayPass(event, onlyWhen)) return undefined;
	const latest = await latestOf(async (request) => await client.answer(request), event, include);
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
export async function passOn(
	node: IPollFunctions,
	client: Client,
	events: Timed[],
	selection: Selection,
	deadline: number,
): Promise<Passed> {
	const items: IDataObject[] = [];
	for (let count = 0; count < events.length; count += AT_A_TIME) {
		if (selection.fetchLatest && count > 0 && Date.now() > deadline) return { items, count };
		const some = events.slice(count, count + AT_A_TIME);
		const states = await Promise.all(
			some.map(async ({ event }) => await current(node, client, event, selection)),
		);
		for (const [index, state] of states.entries()) {
			if (state instanceof Error) {
				if (count + index === 0) throw state;
				return { items, count: count + index };
			}
			if (state && passes(state, selection.onlyWhen)) {
				items.push(itemOf(state, 1, selection.simplify));
			}
		}
	}
	return { items, count: events.length };
}
