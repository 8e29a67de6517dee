import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { called } from './handleWorkflowCall';
import { eventIn } from '../../../events/event';
import { heard } from './handleEvent';
import { proofOf } from './verify';
import type { Delivery } from './replayCache';
import { reject, warn } from '../listener';
import { isFresh, signatureSets } from './signature';
import { optionsOf } from '../registration/desiredWebhook';
import { wayOf } from '../receiveMode';

/** What n8n's request offers beyond the types it publishes. */
interface Request {
	headers: Record<string, string | string[] | undefined>;
	rawBody?: Buffer;
	readRawBody: () => Promise<void>;
}

/** Minutes that a signature is good for unless the user says otherwise. */
const TOLERANCE = 5;

async function bodyOf(request: Request): Promise<Buffer | undefined> {
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
	const request = webhook.getRequestObject() as unknown as Request;
	const sets = signatureSets(request.headers['persona-signature']);
	const way = wayOf(webhook);
	if (sets.length === 0) {
		if (way === 'workflow') {
			warn(
				webhook,
				'A call without a signature was refused. If it is yours, set a secret in the "Make HTTPS Request" step in Persona, and the same one as \'Webhook Secret\' in the credential.',
			);
		}
		return reject(webhook, 401);
	}
	const body = await bodyOf(request);
	if (!body) return reject(webhook, 401);
	const proof = await proofOf(webhook, sets, body);
	if ('status' in proof) return reject(webhook, proof.status);
	const { seconds } = proof;
	if (!isFresh(seconds, Date.now(), optionsOf(webhook).tolerance ?? TOLERANCE)) {
		warn(
			webhook,
			"A genuine delivery was refused because of its age. Check the clock of this machine, or raise 'Tolerance'.",
		);
		return reject(webhook, 401);
	}
	const attempt = parseInt(String(request.headers['persona-webhook-attempts-made']), 10) || 1;
	const delivery: Delivery = { body, seconds, attempt, at };
	if (way === 'workflow') return called(webhook, delivery);
	const event = eventIn(body);
	return event ? await heard(webhook, event, delivery) : reject(webhook, 400);
}
