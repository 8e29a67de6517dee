import {
	createEmptyCursor,
	fetchBacklog,
	type Backlog,
	type BacklogQuery,
} from '../../events/backlog';
import {
	createPageFetcher,
	paginateEvents,
	type EventPage,
	type FetchPage,
} from '../../events/eventList';
import type { EventSource } from '../../events/eventSource';
import type { EventSelection } from '../../events/parameters';
import {
	advanceState,
	getSubscribedSince,
	hasSameSubscriptions,
	mergeSubscriptions,
	OVERLAP_MS,
	type PollState,
	type TimesByKey,
} from './pollState';
import { toItems, type ConvertedEvents } from './toItems';

/** What one poll needs. */
export interface PollInput {
	source: EventSource;
	/** Names of the events that the trigger listens to. */
	eventNames: string[];
	selection: EventSelection;
	/** Changed in place, and only if the whole poll succeeds. */
	state: PollState;
	/** When to stop reading events, in milliseconds since 1970. */
	readDeadlineMs: number;
	/** When to stop reading the latest states of objects, in milliseconds since 1970. */
	deadlineMs: number;
}

/** Returns the time of the newest event of a page, but never one in the future. */
const getNewestTime = ({ events }: EventPage) =>
	Math.min(Date.now(), Math.max(0, ...events.map(({ at }) => at)));

/** Creates the state of a trigger that starts to listen: all existing events count as done. */
async function initializeState(fetchPage: FetchPage, eventNames: string[]): Promise<PollState> {
	const seen: TimesByKey = {};
	let newestMs: number | undefined;
	let environment: string | undefined;
	for await (const page of paginateEvents(fetchPage)) {
		environment = page.environment;
		newestMs ??= getNewestTime(page);
		for (const { event, at } of page.events) seen[event.id] = at;
		const last = page.events[page.events.length - 1];
		if (!last || last.at < newestMs - OVERLAP_MS) break;
	}
	return {
		...advanceState({}, seen, newestMs ?? 0),
		environment,
		chosen: mergeSubscriptions({}, eventNames, 0),
		place: createEmptyCursor(),
	};
}

/** Statuses with which Persona rejects a cursor, because its event may no longer exist. */
const REJECTED_CURSOR_STATUSES = ['400', '404'];

/**
 * Fetches the backlog from the query's cursor on, or from the newest page if Persona rejects it.
 */
async function fetchBacklogOrRestart(fetchPage: FetchPage, query: BacklogQuery): Promise<Backlog> {
	return await fetchBacklog(fetchPage, query).catch(async (error: { httpCode?: string }) => {
		const isCursorRejected = REJECTED_CURSOR_STATUSES.includes(error.httpCode ?? '');
		if (!isCursorRejected || query.cursor.starts.length === 0) throw error;
		return await fetchBacklog(fetchPage, { ...query, cursor: createEmptyCursor() });
	});
}

/** Builds the state after the first `doneCount` events of a backlog are done. */
function buildStateAfter(state: PollState, backlog: Backlog, doneCount: number) {
	const { events, newestMs, isComplete, nextCursor, retryCursor } = backlog;
	const done = events.slice(0, doneCount);
	const isAllDone = doneCount === events.length;
	const reachedMs = isAllDone ? newestMs : done[doneCount - 1].at;
	const times = Object.fromEntries(done.map(({ event, at }) => [event.id, at]));
	return {
		...advanceState(state, times, isComplete ? reachedMs : 0),
		place: isAllDone ? nextCursor : retryCursor,
	};
}

/** Assigns only changed members: every assignment makes n8n save the static data. */
function saveChanges(state: PollState, next: PollState) {
	for (const [name, value] of Object.entries(next)) {
		if (JSON.stringify(state[name]) !== JSON.stringify(value)) state[name] = value;
	}
}

/**
 * Returns the items for the events since the last poll, each once, oldest first. Throws the error
 * that `source` creates for a failure; the state is then unchanged, and the next poll reads the
 * same events.
 */
export async function pollOnce({
	source,
	eventNames,
	selection,
	state,
	readDeadlineMs,
	deadlineMs,
}: PollInput): Promise<ConvertedEvents['items']> {
	const fetchFromPersona = createPageFetcher(source, eventNames);
	const newestPage = await fetchFromPersona();
	const fetchPage: FetchPage = async (cursor) =>
		cursor === undefined ? newestPage : await fetchFromPersona(cursor);
	const { chosen: before, seen = {}, from = 0 } = state;
	const environment = newestPage.environment ?? state.environment;
	// Another API key may belong to another environment, where these times and IDs mean nothing.
	if (!before || (state.environment ?? environment) !== environment) {
		saveChanges(state, await initializeState(fetchPage, eventNames));
		return [];
	}
	const chosen = mergeSubscriptions(before, eventNames, getNewestTime(newestPage));
	const backlog = await fetchBacklogOrRestart(fetchPage, {
		fromMs: from,
		cursor: (hasSameSubscriptions(before, chosen) && state.place) || createEmptyCursor(),
		deadlineMs: readDeadlineMs,
		isNew: ({ event: { id, attributes }, at }) => {
			const since = getSubscribedSince(chosen, attributes.name);
			return since !== undefined && at > since && !Object.hasOwn(seen, id);
		},
	});
	const { items, doneCount } = await toItems(source, backlog.events, selection, deadlineMs);
	// Everything is saved together at the end: after a failure the next poll reads the same events.
	saveChanges(state, { ...buildStateAfter(state, backlog, doneCount), chosen, environment });
	return items;
}
