import type { ApiResponse } from '../transport/apiResponse';
import type { JsonApiDocument } from '../transport/jsonApi';
import { createCursorCheck, getNextCursor, MAX_PAGE_SIZE } from '../transport/pagination';
import { isRecord } from '../utils/isRecord';
import type { PersonaEvent } from './event';
import type { EventSource } from './eventSource';
import { ALL_EVENTS } from './eventTypes';

/** An event, and when it happened in milliseconds since 1970, by Persona's clock. */
export interface TimestampedEvent {
	event: PersonaEvent;
	at: number;
}

/** A page of the list of events, newest first; `next` is the cursor of the page below it. */
export interface EventPage {
	events: TimestampedEvent[];
	next?: string;
	/** Persona's ID of the environment that the API key belongs to. */
	environment?: string;
}

/**
 * Fetches the page below an event, or the newest one. Throws the `EventSource`'s error for a
 * failure.
 */
export type FetchPage = (cursor?: string) => Promise<EventPage>;

/** With more names in the filter, the URL of the request would be too long for Persona. */
const MAX_FILTER_NAMES = 40;

function parsePage({ toError }: EventSource, { body, headers }: ApiResponse): EventPage {
	const { data, links } = (isRecord(body) ? body : {}) as Partial<JsonApiDocument>;
	if (!Array.isArray(data)) {
		throw toError('Persona did not return a list of events', "Check 'API URL' in the credential.");
	}
	const events = data.map((object): TimestampedEvent => {
		const { id, attributes } = isRecord(object) ? object : {};
		const { name, 'created-at': createdAt } = isRecord(attributes) ? attributes : {};
		const at = typeof createdAt === 'string' ? Date.parse(createdAt) : NaN;
		if (typeof id === 'string' && typeof name === 'string' && !Number.isNaN(at)) {
			return { event: object as PersonaEvent, at };
		}
		throw toError(
			'Persona returned an event without its ID, name or time, so no events are emitted. Remove `name` and `created-at` from the attribute blocklist of the API key.',
		);
	});
	const next = links?.next ? getNextCursor(links.next, data) : undefined;
	return { events, next, environment: headers['persona-environment-id'] };
}

/**
 * Creates a function that fetches pages of the list of events with these names. If they are too
 * many for a filter, the pages contain all events.
 */
export function createPageFetcher(source: EventSource, eventNames: string[]): FetchPage {
	const canFilter = eventNames.length <= MAX_FILTER_NAMES && !eventNames.includes(ALL_EVENTS);
	const filter = canFilter ? { name: eventNames.join(',') } : undefined;
	return async (cursor) => {
		const response = await source.request({
			method: 'GET',
			path: '/events',
			expects: 'list',
			query: { page: { size: MAX_PAGE_SIZE, after: cursor }, filter },
		});
		if (response.statusCode !== 200) throw source.toResponseError(response, 'event.read');
		return parsePage(source, response);
	};
}

/**
 * Yields the pages below a cursor, or all pages, newest first. Throws if Persona repeats a page.
 */
export async function* paginateEvents(
	fetchPage: FetchPage,
	startCursor?: string,
): AsyncGenerator<EventPage> {
	const checkCursor = createCursorCheck();
	let lastIds = new Set<string>();
	for (let cursor = startCursor; ;) {
		const page = await fetchPage(cursor);
		yield page;
		cursor = page.next;
		if (cursor === undefined) return;
		const ids = page.events.map(({ event }) => event.id);
		// Only the page before: a trigger may read more events than should be remembered.
		checkCursor(
			cursor,
			ids.some((id) => !lastIds.has(id)),
		);
		lastIds = new Set(ids);
	}
}
