import { createPageFetcher, paginateEvents } from '../../events/eventList';
import type { EventSource } from '../../events/eventSource';
import { isSubscribed, type EventSelection } from '../../events/parameters';
import { toItems, type ConvertedEvents } from './toItems';

/** Maximum number of events that a manual run shows. */
const MAX_SAMPLES = 10;

/** Maximum number of pages that a manual run reads, because a user is waiting for it. */
const MAX_PAGES = 3;

/** Returns the last events that the trigger would have emitted, oldest first. Stores nothing. */
export async function pollManually(
	source: EventSource,
	eventNames: string[],
	selection: EventSelection,
): Promise<ConvertedEvents['items']> {
	const newestFirst: ConvertedEvents['items'] = [];
	let pageCount = 0;
	for await (const page of paginateEvents(createPageFetcher(source, eventNames))) {
		const events = page.events.filter(({ event }) =>
			isSubscribed(eventNames, event.attributes.name),
		);
		for (
			let index = 0;
			index < events.length && newestFirst.length < MAX_SAMPLES;
			index += MAX_SAMPLES
		) {
			const batch = events.slice(index, index + MAX_SAMPLES);
			newestFirst.push(...(await toItems(source, batch, selection, Infinity)).items);
		}
		if (newestFirst.length >= MAX_SAMPLES || ++pageCount === MAX_PAGES) break;
	}
	return newestFirst.slice(0, MAX_SAMPLES).reverse();
}
