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
const RESERVED_TIME_SHARE = 0.1;

/** How many requests may start before the first response shows the limit. */
const INITIAL_CONCURRENCY = 5;

/** Longest single timer, so that a stopped execution does not leave a long one behind. */
const MAX_TIMER_MS = 1_000;

/**
 * Shares Persona's rate limit among all requests of one run. The limit is a fixed window that opens
 * with the first request and is common to the whole environment
 * (https://docs.withpersona.com/rate-limiting). So the rest of a nearly used window is spread over
 * its remaining time, unless it is enough for everything the run still has to do.
 */
export class RateLimiter {
	/** Requests that the run still has to make, as far as it knows. */
	expectedRequests = 1;

	private limit = Infinity;

	private remaining = Infinity;

	/** Start and end of the window, in milliseconds since 1970. */
	private windowStart = Date.now();

	private windowEnd = Infinity;

	private lastStart = 0;

	private isLimitKnown = false;

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

	/** Updates the limit from a response, and lets further requests start. */
	release(startedAt: number, response: ApiResponse): void {
		this.activeRequests--;
		this.isLimitKnown = true;
		if (response.statusCode === 429) this.closeWindow(response);
		else if (startedAt >= this.windowStart) this.updateWindow(response);
		this.startQueued();
	}

	private closeWindow(response: ApiResponse) {
		this.remaining = 0;
		this.windowEnd = Date.now() + getBlockedMs(response);
	}

	private updateWindow(response: ApiResponse) {
		const { 'ratelimit-remaining': remaining, 'ratelimit-limit': limit } = response.headers;
		if (remaining === undefined) return;
		this.limit = Number(limit ?? Infinity);
		// Responses may arrive in a different order than their requests.
		this.remaining = Math.min(this.remaining, Number(remaining));
		this.windowEnd = Math.min(this.windowEnd, Date.now() + getWindowRemainingMs(response));
	}

	private openWindow(now: number) {
		this.windowStart = now;
		this.windowEnd = Infinity;
		this.remaining = this.limit;
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
		if (!this.isLimitKnown) return this.activeRequests < INITIAL_CONCURRENCY ? 0 : Infinity;
		if (now >= this.windowEnd) this.openWindow(now);
		const available = this.remaining - this.activeRequests;
		if (available <= 0) return this.windowEnd - now;
		const isPlentiful = available > this.limit * RESERVED_SHARE;
		const isEnough = this.expectedRequests - this.activeRequests <= available;
		if (isPlentiful || isEnough) return 0;
		const reservedMs = (this.windowEnd - this.windowStart) * RESERVED_TIME_SHARE;
		const remainingMs = this.windowEnd - reservedMs - now;
		return this.lastStart + remainingMs / (available + 1) - now;
	}
}
