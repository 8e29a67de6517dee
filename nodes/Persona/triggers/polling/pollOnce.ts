import {
	createEmptyCursor,
	fetchBacklog,
	type Backlog,
	type BacklogQuery,
} from '../../events/backlog';
import {
	createEventList,
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

/** What one poll works with. */
export interface PollInput {
	source: EventSource;
	/** Names of the events that the trigger listens to. */
	eventNames: string[];
	selection: EventSelection;
	/** Changed in place, and only when everything went well. */
	state: PollState;
	/** When to stop reading events, in milliseconds since 1970. */
	readDeadlineMs: number;
	/** When to stop reading their latest states as well. */
	deadlineMs: number;
}

/** Time of the newest event of a page, but not in the future. */
const getNewestTime = ({ events }: EventPage) =>
	Math.min(Date.now(), Math.max(0, ...events.map(({ at }) => at)));

/** The state of a trigger that has just begun to listen: all events that exist count as done. */
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

/** Statuses with which Persona rejects a cursor: the event that it names may no longer exist. */
const REJECTED_CURSOR_STATUSES = ['400', '404'];

/** The backlog from the query's cursor on, or from the newest page where that cursor is gone. */
async function fetchBacklogOrRestart(fetchPage: FetchPage, query: BacklogQuery): Promise<Backlog> {
	return await fetchBacklog(fetchPage, query).catch(async (error: { httpCode?: string }) => {
		const isCursorRejected = REJECTED_CURSOR_STATUSES.includes(error.httpCode ?? '');
		if (!isCursorRejected || query.cursor.starts.length === 0) throw error;
		return await fetchBacklog(fetchPage, { ...query, cursor: createEmptyCursor() });
	});
}

/** The state when the first events of a backlog are done. */
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

/** Assigns changed members only: every assignment makes n8n save. */
function saveChanges(state: PollState, next: PollState) {
	for (const [name, value] of Object.entries(next)) {
		if (JSON.stringify(state[name]) !== JSON.stringify(value)) state[name] = value;
	}
}

/**
 * The items for the events since the last poll, each once, oldest first. Throws what the source makes
 * of a failure; the state is then unchanged, and the next poll reads the same events again.
 */
export async function pollOnce({
	source,
	eventNames,
	selection,
	state,
	readDeadlineMs,
	deadlineMs,
}: PollInput): Promise<ConvertedEvents['items']> {
	const fetchFromPersona = createEventList(source, eventNames);
	const newestPage = await fetchFromPersona();
	const fetchPage: FetchPage = async (cursor) =>
		cursor === undefined ? newestPage : await fetchFromPersona(cursor);
	const { chosen: before, seen = {}, from = 0 } = state;
	const environment = newestPage.environment ?? state.environment;
	// The times and IDs of one environment mean nothing in that of another key.
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
	// Everything is saved at once and at the end: after a failure the next poll reads the same again.
	saveChanges(state, { ...buildStateAfter(state, backlog, doneCount), chosen, environment });
	return items;
}
