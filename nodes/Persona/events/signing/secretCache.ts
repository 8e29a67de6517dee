import { NO_RESPONSE, NOT_SENT, type ApiResponse } from '../../transport/apiResponse';
import { getSecretRefreshIntervalMs } from '../../transport/retryTiming';
import { TtlCache } from '../../utils/ttlCache';
import { parseSecrets, type WebhookSecret } from './webhookSecrets';

/** What is known about one webhook. A request that fails keeps the secrets of an earlier one. */
interface CachedSecrets {
	/** The response to the last request; undefined if it has the secrets. */
	failure: ApiResponse | undefined;
	secrets: WebhookSecret[];
	requestedAtMs: number;
}

/** Maximum number of webhooks whose secrets are cached. */
export const MAX_WEBHOOKS = 1_000;

const isOutage = ({ statusCode }: ApiResponse) =>
	[NO_RESPONSE, 408, 429].includes(statusCode) || statusCode >= 500;

/**
 * The secrets of webhooks, fetched when a delivery needs them and kept in the memory of this
 * process alone: static data is plain text in n8n's database and in its API.
 */
export class SecretCache {
	private readonly entries = new TtlCache<CachedSecrets>(MAX_WEBHOOKS);

	/** Requests in flight, so that deliveries at the same time share one. */
	private readonly pendingRefreshes = new Map<string, Promise<ApiResponse | undefined>>();

	/** Returns the secrets of a webhook that are known and still valid. */
	get(key: string): string[] {
		const { secrets = [] } = this.entries.get(key) ?? {};
		return secrets
			.filter(({ validUntilMs }) => validUntilMs > Date.now())
			.map(({ value }) => value);
	}

	/**
	 * Fetches the secrets of a webhook, unless the last request was a moment ago. Resolves to undefined
	 * if Persona returned them, otherwise to its last response. `fetchWebhook` must never throw.
	 */
	async refresh(
		key: string,
		fetchWebhook: () => Promise<ApiResponse>,
	): Promise<ApiResponse | undefined> {
		const pending = this.pendingRefreshes.get(key);
		if (pending) {
			const failure = await pending;
			// The execution that asked was stopped. That says nothing about the webhook.
			if (failure?.statusCode === NOT_SENT) return await this.refresh(key, fetchWebhook);
			return failure;
		}
		const last = this.entries.get(key);
		if (last) {
			const minIntervalMs = getSecretRefreshIntervalMs(
				last.failure !== undefined && isOutage(last.failure),
			);
			if (Date.now() - last.requestedAtMs < minIntervalMs) return last.failure;
		}
		return await this.startRefresh(key, fetchWebhook);
	}

	private startRefresh(
		key: string,
		fetchWebhook: () => Promise<ApiResponse>,
	): Promise<ApiResponse | undefined> {
		const refresh = fetchWebhook().then((response) => {
			const secrets = parseSecrets(response);
			const failure = secrets.length > 0 ? undefined : response;
			const known = failure ? (this.entries.get(key)?.secrets ?? []) : secrets;
			this.pendingRefreshes.delete(key);
			if (response.statusCode !== NOT_SENT) {
				this.entries.set(key, { failure, secrets: known, requestedAtMs: Date.now() });
			}
			return failure;
		});
		this.pendingRefreshes.set(key, refresh);
		return refresh;
	}
}
