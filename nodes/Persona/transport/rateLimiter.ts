import { sleep } from 'n8n-workflow';
import type { ApiResponse } from './apiResponse';
import { DEFAULT_RESET_DELAY_MS, getResetDelayMs, MAX_RESET_DELAY_MS } from './retryTiming';

/** The share of the limit that is kept for the customer's own backend while the window is open. */
const RESERVED_SHARE = 0.15;

/** Requests that may start before the first answer has told the limit. */
const INITIAL_CONCURRENCY = 5;

/**
 * Shares Persona's rate limit among all requests of one run. The limit is a fixed window that opens
 * with the first request and is common to the whole environment
 * (https://docs.withpersona.com/rate-limiting), so the rest of a nearly used window is spread over
 * the time it still lasts, unless it is enough for all that the run still has to do.
 */
export class RateLimiter {
	/** Requests the run still has to make, as far as it knows. */
	expectedRequests = 1;

	private limit = Infinity;

	private remaining = Infinity;

	private windowStart = Date.now();

	private windowEnd = Infinity;

	private lastStart = 0;

	private isLimitKnown = false;

	private activeRequests = 0;

	private readonly queue: Array<() => void> = [];

	private timerAt = Infinity;

	constructor(private readonly signal?: AbortSignal) {
		signal?.addEventListener('abort', () => this.startQueued(), { once: true });
	}

	/** Resolves, first come first served, when a request may start; `finish` must follow. */
	async acquire(): Promise<number> {
		await new Promise<void>((resolve) => {
			this.queue.push(resolve);
			this.startQueued();
		});
		return Date.now();
	}

	/** Takes in what an answer tells about the limit; without headers there was no answer. */
	release(startedAt: number, answer: ApiResponse) {
		const { statusCode, headers } = answer;
		this.activeRequests--;
		this.isLimitKnown = true;
		const resetMs = getResetDelayMs(answer) ?? DEFAULT_RESET_DELAY_MS;
		const endsAt = Date.now() + (resetMs <= MAX_RESET_DELAY_MS ? resetMs : DEFAULT_RESET_DELAY_MS);
		if (statusCode === 429) {
			this.remaining = 0;
			this.windowEnd = Math.max(endsAt, Date.now() + 100);
		} else if (headers['ratelimit-remaining'] !== undefined && startedAt >= this.windowStart) {
			this.limit = Number(headers['ratelimit-limit'] ?? Infinity);
			this.remaining = Math.min(this.remaining, Number(headers['ratelimit-remaining']));
			this.windowEnd = Math.min(this.windowEnd, endsAt);
		}
		this.startQueued();
	}

	/** Starts whoever may start now, and comes back when the next one may. */
	private startQueued() {
		while (this.queue.length > 0) {
			const now = Date.now();
			const getDelayMs = this.signal?.aborted ? 0 : this.getDelayMs(now);
			if (getDelayMs > 0) {
				this.scheduleNext(now + getDelayMs);
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
		// In short steps, so that a stopped execution leaves no long timer behind.
		void sleep(Math.min(Math.max(1, at - Date.now()), 1_000)).then(() => {
			if (this.timerAt === at) this.timerAt = Infinity;
			this.startQueued();
		});
	}

	private getDelayMs(now: number): number {
		if (!this.isLimitKnown) return this.activeRequests < INITIAL_CONCURRENCY ? 0 : Infinity;
		if (now >= this.windowEnd) {
			this.windowStart = now;
			this.windowEnd = Infinity;
			this.remaining = this.limit;
		}
		const available = this.remaining - this.activeRequests;
		if (available <= 0) return this.windowEnd - now;
		if (
			available > this.limit * RESERVED_SHARE ||
			this.expectedRequests - this.activeRequests <= available
		)
			return 0;
		// The last tenth of the window stays free, for what starts late must not miss it.
		const end = this.windowEnd - (this.windowEnd - this.windowStart) / 10;
		return this.lastStart + (end - now) / (available + 1) - now;
	}
}
