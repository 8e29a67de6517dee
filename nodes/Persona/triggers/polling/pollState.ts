import type { IDataObject } from 'n8n-workflow';
import { ALL_EVENTS } from '../../events/eventTypes';
import type { BacklogCursor } from '../../events/backlog';

/** Times by event ID or by event name, in milliseconds since 1970. */
export type TimesByName = Record<string, number>;

/**
 * What n8n stores with the workflow for the node. Everything before `from` is done, and of what is
 * since then the events in `seen`. Times are Persona's, so that the clock of this machine may be wrong.
 */
export interface PollState extends IDataObject {
	/** Persona's ID of the environment that the events are of. */
	environment?: string;
	/** Milliseconds since 1970; 0 while there has been no event. */
	from?: number;
	seen?: TimesByName;
	/** Since when each of the events is listened to. */
	chosen?: TimesByName;
	/** Where the next poll goes on; one entry for each `MOST_EVENTS` of a backlog. */
	place?: BacklogCursor;
}

/** Milliseconds that an event may become visible after others that happened later. */
export const OVERLAP_MS = 5 * 60 * 1000;

/**
 * Events that are remembered at most, but for those that share the time of the oldest one. With more
 * of them in `OVERLAP` the overlap is shorter. All of it takes half a megabyte, and as a rule far less.
 */
export const MAX_SEEN_EVENTS = 10_000;

/** The state after events are done, of which the last happened at `newest`. */
export function advanceState(
	{ from = 0, seen = {} }: PollState,
	done: TimesByName,
	newest: number,
) {
	const all = [...new Map([...Object.entries(seen), ...Object.entries(done)])];
	const times = all.map(([, at]) => at).sort((a, b) => b - a);
	// What comes after an event with a time that is still to come must not be taken for done.
	const reached = Math.min(newest, Date.now());
	const next = Math.max(from, reached - OVERLAP_MS, times[MAX_SEEN_EVENTS - 1] ?? 0);
	return { from: next, seen: Object.fromEntries(all.filter(([, at]) => at >= next)) };
}

const getOwnTime = (times: TimesByName, name: string) =>
	Object.hasOwn(times, name) ? times[name] : undefined;

/** Since when an event is listened to by its own name or with all others; undefined if it is not. */
export function getSubscribedSince(chosen: TimesByName, name: string): number | undefined {
	const times = [getOwnTime(chosen, name), getOwnTime(chosen, ALL_EVENTS)].filter(
		(at) => at !== undefined,
	);
	return times.length > 0 ? Math.min(...times) : undefined;
}

/** The choice that follows another one: what stays keeps its time, what is new begins at `now`. */
export function mergeSubscriptions(
	before: TimesByName,
	events: string[],
	now: number,
): TimesByName {
	const next = events.map((name) => [name, getSubscribedSince(before, name) ?? now] as const);
	// What was chosen alone has been listened to for longer than all the others.
	const kept = events.includes(ALL_EVENTS) ? Object.entries(before) : [];
	return Object.fromEntries([...next, ...kept]);
}

/** Whether two choices are of the same events. */
export const hasSameSubscriptions = (one: TimesByName, other: TimesByName) =>
	JSON.stringify(Object.keys(one).sort()) === JSON.stringify(Object.keys(other).sort());
