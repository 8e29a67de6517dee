import { NO_RESPONSE, type ApiResponse } from '../../../transport/apiResponse';
import { getSecretRefreshIntervalMs } from '../../../transport/retryTiming';
import { TtlCache } from '../../../utils/ttlCache';
import { parseSecrets, type WebhookSecret } from '../webhookApi';

/**
 * Outcome of the last request for the secrets: Persona returned them, did not, or was unavailable.
 */
export type RefreshResult = 'fetched' | 'notReturned' | 'unavailable';

/** What is known about one webhook. A request that fails keeps the secrets of an earlier one. */
interface CachedSecrets {
	result: RefreshResult;
	secrets: WebhookSecret[];
	requestedAtMs: number;
}

/** Maximum number of webhooks whose secrets are cached. */
export const MAX_WEBHOOKS = 1_000;

const UNAVAILABLE_STATUSES = [NO_RESPONSE, 408, 429];

function toCachedSecrets(response: ApiResponse, previousSecrets: WebhookSecret[]): CachedSecrets {
	const { statusCode } = response;
	const secrets = parseSecrets(response);
	const requestedAtMs = Date.now();
	if (secrets.length > 0) return { result: 'fetched', secrets, requestedAtMs };
	const isUnavailable = UNAVAILABLE_STATUSES.includes(statusCode) || statusCode >= 500;
	return {
		result: isUnavailable ? 'unavailable' : 'notReturned',
		secrets: previousSecrets,
		requestedAtMs,
	};
}

/**
 * The secrets of webhooks, fetched when a delivery needs them and kept in the memory of this
 * process alone: static data is plain text in n8n's database and in its API.
 */
export class SecretCache {
	private readonly entries = new TtlCache<CachedSecrets>(MAX_WEBHOOKS);

	/** Requests in flight, so that deliveries at the same time share one. */
	private readonly pendingRefreshes = new Map<string, Promise<CachedSecrets>>();

	/** Returns the secrets of a webhook that are known and still valid. */
	get(key: string): string[] {
		const { secrets = [] } = this.entries.get(key) ?? {};
		return secrets
			.filter(({ validUntilMs }) => validUntilMs > Date.now())
			.map(({ value }) => value);
	}

	/**
	 * Fetches the secrets of a webhook, unless the last request was a moment ago. `fetchWebhook` must
	 * never throw.
	 */
	async refresh(key: string, fetchWebhook: () => Promise<ApiResponse>): Promise<RefreshResult> {
		const previousEntry = this.entries.get(key);
		const minIntervalMs = getSecretRefreshIntervalMs(previousEntry?.result === 'unavailable');
		if (previousEntry && Date.now() - previousEntry.requestedAtMs < minIntervalMs)
			return previousEntry.result;
		const refresh = this.pendingRefreshes.get(key) ?? this.startRefresh(key, fetchWebhook);
		return (await refresh).result;
	}

	private startRefresh(
		key: string,
		fetchWebhook: () => Promise<ApiResponse>,
	): Promise<CachedSecrets> {
		const refresh = fetchWebhook().then((response) => {
			const cached = toCachedSecrets(response, this.entries.get(key)?.secrets ?? []);
			this.entries.set(key, cached);
			this.pendingRefreshes.delete(key);
			return cached;
		});
		this.pendingRefreshes.set(key, refresh);
		return refresh;
	}
}
