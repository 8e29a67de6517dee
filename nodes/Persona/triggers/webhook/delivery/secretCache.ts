import type { IDataObject } from 'n8n-workflow';
import { NO_RESPONSE, type ApiResponse } from '../../../transport/apiResponse';
import { getSecretRefreshIntervalMs } from '../../../transport/retryTiming';
import { isRecord } from '../../../transport/simplify';
import { TtlCache } from '../../../utils/ttlCache';

/** A signing secret and when it ends, in milliseconds since 1970. */
interface WebhookSecret {
	value: string;
	until: number;
}

/** Whether Persona told the secrets, would not tell them, or could not be asked. */
export type RefreshResult = 'told' | 'refused' | 'unreachable';

/** What Persona answered last about one webhook, and all its secrets that are known since. */
interface CachedSecrets {
	outcome: RefreshResult;
	secrets: WebhookSecret[];
	at: number;
}

/** Webhooks whose secrets are held at once. */
const MAX_WEBHOOKS = 1000;

const UNAVAILABLE_STATUSES = [NO_RESPONSE, 408, 429];

/** The secrets that an answer tells; none where it is a refusal. */
export function parseSecrets({ statusCode, body }: ApiResponse): WebhookSecret[] {
	if (statusCode !== 200 || !isRecord(body) || !isRecord(body.data)) return [];
	const { secrets } = (body.data.attributes ?? {}) as { secrets?: IDataObject[] };
	return (secrets ?? []).flatMap(({ value, 'expires-at': end }) => {
		if (typeof value !== 'string' || value === '') return [];
		return [{ value, until: typeof end === 'string' ? Date.parse(end) : Infinity }];
	});
}

function toCachedSecrets(answer: ApiResponse, before: WebhookSecret[]): CachedSecrets {
	const { statusCode } = answer;
	const secrets = parseSecrets(answer);
	const at = Date.now();
	if (secrets.length > 0) return { outcome: 'told', secrets, at };
	const outage = UNAVAILABLE_STATUSES.includes(statusCode) || statusCode >= 500;
	return { outcome: outage ? 'unreachable' : 'refused', secrets: before, at };
}

/**
 * The secrets of webhooks, read from Persona when a delivery needs them and kept in this process
 * alone: static data is plain text in n8n's database and in its API.
 */
export class SecretCache {
	private readonly entries = new TtlCache<CachedSecrets>(MAX_WEBHOOKS);

	private readonly refreshes = new Map<string, Promise<CachedSecrets>>();

	/** The secrets of a webhook that are known and have not ended. */
	get(key: string): string[] {
		const { secrets = [] } = this.entries.get(key) ?? {};
		return secrets.filter(({ until }) => until > Date.now()).map(({ value }) => value);
	}

	/**
	 * Asks Persona for the secrets of a webhook, unless it was asked a moment ago; whoever comes
	 * meanwhile shares the answer. `ask` never throws.
	 */
	async refresh(key: string, ask: () => Promise<ApiResponse>): Promise<RefreshResult> {
		const before = this.entries.get(key);
		const intervalMs = getSecretRefreshIntervalMs(before?.outcome === 'unreachable');
		if (before && Date.now() - before.at < intervalMs) return before.outcome;
		const asked = this.refreshes.get(key) ?? this.startRefresh(key, ask);
		return (await asked).outcome;
	}

	private startRefresh(key: string, ask: () => Promise<ApiResponse>): Promise<CachedSecrets> {
		const lesson = ask().then((answer) => {
			const learned = toCachedSecrets(answer, this.entries.get(key)?.secrets ?? []);
			this.entries.set(key, learned);
			this.refreshes.delete(key);
			return learned;
		});
		this.refreshes.set(key, lesson);
		return lesson;
	}
}
