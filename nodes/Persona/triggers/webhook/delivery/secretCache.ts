import { NO_RESPONSE, type ApiResponse } from '../../../transport/apiResponse';
import { getSecretRefreshIntervalMs } from '../../../transport/retryTiming';
import { TtlCache } from '../../../utils/ttlCache';
import { parseSecrets, type WebhookSecret } from '../webhookApi';

/** What came of the last request for the secrets: Persona returned them, denied them, or was down. */
export type RefreshResult = 'fetched' | 'denied' | 'unavailable';

/** What is known about one webhook. A request that fails keeps the secrets of an earlier one. */
interface CachedSecrets {
	result: RefreshResult;
	secrets: WebhookSecret[];
	requestedAtMs: number;
}

/** How many webhooks have their secrets cached at once. */
const MAX_WEBHOOKS = 1_000;

const UNAVAILABLE_STATUSES = [NO_RESPONSE, 408, 429];

function toCachedSecrets(response: ApiResponse, before: WebhookSecret[]): CachedSecrets {
	const { statusCode } = response;
	const secrets = parseSecrets(response);
	const requestedAtMs = Date.now();
	if (secrets.length > 0) return { result: 'fetched', secrets, requestedAtMs };
	const isUnavailable = UNAVAILABLE_STATUSES.includes(statusCode) || statusCode >= 500;
	return { result: isUnavailable ? 'unavailable' : 'denied', secrets: before, requestedAtMs };
}

/**
 * The secrets of webhooks, fetched when a delivery needs them and kept in the memory of this process
 * alone: static data is plain text in n8n's database and in its API.
 */
export class SecretCache {
	private readonly entries = new TtlCache<CachedSecrets>(MAX_WEBHOOKS);

	/** Requests that are under way, so that deliveries at the same time share one. */
	private readonly refreshes = new Map<string, Promise<CachedSecrets>>();

	/** The secrets of a webhook that are known and still valid. */
	get(key: string): string[] {
		const { secrets = [] } = this.entries.get(key) ?? {};
		return secrets
			.filter(({ validUntilMs }) => validUntilMs > Date.now())
			.map(({ value }) => value);
	}

	/**
	 * Fetches the secrets of a webhook, unless that was done a moment ago. `fetchWebhook` must never
	 * throw.
	 */
	async refresh(key: string, fetchWebhook: () => Promise<ApiResponse>): Promise<RefreshResult> {
		const before = this.entries.get(key);
		const minIntervalMs = getSecretRefreshIntervalMs(before?.result === 'unavailable');
		if (before && Date.now() - before.requestedAtMs < minIntervalMs) return before.result;
		const refresh = this.refreshes.get(key) ?? this.startRefresh(key, fetchWebhook);
		return (await refresh).result;
	}

	private startRefresh(
		key: string,
		fetchWebhook: () => Promise<ApiResponse>,
	): Promise<CachedSecrets> {
		const refresh = fetchWebhook().then((response) => {
			const cached = toCachedSecrets(response, this.entries.get(key)?.secrets ?? []);
			this.entries.set(key, cached);
			this.refreshes.delete(key);
			return cached;
		});
		this.refreshes.set(key, refresh);
		return refresh;
	}
}
