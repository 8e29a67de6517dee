import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { handleWorkflowCall } from './handleWorkflowCall';
import { parseEvent } from '../../../events/event';
import { handleEvent } from './handleEvent';
import { verifyDelivery } from './verify';
import type { Delivery } from './replayCache';
import { rejectDelivery, warn } from '../listener';
import { isWithinTolerance, parseSignatureHeader } from './signature';
import { readOptions } from '../registration/desiredWebhook';
import { readReceiveMode } from '../receiveMode';

/** What n8n's request offers beyond the types it publishes. */
interface WebhookRequest {
	headers: Record<string, string | string[] | undefined>;
	rawBody?: Buffer;
	readRawBody: () => Promise<void>;
}

/** Minutes that a signature is good for unless the user says otherwise. */
const DEFAULT_TOLERANCE_MINUTES = 5;

async function readBody(request: WebhookRequest): Promise<Buffer | undefined> {
	try {
		await request.readRawBody();
	} catch {
		// Cut off, too large or wrongly compressed; nothing of it can be proven.
		return undefined;
	}
	return request.rawBody;
}

/**
 * Answers one delivery and starts the workflow for a genuine one that it listens to. Nothing a
 * stranger sends makes it throw or start anything.
 */
export async function receive(webhook: IWebhookFunctions): Promise<IWebhookResponseData> {
	const at = Date.now();
	const request = webhook.getRequestObject() as unknown as WebhookRequest;
	const sets = parseSignatureHeader(request.headers['persona-signature']);
	const way = readReceiveMode(webhook);
	if (sets.length === 0) {
		if (way === 'workflow') {
			warn(
				webhook,
				'A call without a signature was refused. If it is yours, set a secret in the "Make HTTPS Request" step in Persona, and the same one as \'Webhook Secret\' in the credential.',
			);
		}
		return rejectDelivery(webhook, 401);
	}
	const body = await readBody(request);
	if (!body) return rejectDelivery(webhook, 401);
	const proof = await verifyDelivery(webhook, sets, body);
	if ('status' in proof) return rejectDelivery(webhook, proof.status);
	const { seconds } = proof;
	if (
		!isWithinTolerance(
			seconds,
			Date.now(),
			readOptions(webhook).tolerance ?? DEFAULT_TOLERANCE_MINUTES,
		)
	) {
		warn(
			webhook,
			"A genuine delivery was refused because of its age. Check the clock of this machine, or raise 'Tolerance'.",
		);
		return rejectDelivery(webhook, 401);
	}
	const attempt = parseInt(String(request.headers['persona-webhook-attempts-made']), 10) || 1;
	const delivery: Delivery = { body, seconds, attempt, at };
	if (way === 'workflow') return handleWorkflowCall(webhook, delivery);
	const event = parseEvent(body);
	return event ? await handleEvent(webhook, event, delivery) : rejectDelivery(webhook, 400);
}
