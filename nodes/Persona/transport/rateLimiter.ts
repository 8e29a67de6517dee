import { sleep } from 'n8n-workflow';
import type { Answer } from './apiResponse';
import { DEFAULT_RESET_DELAY_MS, getResetDelayMs, MAX_RESET_DELAY_MS } from './retryTiming';

/** The share of the limit that is kept for the customer's own backend while the window is open. */
const MARGIN = 0.15;

/** Requests that may start before the first answer has told the limit. */
const BLIND = 5;

/**
 * Shares Persona's rate limit among all requests of one run. The limit is a fixed window that opens
 * with the first request and is common to the whole environment
 * (https://docs.withpersona.com/rate-limiting), so the rest of a nearly used window is spread over
 * the time it still lasts, unless it is enough for all that the run still has to do.
 */
export class Pace {
	/** Requests the run still has to make, as far as it knows. */
	ahead = 1;

	private limit = Infinity;

	private remaining = Infinity;

	private windowStart = Date.now();

	private windowEnd = Infinity;

	private lastStart = 0;

	private known = false;

	private underWay = 0;

	private readonly queue: Array<() => void> = [];

	private timerAt = Infinity;

	constructor(private readonly signal?: AbortSignal) {
		signal?.addEventListener('abort', () => this.next(), { once: true });
	}

	/** Resolves, first come first served, when a request may start; `finish` must follow. */
	async start(): Promise<number> {
		await new Promise<void>((resolve) => {
			this.queue.push(resolve);
			this.next();
		});
		return Date.now();
	}

	/** Takes in what an answer tells about the limit; without headers there was no answer. */
	finish(startedAt: number, answer: Answer) {
		const { statusCode, headers } = answer;
		this.underWay--;
		this.known = true;
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
		this.next();
	}

	/** Starts whoever may start now, and comes back when the next one may. */
	private next() {
		while (this.queue.length > 0) {
			const now = Date.now();
			const wait = this.signal?.aborted ? 0 : this.wait(now);
			if (wait > 0) {
				this.comeBack(now + wait);
				return;
			}
			this.underWay++;
			this.lastStart = now;
			this.queue.shift()?.();
		}
	}

	private comeBack(at: number) {
		if (at >= this.timerAt) return;
		this.timerAt = at;
		// In short steps, so that a stopped execution leaves no long timer behind.
		void sleep(Math.min(Math.max(1, at - Date.now()), 1_000)).then(() => {
			if (this.timerAt === at) this.timerAt = Infinity;
			this.next();
		});
	}

	private wait(now: number): number {
		if (!this.known) return this.underWay < BLIND ? 0 : Infinity;
		if (now >= this.windowEnd) {
			this.windowStart = now;
			this.windowEnd = Infinity;
			this.remaining = this.limit;
		}
		const available = this.remaining - this.underWay;
		if (available <= 0) return this.windowEnd - now;
		if (available > this.limit * MARGIN || this.ahead - this.underWay <= available) return 0;
		// The last tenth of the window stays free, for what starts late must not miss it.
		const end = this.windowEnd - (this.windowEnd - this.windowStart) / 10;
		return this.lastStart + (end - now) / (available + 1) - now;
	}
}
