import type { IPollFunctions } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import { Client } from '../../transport/client';
import { toItemError } from '../../transport/errors';
import { POLL_RETRY_POLICY } from '../../transport/retryPolicies';
import { readEventNames, readSelection } from '../../events/parameters';
import {
	fetchBacklog,
	type Backlog,
	type BacklogCursor,
	type BacklogQuery,
} from '../../events/backlog';
import {
	createEventList,
	paginateEvents,
	type FetchPage,
	type EventPage,
} from '../../events/eventList';
import { toItems } from './toItems';
import { pollManually } from './manualPoll';
import {
	advanceState,
	mergeSubscriptions,
	hasSameSubscriptions,
	getSubscribedSince,
	OVERLAP_MS,
} from './pollState';
import type { PollState, TimesByName } from './pollState';

/** Shares of the time n8n gives: to read, and to read the latest states as well. */
const READ_BUDGET_SHARE = 0.5;

const TOTAL_BUDGET_SHARE = 0.8;

/** States of the nodes that a poll is working on: n8n starts the next one also when one takes long. */
const runningPolls = new WeakSet<PollState>();

/** Where reading begins when nothing is left over. */
const createEmptyCursor = (): BacklogCursor => ({ starts: [] });

const getNewestTime = ({ events }: EventPage) =>
	Math.min(Date.now(), Math.max(0, ...events.map(({ at }) => at)));

/** The state of a node that has just begun to listen: what there is already is done. */
async function initializeState(ask: FetchPage, events: string[]): Promise<PollState> {
	const seen: TimesByName = {};
	let newest: number | undefined;
	let environment: string | undefined;
	for await (const page of paginateEvents(ask)) {
		environment = page.environment;
		newest ??= getNewestTime(page);
		for (const { event, at } of page.events) seen[event.id] = at;
		const last = page.events[page.events.length - 1];
		if (!last || last.at < newest - OVERLAP_MS) break;
	}
	const state = advanceState({}, seen, newest ?? 0);
	return {
		...state,
		environment,
		chosen: mergeSubscriptions({}, events, 0),
		place: createEmptyCursor(),
	};
}

/** The backlog; an event where reading should go on may not be there any more. */
async function fetchBacklogOrRestart(
	node: IPollFunctions,
	ask: FetchPage,
	search: BacklogQuery,
): Promise<Backlog> {
	try {
		return await fetchBacklog(ask, search);
	} catch (error) {
		const refused = error instanceof NodeApiError && ['400', '404'].includes(error.httpCode ?? '');
		if (!refused || search.place.starts.length === 0)
			throw toItemError(node.getNode(), error as Error);
		return await fetchBacklog(ask, { ...search, place: createEmptyCursor() });
	}
}

/** The state when the first events of a backlog are done. */
function getStateAfter(
	stored: PollState,
	{ events, newest, whole, place, again }: Backlog,
	count: number,
) {
	const done = events.slice(0, count);
	const isAll = count === events.length;
	const reached = isAll ? newest : done[count - 1].at;
	const times = Object.fromEntries(done.map(({ event, at }) => [event.id, at]));
	return { ...advanceState(stored, times, whole ? reached : 0), place: isAll ? place : again };
}

/** Only what is different is assigned, since n8n stores whatever was. */
function saveChanges(stored: PollState, next: PollState) {
	for (const [name, value] of Object.entries(next)) {
		if (JSON.stringify(stored[name]) !== JSON.stringify(value)) stored[name] = value;
	}
}

/** The new events as items, or null; the state is as it was unless all went well. */
async function pollOnce(node: IPollFunctions, stored: PollState, names: string[]) {
	const startedAt = Date.now();
	const until = (share: number) => startedAt + share * node.getPollBudgetMs();
	const client = await Client.create(node, POLL_RETRY_POLICY);
	const list = createEventList(node, client, names);
	const head = await list();
	const ask: FetchPage = async (cursor) => (cursor === undefined ? head : await list(cursor));
	const { chosen: before, seen = {}, from = 0 } = stored;
	const environment = head.environment ?? stored.environment;
	// Times and IDs mean nothing in the environment of another key.
	if (!before || (stored.environment ?? environment) !== environment) {
		saveChanges(stored, await initializeState(ask, names));
		return null;
	}
	const chosen = mergeSubscriptions(before, names, getNewestTime(head));
	const place = (hasSameSubscriptions(before, chosen) && stored.place) || createEmptyCursor();
	const found = await fetchBacklogOrRestart(node, ask, {
		from,
		place,
		deadline: until(READ_BUDGET_SHARE),
		isNew: ({ event: { id, attributes }, at }) => {
			const since = getSubscribedSince(chosen, attributes.name);
			return since !== undefined && at > since && !Object.hasOwn(seen, id);
		},
	});
	const passed = await toItems(
		node,
		client,
		found.events,
		readSelection(node),
		until(TOTAL_BUDGET_SHARE),
	);
	// All at once and last of all: whatever failed before this is read again by the next poll.
	saveChanges(stored, { ...getStateAfter(stored, found, passed.count), chosen, environment });
	return passed.items.length > 0 ? [passed.items.map((json) => ({ json }))] : null;
}

/** What n8n's schedule calls: the events since the last time, each of them once, oldest first. */
export async function poll(node: IPollFunctions) {
	const names = readEventNames(node);
	if (names.length === 0) {
		throw new NodeOperationError(node.getNode(), "Choose at least one event in 'Trigger On'", {
			level: 'info',
		});
	}
	if (node.getMode() === 'manual') return await pollManually(node, names);
	const stored = node.getWorkflowStaticData('node') as PollState;
	if (runningPolls.has(stored)) return null;
	runningPolls.add(stored);
	try {
		return await pollOnce(node, stored, names);
	} finally {
		runningPolls.delete(stored);
	}
}
