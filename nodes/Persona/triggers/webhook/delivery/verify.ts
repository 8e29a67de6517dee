import type { IWebhookFunctions } from 'n8n-workflow';
import { UNSENT, type Answer } from '../../../transport/apiResponse';
import { Client } from '../../../transport/client';
import { DELIVERY_RETRY_POLICY } from '../../../transport/retryPolicies';
import { toNodeError } from '../../../transport/errors';
import { listOf } from '../../../events/parameters';
import { warn } from '../listener';
import { pathOf } from '../webhookApi';
import { Secrets, secretsIn } from './secretCache';
import { signedAt, type SignatureSet } from './signature';
import { storedOf } from '../staticData';
import { wayOf } from '../receiveMode';

/** When Persona signed a body, in seconds since 1970; otherwise the status to answer with. */
export type Proof = { seconds: number } | { status: 401 | 503 };

const secrets = new Secrets();

function unreadable(webhook: IWebhookFunctions, webhookId: string, answer: Answer) {
	const { message, description } = toNodeError(webhook.getNode(), answer, {
		permission: 'webhook.read',
	});
	const mend: Record<number, string> = {
		200: 'An attribute blocklist of the API key hides it: take `secrets` off that list.',
		404: `${message}. Unpublish and publish the workflow, which registers the webhook anew.`,
	};
	return `The secret of webhook ${webhookId} could not be read, so its deliveries are answered with 503 and Persona sends them again later. ${mend[answer.statusCode] ?? `${message}. ${description}`}`;
}

async function ask(webhook: IWebhookFunctions, webhookId: string): Promise<Answer> {
	let answer: Answer;
	try {
		const client = await Client.of(webhook, DELIVERY_RETRY_POLICY);
		answer = await client.answer({ method: 'GET', path: pathOf(webhookId) });
	} catch (error) {
		// The credential is gone or cannot be read.
		answer = { statusCode: UNSENT, headers: {}, body: (error as Error).message };
	}
	if (secretsIn(answer).length === 0) warn(webhook, unreadable(webhook, webhookId, answer));
	return answer;
}

/** By the secrets of the node's own webhook, which Persona tells. */
async function byPersona(
	webhook: IWebhookFunctions,
	sets: SignatureSet[],
	body: Buffer,
): Promise<Proof> {
	const { webhookId } = storedOf(webhook);
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

/** By the secrets that the user keeps in the credential. */
async function byCredential(
	webhook: IWebhookFunctions,
	sets: SignatureSet[],
	body: Buffer,
): Promise<Proof> {
	let known: string[];
	try {
		const { webhookSecret } = await webhook.getCredentials('personaApi');
		known = listOf(webhookSecret);
	} catch {
		warn(
			webhook,
			'The credential could not be read, so deliveries are answered with 503. Choose it anew in the node.',
		);
		return { status: 503 };
	}
	const seconds = signedAt(sets, body, known);
	if (seconds !== undefined) return { seconds };
	const [place, twin] =
		wayOf(webhook) === 'workflow'
			? ['the "Make HTTPS Request" step in Persona', 'the one in the step']
			: ['the webhook in Persona', 'the one of the webhook'];
	warn(
		webhook,
		known.length === 0
			? `A delivery was refused because there is no secret to check it with. Copy the secret of ${place} into 'Webhook Secret' of the credential.`
			: `A delivery was refused because its signature does not fit. Check that 'Webhook Secret' of the credential is ${twin}; while it is replaced, give both with a comma between them.`,
	);
	return { status: 401 };
}

/** Whether Persona has signed a body. Never throws. */
export const proofOf = async (
	webhook: IWebhookFunctions,
	sets: SignatureSet[],
	body: Buffer,
): Promise<Proof> =>
	wayOf(webhook) === 'automatic'
		? await byPersona(webhook, sets, body)
		: await byCredential(webhook, sets, body);
