import { DEFAULT_FILE_LINK_SECONDS } from './fileLinks.mts';

/** An API key; without `permissions` it has all of them. */
export interface SandboxApiKey {
	value: string;
	/** By Persona's names, such as `inquiry.read`. */
	permissions?: string[];
	/**
	 * Overrides the rule that only production keys may read inquiry templates and audit logs. Persona has
	 * no such keys.
	 */
	allowTemplates?: boolean;
	/**
	 * A limit of the key's own, below that of its environment; a request counts against both
	 * (https://docs.withpersona.com/rate-limiting).
	 */
	rateLimit?: RateLimit;
}

/** Every environment has its own keys, limits and data (https://docs.withpersona.com/environments). */
export type Environment = 'sandbox' | 'production';

/** The environment that a key belongs to, which its value begins with. */
export const getEnvironment = ({ value }: SandboxApiKey): Environment =>
	value.startsWith('persona_production_') ? 'production' : 'sandbox';

/** A fixed window that opens with its first request. */
export interface RateLimit {
	maxRequests: number;
	windowSeconds: number;
}

/** How much a list shows of its items. */
export type ListItemsShown = 'included' | 'referenced' | 'none';

/** The options of `startSandbox`; all have defaults. */
export interface SandboxOptions {
	/** Default 127.0.0.1. */
	host?: string;
	/** Default 0, which means a free one. */
	port?: number;
	/** Default `['persona_sandbox_demo']`. A key that starts with `persona_production_` may read templates. */
	apiKeys?: (string | SandboxApiKey)[];
	/** Shared by all keys of an environment; default 300 requests in 60 seconds. */
	rateLimit?: RateLimit;
	/** Separate for each product (inquiries, reports, cases, transactions); default none. */
	quota?: RateLimit;
	/** Added to every API request; default 0. */
	latencyMs?: number;
	/** How long a report stays pending; default 1. */
	reportSeconds?: number;
	/**
	 * What a list shows of its items. Persona's description lets every list accept `include`, but its
	 * responses have no `included`: with `referenced` they have none, with `none` the relationship is
	 * empty too, as in Persona's example of GET /lists/{list-id}. Default `included`.
	 */
	listItems?: ListItemsShown;
	/** How long a search does not see what was created or changed; default 60, as with Persona. */
	searchLagSeconds?: number;
	/** How long to wait for the response to a webhook delivery; default 5000. */
	webhookTimeoutMs?: number;
	/** Waits between the attempts of one delivery; default as Persona: 3 seconds to 32 hours. */
	webhookRetrySeconds?: number[];
	/** The origin of links that people open; default the sandbox's own. */
	publicUrl?: string;
	/** How long links to files work; default 21600. A webhook can have its own setting. */
	fileLinkSeconds?: number;
	/** How many finished inquiries to seed; default 0. */
	inquiryCount?: number;
}

/** The options with their defaults filled in. */
export interface SandboxSettings extends Required<
	Omit<SandboxOptions, 'apiKeys' | 'quota' | 'publicUrl'>
> {
	apiKeys: SandboxApiKey[];
	quota?: RateLimit;
	publicUrl?: string;
}

/** Fills in the defaults. */
export function resolveSettings({
	apiKeys,
	quota,
	publicUrl,
	...options
}: SandboxOptions): SandboxSettings {
	return {
		host: '127.0.0.1',
		port: 0,
		rateLimit: { maxRequests: 300, windowSeconds: 60 },
		latencyMs: 0,
		reportSeconds: 1,
		searchLagSeconds: 60,
		listItems: 'included',
		webhookTimeoutMs: 5000,
		webhookRetrySeconds: [3, 64, 729, 4096, 15625, 46656, 117649],
		fileLinkSeconds: DEFAULT_FILE_LINK_SECONDS,
		inquiryCount: 0,
		...options,
		apiKeys: (apiKeys ?? ['persona_sandbox_demo']).map((key) =>
			typeof key === 'string' ? { value: key } : key,
		),
		quota,
		publicUrl,
	};
}
