import type { RateLimit } from '../options.mts';

/** How much of a limit is used: a fixed window that opens with the first request after the last closed. */
export class LimitWindow {
	private used = 0;
	private closesAt = 0;

	constructor(public limit: RateLimit) {}

	/** Counts one request; false means that it is one too many. */
	take(now = Date.now()): boolean {
		this.roll(now);
		if (this.closesAt <= now) this.closesAt = now + this.limit.windowSeconds * 1000;
		this.used += 1;
		return this.used <= this.limit.maxRequests;
	}

	/** Another limit, with a fresh window of which `used` requests are gone already. */
	restart(limit: RateLimit, used = 0, now = Date.now()) {
		this.limit = limit;
		this.used = used;
		this.closesAt = used > 0 ? now + limit.windowSeconds * 1000 : 0;
	}

	get remaining() {
		this.roll(Date.now());
		return Math.max(0, this.limit.maxRequests - this.used);
	}

	/** Whole seconds until the window closes, rounded up so that nobody comes back too early. */
	get resetSeconds() {
		return Math.max(0, Math.ceil((this.closesAt - Date.now()) / 1000));
	}

	/** As response headers, e.g. `RateLimit-Remaining`. */
	headers(prefix: string): Record<string, string> {
		return {
			[`${prefix}-Limit`]: String(this.limit.maxRequests),
			[`${prefix}-Remaining`]: String(this.remaining),
			[`${prefix}-Reset`]: String(this.resetSeconds),
		};
	}

	private roll(now: number) {
		if (this.closesAt <= now) this.used = 0;
	}
}
