import type { IDataObject } from 'n8n-workflow';
import { ALL_EVENTS } from '../../events/eventTypes';
import type { BacklogCursor } from '../../events/backlog';

/** Times by event ID or by event name, in milliseconds since 1970, by Persona's clock. */
export type TimesByKey = Record<string, number>;

/**
 * What n8n stores for the node with the workflow, so its members must keep their names. All events
 * before `from` have been emitted, and later ones if they are in `seen`. All times are by Persona's
 * clock, because the clock of this machine may be wrong.
 */
export interface PollState extends IDataObject {
	/** Persona's ID of the environment that the events belong to. */
	environment?: string;
	/** Milliseconds since 1970; 0 while there has been no event. */
	from?: number;
	/** Times of events by their ID. */
	seen?: TimesByKey;
	/** Since when the node listens to each event, by the event's name. */
	chosen?: TimesByKey;
	/** Where the next poll reads on. */
	place?: BacklogCursor;
}

/** How long after its own time an event may still become visible, even after later events. */
export const OVERLAP_MS = 5 * 60 * 1000;

/**
 * Maximum number of events of the overlap that are remembered, to emit each once; more only if they
 * have the same time as the oldest one. If more happen within the overlap, it gets shorter. They
 * take at most half a megabyte of the workflow's static data, and usually far less.
 */
export const MAX_SEEN_EVENTS = 10_000;

/** Returns `from` and `seen` after more events are done, the newest of them at `newestMs`. */
export function advanceState(
	{ from = 0, seen = {} }: PollState,
	done: TimesByKey,
	newestMs: number,
) {
	const all = [...new Map([...Object.entries(seen), ...Object.entries(done)])];
	const newestFirst = all.map(([, at]) => at).sort((a, b) => b - a);
	// An event with a time in the future must not make everything before that time count as done.
	const reachedMs = Math.min(newestMs, Date.now());
	const nextFrom = Math.max(from, reachedMs - OVERLAP_MS, newestFirst[MAX_SEEN_EVENTS - 1] ?? 0);
	return { from: nextFrom, seen: Object.fromEntries(all.filter(([, at]) => at >= nextFrom)) };
}

const getOwnTime = (times: TimesByKey, key: string) =>
	Object.hasOwn(times, key) ? times[key] : undefined;

/**
 * Returns since when the node listens to an event, by name or wildcard; undefined if it does not.
 */
export function getSubscribedSince(subscriptions: TimesByKey, name: string): number | undefined {
	const times = [getOwnTime(subscriptions, name), getOwnTime(subscriptions, ALL_EVENTS)].filter(
		(at) => at !== undefined,
	);
	return times.length > 0 ? Math.min(...times) : undefined;
}

/**
 * Returns the subscriptions for a new choice of events: what stays keeps its time, the rest gets
 * `nowMs`.
 */
export function mergeSubscriptions(
	before: TimesByKey,
	eventNames: string[],
	nowMs: number,
): TimesByKey {
	const next = eventNames.map((name) => [name, getSubscribedSince(before, name) ?? nowMs] as const);
	// The node has listened to these events for longer than to all others.
	const kept = eventNames.includes(ALL_EVENTS) ? Object.entries(before) : [];
	return Object.fromEntries([...next, ...kept]);
}

/** Whether two sets of subscriptions name the same events, whatever their times. */
export const hasSameSubscriptions = (one: TimesByKey, other: TimesByKey) =>
	JSON.stringify(Object.keys(one).sort()) === JSON.stringify(Object.keys(other).sort());
