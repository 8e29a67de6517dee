import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { Client, UNSENT, type Answer } from '../transport/client';
import { toNodeError } from '../transport/errors';
import { eventIn, itemOf } from './event';
import { ALL_EVENTS } from './events';
import { Recent } from './recent';
import { pathOf, type Stored } from './registration';
import { Secrets, secretsIn } from './secrets';
import { isFresh, signatureSets, signedAt, type SignatureSet } from './signature';
import { eventsOf, optionsOf } from './wanted';

/** What n8n's request offers beyond the types it publishes. */
interface Delivery {
	headers: Record<string, string | string[] | undefined>;
	rawBody?: Buffer;
	readRawBody: () => Promise<void>;
}

/** Persona waits 5 seconds for an answer and delivers again, so one quick try does. */
const PATIENCE = { tries: 1, timeout: 3_000 };

/** Minutes that a signature is good for unless the user says otherwise. */
const TOLERANCE = 5;

const secrets = new Secrets();

/** Deliveries that this process has handed to n8n: ten thousand of the last hour. */
const received = new Recent<true>(10_000, 60 * 60 * 1000);

const ANSWERS = {
	400: 'This is not an event of Persona',
	401: 'The signature is missing, wrong or too old',
	503: 'The signature cannot be checked now',
};

function reject(webhook: IWebhookFunctions, status: keyof typeof ANSWERS): IWebhookResponseData {
	const response = webhook.getResponseObject() as {
		status: (code: number) => { json: (body: IDataObject) => void };
	};
	response.status(status).json({ message: ANSWERS[status] });
	return { noWebhookResponse: true };
}

async function bodyOf(delivery: Delivery): Promise<Buffer | undefined> {
	try {
		await delivery.readRawBody();
	} catch {
		// Cut off, too large or wrongly compressed; nothing of it can be proven.
		return undefined;
	}
	return delivery.rawBody;
}

function warn(webhook: IWebhookFunctions, message: string) {
	const { id } = webhook.getWorkflow();
	webhook.logger.warn(`${webhook.getNode().name}: ${message}`, { workflowId: id });
}

function unreadable(webhook: IWebhookFunctions, webhookId: string, answer: Answer) {
	const { message, description } = toNodeError(webhook.getNode(), answer, {
		permission: 'webhook.read',
	});
	const mend: Record<number, string> = {
		200: 'An attribute blocklist of the API key hides it: take `secrets` off that list.',
		404: `${message}. Deactivate and activate the workflow, which registers the webhook anew.`,
	};
	return `The secret of webhook ${webhookId} could not be read, so its deliveries are answered with 503 and Persona sends them again later. ${mend[answer.statusCode] ?? `${message}. ${description}`}`;
}

async function ask(webhook: IWebhookFunctions, webhookId: string): Promise<Answer> {
	let answer: Answer;
	try {
		const client = await Client.of(webhook, PATIENCE);
		answer = await client.answer({ method: 'GET', path: pathOf(webhookId) });
	} catch (error) {
		// The credential is gone or cannot be read.
		answer = { statusCode: UNSENT, headers: {}, body: (error as Error).message };
	}
	if (secretsIn(answer).length === 0) warn(webhook, unreadable(webhook, webhookId, answer));
	return answer;
}

/** When Persona signed the body, in seconds since 1970; otherwise the status to answer with. */
async function proven(
	webhook: IWebhookFunctions,
	sets: SignatureSet[],
	body: Buffer,
): Promise<{ seconds: number } | { status: 401 | 503 }> {
	const { webhookId } = webhook.getWorkflowStaticData('node') as Stored;
	// Persona may deliver before n8n has stored the ID of a webhook that was just created.
	if (!webhookId) return { status: 503 };
	const key = `${webhook.getNode().credentials?.personaApi?.id} ${webhookId}`;
	let seconds = signedAt(sets, body, secrets.known(key));
	if (seconds !== undefined) return { seconds };
	const outcome = await secrets.learn(key, async () => await ask(webhook, webhookId));
	seconds = signedAt(sets, body, secrets.known(key));
	if (seconds !== undefined) return { seconds };
	return { status: outcome === 'told' ? 401 : 503 };
}

/**
 * Answers one delivery and starts the workflow for a genuine event that it listens to. Nothing a
 * stranger sends makes it throw or start anything.
 */
export async function receive(webhook: IWebhookFunctions): Promise<IWebhookResponseData> {
	const delivery = webhook.getRequestObject() as unknown as Delivery;
	const sets = signatureSets(delivery.headers['persona-signature']);
	if (sets.length === 0) return reject(webhook, 401);
	const body = await bodyOf(delivery);
	if (!body) return reject(webhook, 401);
	const proof = await proven(webhook, sets, body);
	if ('status' in proof) return reject(webhook, proof.status);
	if (!isFresh(proof.seconds, Date.now(), optionsOf(webhook).tolerance ?? TOLERANCE)) {
		warn(
			webhook,
			"A genuine delivery was refused because of its age. Check the clock of this machine, or raise 'Tolerance'.",
		);
		return reject(webhook, 401);
	}
	const event = eventIn(body);
	if (!event) return reject(webhook, 400);
	const wanted = eventsOf(webhook);
	if (!wanted.includes(ALL_EVENTS) && !wanted.includes(event.attributes.name)) return {};
	const attempt = parseInt(String(delivery.headers['persona-webhook-attempts-made']), 10) || 1;
	const simplify = webhook.getNodeParameter('simplify', true) as boolean;
	const json = itemOf(event, attempt, simplify);
	// Test and production listeners have webhooks of their own, so neither hides an event from the other.
	const { webhookId } = webhook.getWorkflowStaticData('node') as Stored;
	// The signed time tells a new attempt from a replay; the header with the attempts is not signed.
	const key = [webhookId, event.id, proof.seconds].join(' ');
	if (received.get(key)) return {};
	received.set(key, true);
	return { workflowData: [[{ json }]] };
}
