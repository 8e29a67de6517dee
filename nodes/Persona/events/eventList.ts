import { NodeOperationError } from 'n8n-workflow';
import type { ApiResponse } from '../transport/apiResponse';
import type { Client } from '../transport/client';
import { toHeadlineError } from '../transport/errors';
import type { JsonApiDocument } from '../transport/jsonApi';
import { isRecord } from '../transport/simplify';
import { getNextCursor, MAX_PAGE_SIZE } from '../transport/pagination';
import type { PersonaEvent } from './event';
import { ALL_EVENTS } from './eventTypes';
import type { TriggerFunctions } from './parameters';

/** An event, and when it happened in milliseconds since 1970. */
export interface TimestampedEvent {
	event: PersonaEvent;
	at: number;
}

/** A page of the list of events, newest first; `next` is the cursor of the one below it. */
export interface EventPage {
	events: TimestampedEvent[];
	next?: string;
	environment?: string;
}

/** Reads the page below an event, or the newest one. Throws one of n8n's errors. */
export type FetchPage = (after?: string) => Promise<EventPage>;

/** Names that Persona is asked for; the address of a request with more of them grows too long. */
const MAX_FILTER_NAMES = 40;

function parsePage(node: TriggerFunctions, { body, headers }: ApiResponse): EventPage {
	const { data, links } = (isRecord(body) ? body : {}) as Partial<JsonApiDocument>;
	if (!Array.isArray(data)) {
		throw new NodeOperationError(node.getNode(), 'Persona answered without a list of events', {
			description: "Check 'API URL' in the credential.",
		});
	}
	const events = data.map((object): TimestampedEvent => {
		const { id, attributes } = isRecord(object) ? object : {};
		const { name, 'created-at': createdAt } = isRecord(attributes) ? attributes : {};
		const at = typeof createdAt === 'string' ? Date.parse(createdAt) : NaN;
		if (typeof id === 'string' && typeof name === 'string' && !Number.isNaN(at)) {
			return { event: object as PersonaEvent, at };
		}
		throw new NodeOperationError(
			node.getNode(),
			'Persona gives an event without its ID, name or time, so none is passed on. Take `name` and `created-at` off the attribute blocklist of the API key.',
		);
	});
	const next = links?.next ? getNextCursor(links.next, data) : undefined;
	return { events, next, environment: headers['persona-environment-id'] };
}

/** A way to read the list of the events with these names; with many names, of all events. */
export function createEventList(
	node: TriggerFunctions,
	client: Client,
	names: string[],
): FetchPage {
	const few = names.length <= MAX_FILTER_NAMES && !names.includes(ALL_EVENTS);
	const filter = few ? { name: names.join(',') } : undefined;
	return async (after) => {
		const answer = await client.request({
			method: 'GET',
			path: '/events',
			query: { page: { size: MAX_PAGE_SIZE, after }, filter },
		});
		if (answer.statusCode !== 200) {
			throw toHeadlineError(node.getNode(), answer, { permission: 'event.read' });
		}
		return parsePage(node, answer);
	};
}

/** The pages below an event, or all, one after another. Throws where they go round in circles. */
export async function* paginateEvents(ask: FetchPage, after?: string): AsyncGenerator<EventPage> {
	const cursors = new Set<string>();
	for (let cursor = after; ;) {
		const page = await ask(cursor);
		yield page;
		cursor = page.next;
		if (cursor === undefined) return;
		if (cursors.has(cursor)) throw new Error("The pages of Persona's events repeat themselves");
		cursors.add(cursor);
	}
}
