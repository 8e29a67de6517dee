import type { IWebhookFunctions } from 'n8n-workflow';
import { NOT_SENT, type ApiResponse } from '../../../transport/apiResponse';
import { Client } from '../../../transport/client';
import { DELIVERY_RETRY_POLICY } from '../../../transport/retryPolicies';
import { toNodeError } from '../../../transport/errors';
import { splitList } from '../../../events/parameters';
import { warn } from '../listener';
import { getWebhookPath } from '../webhookApi';
import { SecretCache, parseSecrets } from './secretCache';
import { verifySignature, type SignatureSet } from './signature';
import { getStaticData } from '../staticData';
import { readReceiveMode } from '../receiveMode';

/** When Persona signed a body, in seconds since 1970; otherwise the status to answer with. */
export type VerificationResult = { seconds: number } | { status: 401 | 503 };

const secretCache = new SecretCache();

function describeSecretFailure(webhook: IWebhookFunctions, webhookId: string, answer: ApiResponse) {
	const { message, description } = toNodeError(webhook.getNode(), answer, {
		permission: 'webhook.read',
	});
	const mend: Record<number, string> = {
		200: 'An attribute blocklist of the API key hides it: take `secrets` off that list.',
		404: `${message}. Unpublish and publish the workflow, which registers the webhook anew.`,
	};
	return `The secret of webhook ${webhookId} could not be read, so its deliveries are answered with 503 and Persona sends them again later. ${mend[answer.statusCode] ?? `${message}. ${description}`}`;
}

async function fetchSecrets(webhook: IWebhookFunctions, webhookId: string): Promise<ApiResponse> {
	let answer: ApiResponse;
	try {
		const client = await Client.create(webhook, DELIVERY_RETRY_POLICY);
		answer = await client.request({ method: 'GET', path: getWebhookPath(webhookId) });
	} catch (error) {
		// The credential is gone or cannot be read.
		answer = { statusCode: NOT_SENT, headers: {}, body: (error as Error).message };
	}
	if (parseSecrets(answer).length === 0)
		warn(webhook, describeSecretFailure(webhook, webhookId, answer));
	return answer;
}

/** By the secrets of the node's own webhook, which Persona tells. */
async function verifyWithWebhookSecrets(
	webhook: IWebhookFunctions,
	sets: SignatureSet[],
	body: Buffer,
): Promise<VerificationResult> {
	const { webhookId } = getStaticData(webhook);
	// Persona may deliver before n8n has stored the ID of a webhook that was just created.
	if (!webhookId) return { status: 503 };
	const key = `${webhook.getNode().credentials?.personaApi?.id} ${webhookId}`;
	let seconds = verifySignature(sets, body, secretCache.get(key));
	if (seconds !== undefined) return { seconds };
	const outcome = await secretCache.refresh(
		key,
		async () => await fetchSecrets(webhook, webhookId),
	);
	seconds = verifySignature(sets, body, secretCache.get(key));
	if (seconds !== undefined) return { seconds };
	return { status: outcome === 'told' ? 401 : 503 };
}

/** By the secrets that the user keeps in the credential. */
async function verifyWithCredentialSecret(
	webhook: IWebhookFunctions,
	sets: SignatureSet[],
	body: Buffer,
): Promise<VerificationResult> {
	let known: string[];
	try {
		const { webhookSecret } = await webhook.getCredentials('personaApi');
		known = splitList(webhookSecret);
	} catch {
		warn(
			webhook,
			'The credential could not be read, so deliveries are answered with 503. Choose it anew in the node.',
		);
		return { status: 503 };
	}
	const seconds = verifySignature(sets, body, known);
	if (seconds !== undefined) return { seconds };
	const [place, twin] =
		readReceiveMode(webhook) === 'workflow'
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
export const verifyDelivery = async (
	webhook: IWebhookFunctions,
	sets: SignatureSet[],
	body: Buffer,
): Promise<VerificationResult> =>
	readReceiveMode(webhook) === 'automatic'
		? await verifyWithWebhookSecrets(webhook, sets, body)
		: await verifyWithCredentialSecret(webhook, sets, body);
