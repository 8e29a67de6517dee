import { createHmac } from 'crypto';
import type { PersonaEvent } from '../../../events/event';
import { parseSecrets } from '../../../events/signing/webhookSecrets';
import { NO_RESPONSE, type ApiResponse } from '../../../transport/apiResponse';
import type { Client } from '../../../transport/client';
import { toErrorResponse } from '../../../transport/networkErrors';
import { SELF_DELIVERY_DELAYS_MS } from '../../../transport/retryTiming';
import { delay } from '../../../utils/delay';
import { getHost } from '../../../utils/publicUrl';
import type { WebhookTriggerContext } from '../listener';
import { getWebhookPath } from '../webhookApi';

type SelfResponse = Pick<ApiResponse, 'statusCode' | 'body'>;

/** How long n8n may take to respond to itself: as long as Persona waits. */
const RESPONSE_TIMEOUT_MS = 5_000;

/**
 * Creates a function that delivers an event to the node's own URL as Persona would, signed with the
 * secret of its webhook (progress.ts says why). The function resolves to true when n8n has accepted
 * the event, and to false once `isRunning` is false. It throws if n8n does not accept the event
 * within a minute.
 */
export function createSelfDelivery(
	{ helpers }: WebhookTriggerContext,
	client: Client,
	{ url, webhookId }: { url: string; webhookId: string },
	isRunning: () => boolean,
): (event: PersonaEvent) => Promise<boolean> {
	let secret: string | undefined;

	const fetchSecret = async () => {
		const response = await client.request({ method: 'GET', path: getWebhookPath(webhookId) });
		return parseSecrets(response)[0]?.value;
	};

	/** Resolves to the response, or to one without a status if there is no secret to sign with. */
	const send = async (body: string): Promise<SelfResponse> => {
		secret ??= await fetchSecret();
		if (secret === undefined) {
			return { statusCode: NO_RESPONSE, body: 'its secret cannot be read from Persona' };
		}
		const timestamp = Math.floor(Date.now() / 1000);
		const digest = createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex');
		return (await helpers.httpRequest({
			method: 'POST',
			url,
			body,
			headers: {
				'content-type': 'application/json',
				'persona-signature': `t=${timestamp},v1=${digest}`,
			},
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			timeout: RESPONSE_TIMEOUT_MS,
		})) as SelfResponse;
	};

	return async (event) => {
		const body = JSON.stringify({ data: event });
		let reason = '';
		for (const delayMs of SELF_DELIVERY_DELAYS_MS) {
			await delay(delayMs);
			if (!isRunning()) return false;
			const response = await send(body).catch(toErrorResponse);
			if (response.statusCode === 200) return true;
			reason = response.statusCode > 0 ? `status ${response.statusCode}` : String(response.body);
			// The secret may have been rotated.
			secret = undefined;
		}
		throw new Error(
			`n8n cannot reach itself at ${getHost(url)}, or rejects its own deliveries: ${reason}`,
		);
	};
}
