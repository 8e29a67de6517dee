import type { RateLimit } from './settings.mts';

/** A fixed window: it opens with the first request after the previous one closed. */
export class RateLimitWindow {
	private used = 0;
	/** Milliseconds since 1970; in the past while no window is open. */
	private closesAt = 0;

	constructor(
		public limit: RateLimit,
		used = 0,
	) {
		this.restart(limit, used);
	}

	/** Counts one request; false when it exceeds the limit. */
	countRequest(nowMs = Date.now()): boolean {
		this.resetIfClosed(nowMs);
		if (this.closesAt <= nowMs) this.closesAt = nowMs + this.limit.windowSeconds * 1000;
		this.used += 1;
		return this.used <= this.limit.maxRequests;
	}

	/** Sets another limit; `used` requests already count in its first window. */
	restart(limit: RateLimit, used = 0, nowMs = Date.now()) {
		this.limit = limit;
		this.used = used;
		this.closesAt = used > 0 ? nowMs + limit.windowSeconds * 1000 : 0;
	}

	get remaining() {
		this.resetIfClosed(Date.now());
		return Math.max(0, this.limit.maxRequests - this.used);
	}

	/** Whole seconds until the window closes, rounded up so that no client returns too early. */
	get resetSeconds() {
		return Math.max(0, Math.ceil((this.closesAt - Date.now()) / 1000));
	}

	/** As response headers, such as `RateLimit-Remaining`. */
	toHeaders(prefix: 'RateLimit' | 'Quota'): Record<string, string> {
		return buildLimitHeaders(prefix, this.limit.maxRequests, this.remaining, this.resetSeconds);
	}

	private resetIfClosed(nowMs: number) {
		if (this.closesAt <= nowMs) this.used = 0;
	}
}

/** The three headers of a rate limit or a quota. */
export const buildLimitHeaders = (
	prefix: 'RateLimit' | 'Quota',
	limit: number,
	remaining: number,
	resetSeconds: number,
): Record<string, string> => ({
	[`${prefix}-Limit`]: String(limit),
	[`${prefix}-Remaining`]: String(remaining),
	[`${prefix}-Reset`]: String(resetSeconds),
});
