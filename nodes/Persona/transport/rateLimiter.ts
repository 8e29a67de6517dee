import { delay } from '../utils/delay';
import { listenForAbort } from '../utils/listenForAbort';
import type { ApiResponse } from './apiResponse';
import { getBlockedMs, getWindowRemainingMs } from './retryTiming';

/** The share of the limit that is left for the customer's own backend while a window is open. */
const RESERVED_SHARE = 0.15;

/**
 * The last part of a window, in which no request is scheduled: one that starts late must not miss
 * the window.
 */
const RESERVED_TIME_SHARE = 0.2;

/** How many requests may start before the first response shows the limit. */
const INITIAL_CONCURRENCY = 5;

/** Longest single timer, so that a stopped execution does not leave a long one behind. */
const MAX_TIMER_MS = 1_000;

/** One of Persona's limits, in its current window. Times are in milliseconds since 1970. */
interface Limit {
	/** Requests in a window. */
	limit: number;
	remaining: number;
	windowStart: number;
	/** Infinity until a response says when the window ends. */
	windowEnd: number;
}

/**
 * Shares Persona's rate limit among all requests of one run. The limit is a fixed window that opens
 * with the first request and is common to the whole environment
 * (https://docs.withpersona.com/rate-limiting). So the rest of a nearly used window is spread over
 * its remaining time, unless it is enough for everything the run still has to do. An API key may have
 * another limit of its own; each response tells of the one that is nearer, so each is kept by itself.
 */
export class RateLimiter {
	/** Requests that the run still has to make, as far as it knows. */
	expectedRequests = 1;

	/** By the number of their requests, which is how a response tells them apart. */
	private readonly limits = new Map<number, Limit>();

	/** Until when nothing starts since Persona refused a request, in milliseconds since 1970. */
	private blockedUntil = 0;

	private lastStart = 0;

	private hasResponse = false;

	private activeRequests = 0;

	private readonly queue: Array<() => void> = [];

	/** When the running timer fires, in milliseconds since 1970. */
	private timerAt = Infinity;

	constructor(private readonly signal?: AbortSignal) {}

	/**
	 * Waits until a request may start, first come first served, and returns the time of its start in
	 * milliseconds since 1970. Each call must be followed by `release`.
	 */
	async acquire(): Promise<number> {
		const stopListening = listenForAbort(this.signal, () => this.startQueued());
		await new Promise<void>((resolve) => {
			this.queue.push(resolve);
			this.startQueued();
		});
		stopListening();
		return Date.now();
	}

	/** Updates the limits from a response, and lets further requests start. */
	release(startedAt: number, response: ApiResponse): void {
		this.activeRequests--;
		this.hasResponse = true;
		if (response.statusCode === 429) {
			this.blockedUntil = Math.max(this.blockedUntil, Date.now() + getBlockedMs(response));
		}
		if (response.foreignStatus === undefined) this.updateLimit(startedAt, response);
		this.startQueued();
	}

	private updateLimit(startedAt: number, response: ApiResponse) {
		const remaining = parseFloat(response.headers['ratelimit-remaining'] ?? '');
		const stated = parseFloat(response.headers['ratelimit-limit'] ?? '');
		// Without a number of requests that lets any through, only the rest of the window counts.
		const limit = stated >= 1 ? stated : Infinity;
		if (Number.isNaN(remaining)) return;
		const known = this.limits.get(limit) ?? openWindow(limit, startedAt);
		this.limits.set(limit, known);
		if (startedAt < known.windowStart) return;
		// Responses may arrive in a different order than their requests.
		known.remaining = Math.min(known.remaining, remaining);
		known.windowEnd = Math.min(known.windowEnd, Date.now() + getWindowRemainingMs(response));
	}

	/** Starts all queued requests that may start now, and schedules the check for the next one. */
	private startQueued() {
		while (this.queue.length > 0) {
			const now = Date.now();
			const delayMs = this.signal?.aborted ? 0 : this.getDelayMs(now);
			if (delayMs > 0) {
				this.scheduleNext(now + delayMs);
				return;
			}
			this.activeRequests++;
			this.lastStart = now;
			this.queue.shift()?.();
		}
	}

	private scheduleNext(at: number) {
		if (at >= this.timerAt) return;
		this.timerAt = at;
		void delay(Math.min(Math.max(1, at - Date.now()), MAX_TIMER_MS)).then(() => {
			if (this.timerAt === at) this.timerAt = Infinity;
			this.startQueued();
		});
	}

	/** How long the next request has to wait, in milliseconds. */
	private getDelayMs(now: number): number {
		if (!this.hasResponse) return this.activeRequests < INITIAL_CONCURRENCY ? 0 : Infinity;
		const delaysMs = [...this.limits.values()].map((limit) => this.getDelayOfLimitMs(limit, now));
		return Math.max(this.blockedUntil - now, ...delaysMs);
	}

	private getDelayOfLimitMs(limit: Limit, now: number): number {
		if (now >= limit.windowEnd) Object.assign(limit, openWindow(limit.limit, now));
		const { windowStart, windowEnd } = limit;
		const available = limit.remaining - this.activeRequests;
		if (available <= 0) return windowEnd - now;
		const isPlentiful = available > limit.limit * RESERVED_SHARE;
		const isEnough = this.expectedRequests - this.activeRequests <= available;
		if (isPlentiful || isEnough) return 0;
		// The first response of a window says how long the rest of it has to last.
		if (windowEnd === Infinity) return Infinity;
		const reservedMs = (windowEnd - windowStart) * RESERVED_TIME_SHARE;
		const remainingMs = windowEnd - reservedMs - now;
		return this.lastStart + remainingMs / (available + 1) - now;
	}
}

const openWindow = (limit: number, windowStart: number): Limit => ({
	limit,
	remaining: limit,
	windowStart,
	windowEnd: Infinity,
});
