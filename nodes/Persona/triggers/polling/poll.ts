import type { IPollFunctions } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import { Client } from '../../transport/client';
import { inNode } from '../../transport/errors';
import { POLL_RETRY_POLICY } from '../../transport/retryPolicies';
import { eventsOf, selectionOf } from '../../events/parameters';
import { backlog, type Backlog, type Place, type Search } from '../../events/backlog';
import { eventList, pagesBelow, type Ask, type Page } from '../../events/eventList';
import { passOn } from './toItems';
import { samples } from './manualPoll';
import { advanced, chosenNext, isSameChoice, listenedSince, OVERLAP } from './pollState';
import type { Stored, Times } from './pollState';

/** Shares of the time n8n gives: to read, and to read the latest states as well. */
const READING = 0.5;

const ALL_WORK = 0.8;

/** States of the nodes that a poll is working on: n8n starts the next one also when one takes long. */
const underWay = new WeakSet<Stored>();

/** Where reading begins when nothing is left over. */
const top = (): Place => ({ starts: [] });

const newestOf = ({ events }: Page) =>
	Math.min(Date.now(), Math.max(0, ...events.map(({ at }) => at)));

/** The state of a node that has just begun to listen: what there is already is done. */
async function begun(ask: Ask, events: string[]): Promise<Stored> {
	const seen: Times = {};
	let newest: number | undefined;
	let environment: string | undefined;
	for await (const page of pagesBelow(ask)) {
		environment = page.environment;
		newest ??= newestOf(page);
		for (const { event, at } of page.events) seen[event.id] = at;
		const last = page.events[page.events.length - 1];
		if (!last || last.at < newest - OVERLAP) break;
	}
	const state = advanced({}, seen, newest ?? 0);
	return { ...state, environment, chosen: chosenNext({}, events, 0), place: top() };
}

/** The backlog; an event where reading should go on may not be there any more. */
async function read(node: IPollFunctions, ask: Ask, search: Search): Promise<Backlog> {
	try {
		return await backlog(ask, search);
	} catch (error) {
		const refused = error instanceof NodeApiError && ['400', '404'].includes(error.httpCode ?? '');
		if (!refused || search.place.starts.length === 0) throw inNode(node.getNode(), error as Error);
		return await backlog(ask, { ...search, place: top() });
	}
}

/** The state when the first events of a backlog are done. */
function after(stored: Stored, { events, newest, whole, place, again }: Backlog, count: number) {
	const done = events.slice(0, count);
	const isAll = count === events.length;
	const reached = isAll ? newest : done[count - 1].at;
	const times = Object.fromEntries(done.map(({ event, at }) => [event.id, at]));
	return { ...advanced(stored, times, whole ? reached : 0), place: isAll ? place : again };
}

/** Only what is different is assigned, since n8n stores whatever was. */
function keep(stored: Stored, next: Stored) {
	for (const [name, value] of Object.entries(next)) {
		if (JSON.stringify(stored[name]) !== JSON.stringify(value)) stored[name] = value;
	}
}

/** The new events as items, or null; the state is as it was unless all went well. */
async function next(node: IPollFunctions, stored: Stored, names: string[]) {
	const startedAt = Date.now();
	const until = (share: number) => startedAt + share * node.getPollBudgetMs();
	const client = await Client.of(node, POLL_RETRY_POLICY);
	const list = eventList(node, client, names);
	const head = await list();
	const ask: Ask = async (cursor) => (cursor === undefined ? head : await list(cursor));
	const { chosen: before, seen = {}, from = 0 } = stored;
	const environment = head.environment ?? stored.environment;
	// Times and IDs mean nothing in the environment of another key.
	if (!before || (stored.environment ?? environment) !== environment) {
		keep(stored, await begun(ask, names));
		return null;
	}
	const chosen = chosenNext(before, names, newestOf(head));
	const place = (isSameChoice(before, chosen) && stored.place) || top();
	const found = await read(node, ask, {
		from,
		place,
		deadline: until(READING),
		isNew: ({ event: { id, attributes }, at }) => {
			const since = listenedSince(chosen, attributes.name);
			return since !== undefined && at > since && !Object.hasOwn(seen, id);
		},
	});
	const passed = await passOn(node, client, found.events, selectionOf(node), until(ALL_WORK));
	// All at once and last of all: whatever failed before this is read again by the next poll.
	keep(stored, { ...after(stored, found, passed.count), chosen, environment });
	return passed.items.length > 0 ? [passed.items.map((json) => ({ json }))] : null;
}

/** What n8n's schedule calls: the events since the last time, each of them once, oldest first. */
export async function poll(node: IPollFunctions) {
	const names = eventsOf(node);
	if (names.length === 0) {
		throw new NodeOperationError(node.getNode(), "Choose at least one event in 'Trigger On'", {
			level: 'info',
		});
	}
	if (node.getMode() === 'manual') return await samples(node, names);
	const stored = node.getWorkflowStaticData('node') as Stored;
	if (underWay.has(stored)) return null;
	underWay.add(stored);
	try {
		return await next(node, stored, names);
	} finally {
		underWay.delete(stored);
	}
}
