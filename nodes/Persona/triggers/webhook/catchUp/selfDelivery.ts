import { createHmac } from 'crypto';
import type { IHookFunctions, IWebhookFunctions } from 'n8n-workflow';
import { sleep } from 'n8n-workflow';
import type { Client } from '../../../transport/client';
import { SELF_DELIVERY_DELAYS_MS } from '../../../transport/retryTiming';
import { getHost } from '../../../utils/publicUrl';
import type { PersonaEvent } from '../../../events/event';
import { getWebhookPath } from '../webhookApi';
import { parseSecrets } from '../delivery/secretCache';

/** Milliseconds in which n8n answers itself, as long as Persona waits. */
const RESPONSE_TIMEOUT_MS = 5_000;

/**
 * A way for a node to deliver to its own address as Persona would, signed with the secret of its
 * webhook. It gives whether n8n has taken the event, which it has not once `goesOn` says no; it
 * throws where n8n takes nothing from itself for a minute.
 */
export function createSelfDelivery(
	{ helpers }: IHookFunctions | IWebhookFunctions,
	client: Client,
	{ url, webhookId }: { url: string; webhookId: string },
	goesOn: () => boolean,
): (event: PersonaEvent) => Promise<boolean> {
	let secret: string | undefined;

	/** The status it was answered with; 0 where there was none. */
	const send = async (body: string): Promise<number> => {
		secret ??= parseSecrets(
			await client.request({ method: 'GET', path: getWebhookPath(webhookId) }),
		)[0]?.value;
		if (secret === undefined) return 0;
		const seconds = Math.floor(Date.now() / 1000);
		const digest = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
		const answer = (await helpers.httpRequest({
			method: 'POST',
			url,
			body,
			headers: {
				'content-type': 'application/json',
				'persona-signature': `t=${seconds},v1=${digest}`,
			},
			returnFullResponse: true,
			ignoreHttpStatusErrors: true,
			timeout: RESPONSE_TIMEOUT_MS,
		})) as { statusCode: number };
		return answer.statusCode;
	};

	return async (event) => {
		const body = JSON.stringify({ data: event });
		for (const wait of SELF_DELIVERY_DELAYS_MS) {
			await sleep(wait);
			if (!goesOn()) return false;
			if ((await send(body).catch(() => 0)) === 200) return true;
			// It may have been replaced.
			secret = undefined;
		}
		throw new Error(
			`n8n does not reach itself at ${getHost(url)}, or does not take what it sends to itself`,
		);
	};
}
