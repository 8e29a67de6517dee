import { DEFAULT_LINK_SECONDS } from './files/fileLinks.mts';

/** An API key and what it may do; without `permissions` it may do everything. */
export interface SandboxApiKey {
	value: string;
	/** Such as `inquiry.read`; Persona's names. */
	permissions?: string[];
	/** Overrides the rule that only production keys may read inquiry templates. */
	allowTemplates?: boolean;
}

/** A fixed window that starts with the first request in it. */
export interface RateLimit {
	maxRequests: number;
	windowSeconds: number;
}

/** What a sandbox can be told when it starts; everything has a default. */
export interface SandboxOptions {
	/** Default 127.0.0.1. */
	host?: string;
	/** Default 0, a free one. */
	port?: number;
	/** Default `['persona_sandbox_demo']`; a key that starts `persona_production_` may read templates. */
	apiKeys?: (string | SandboxApiKey)[];
	/** Shared by all keys; default 300 requests in 60 seconds. */
	rateLimit?: RateLimit;
	/** For each product (inquiries, reports, accounts) of its own; default none. */
	quota?: RateLimit;
	/** Time added to every API request; default 0. */
	latencyMs?: number;
	/** How long a report stays pending; default 1. */
	reportSeconds?: number;
	/** How long an answer to a webhook may take; default 5000. */
	webhookTimeoutMs?: number;
	/** Waits between the attempts of one delivery; default as Persona: 3 seconds to 32 hours. */
	webhookRetrySeconds?: number[];
	/** The origin that links for people are built with; default the sandbox's own. */
	publicUrl?: string;
	/** How long links to files work; default 21600. A webhook may have a time of its own. */
	fileLinkSeconds?: number;
	/** Seed this many finished inquiries; default 0. */
	inquiryCount?: number;
}

/** The options with their defaults filled in. */
export interface Settings extends Required<
	Omit<SandboxOptions, 'apiKeys' | 'quota' | 'publicUrl'>
> {
	apiKeys: SandboxApiKey[];
	quota?: RateLimit;
	publicUrl?: string;
}

/** Fills in the defaults. */
export function settingsOf({ apiKeys, quota, publicUrl, ...options }: SandboxOptions): Settings {
	return {
		host: '127.0.0.1',
		port: 0,
		rateLimit: { maxRequests: 300, windowSeconds: 60 },
		latencyMs: 0,
		reportSeconds: 1,
		webhookTimeoutMs: 5000,
		webhookRetrySeconds: [3, 64, 729, 4096, 15625, 46656, 117649],
		fileLinkSeconds: DEFAULT_LINK_SECONDS,
		inquiryCount: 0,
		...options,
		apiKeys: (apiKeys ?? ['persona_sandbox_demo']).map((key) =>
			typeof key === 'string' ? { value: key } : key,
		),
		quota,
		publicUrl,
	};
}
