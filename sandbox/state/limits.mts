import { RateLimitWindow } from './rateLimitWindow.mts';
import {
	getEnvironment,
	type Environment,
	type RateLimit,
	type SandboxApiKey,
} from './settings.mts';

/**
 * What can have a quota: "Inquiry creation, Verification creation, Report creation, Case creation,
 * and Transaction creation" (https://docs.withpersona.com/rate-limiting). The API creates no
 * verifications. Persona's message names them like this.
 */
export type QuotaProduct =
	'create_inquiry' | 'create_report' | 'create_case' | 'create_transaction';

/**
 * The rate limits of environments and keys, and the quotas of products, each in a window of its own
 * (https://docs.withpersona.com/rate-limiting).
 */
export class Limits {
	private environments = new Map<Environment, RateLimitWindow>();
	/** By the value of the key. */
	private keys = new Map<string, RateLimitWindow>();
	private quotas = new Map<QuotaProduct, RateLimitWindow>();

	constructor(
		private rateLimit: RateLimit,
		private quota: RateLimit | undefined,
	) {}

	/**
	 * Counts a request against the environment's limit and the key's own. Returns the window that the
	 * headers show: the one that refused the request, or else the one that is nearer to being reached
	 * (description of the header RateLimit-Limit).
	 */
	countRequest(key: SandboxApiKey): { window: RateLimitWindow; isWithinLimit: boolean } {
		const refusing = this.getWindows(key).filter((window) => !window.countRequest());
		return { window: refusing[0] ?? this.getNearest(key), isWithinLimit: refusing.length === 0 };
	}

	/** The window of this key that is nearer to being reached. */
	getNearest(key: SandboxApiKey): RateLimitWindow {
		return this.getWindows(key).sort((a, b) => a.remaining - b.remaining)[0];
	}

	/** Sets the limit of both environments, in new windows in which `used` requests already count. */
	setRateLimit(limit: RateLimit, used = 0) {
		this.rateLimit = limit;
		for (const environment of ['sandbox', 'production'] as const) {
			this.environments.set(environment, new RateLimitWindow(limit, used));
		}
	}

	/** Sets a key's own limit, in a new window in which `used` requests already count. */
	setKeyRateLimit(value: string, limit: RateLimit, used = 0) {
		this.keys.set(value, new RateLimitWindow(limit, used));
	}

	/** Sets the quota of a product, in a new window in which `used` requests already count. */
	setQuota(product: QuotaProduct, limit: RateLimit, used = 0) {
		this.quotas.set(product, new RateLimitWindow(limit, used));
	}

	/** The window of a product; undefined where it has no quota. */
	getQuota(product: QuotaProduct): RateLimitWindow | undefined {
		if (!this.quotas.has(product) && this.quota) this.setQuota(product, this.quota);
		return this.quotas.get(product);
	}

	/** The key's own window, if it has one, and that of its environment. */
	private getWindows(key: SandboxApiKey): RateLimitWindow[] {
		const { value, rateLimit } = key;
		if (rateLimit && !this.keys.has(value)) this.setKeyRateLimit(value, rateLimit);
		const environment = getEnvironment(key);
		const shared = this.environments.get(environment) ?? new RateLimitWindow(this.rateLimit);
		this.environments.set(environment, shared);
		const own = this.keys.get(value);
		return own ? [own, shared] : [shared];
	}
}
