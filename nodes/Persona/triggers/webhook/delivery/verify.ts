import type { ApiResponse } from '../../../transport/apiResponse';
import type { LogWarning } from '../listener';
import type { ReceiveMode } from '../receiveMode';
import { SecretCache } from './secretCache';
import { verifySignature, type SignatureSet } from './signature';

/** When the sender signed a delivery, in seconds since 1970; otherwise the status to reject it with. */
export type VerificationResult = { signedAtSeconds: number } | { status: 401 | 503 };

/** Where the secrets of a delivery come from. */
export interface SecretSource {
	mode: ReceiveMode;
	/** ID of the node's own webhook, as far as n8n has stored it. */
	webhookId: string | undefined;
	/** Tells webhooks of different API keys apart in the cache of secrets. */
	credentialId: string | undefined;
	/** Requests the node's own webhook with its secrets. Never throws, and logs why there are none. */
	fetchWebhook: (webhookId: string) => Promise<ApiResponse>;
	/** The secrets that the user has entered in the credential. Throws where it cannot be read. */
	readCredentialSecrets: () => Promise<string[]>;
	logWarning: LogWarning;
}

const secretCache = new SecretCache();

/** With the secrets of the webhook that the node has registered, fetched from Persona. */
async function verifyWithWebhookSecrets(
	signatures: SignatureSet[],
	body: Buffer,
	{ webhookId, credentialId, fetchWebhook }: SecretSource,
): Promise<VerificationResult> {
	// Persona may deliver before n8n has stored the ID of a webhook that was just created.
	if (!webhookId) return { status: 503 };
	const cacheKey = `${credentialId} ${webhookId}`;
	let signedAtSeconds = verifySignature(signatures, body, secretCache.get(cacheKey));
	if (signedAtSeconds !== undefined) return { signedAtSeconds };
	// Either the delivery is forged, or the secret has been rotated since it was fetched.
	const result = await secretCache.refresh(cacheKey, async () => await fetchWebhook(webhookId));
	signedAtSeconds = verifySignature(signatures, body, secretCache.get(cacheKey));
	if (signedAtSeconds !== undefined) return { signedAtSeconds };
	// Only the current secrets can tell a forgery. Without them Persona has to deliver it again.
	return { status: result === 'fetched' ? 401 : 503 };
}

function describeMismatch(mode: ReceiveMode, hasSecret: boolean) {
	const [place, twin] =
		mode === 'workflow'
			? ['the "Make HTTPS Request" step in Persona', 'the secret of the step']
			: ['the webhook in Persona', 'the secret of the webhook'];
	return hasSecret
		? `A delivery was rejected because its signature does not match. Check that 'Webhook Secret' in the credential is ${twin}. During a rotation, enter both secrets, separated by a comma.`
		: `A delivery was rejected because there is no secret to verify it with. Copy the secret of ${place} into 'Webhook Secret' in the credential.`;
}

/** With the secrets that the user has entered in the credential. */
async function verifyWithCredentialSecret(
	signatures: SignatureSet[],
	body: Buffer,
	{ mode, readCredentialSecrets, logWarning }: SecretSource,
): Promise<VerificationResult> {
	let secrets: string[];
	try {
		secrets = await readCredentialSecrets();
	} catch {
		logWarning(
			'The credential could not be read, so deliveries are answered with 503. Select it again in the node.',
		);
		return { status: 503 };
	}
	const signedAtSeconds = verifySignature(signatures, body, secrets);
	if (signedAtSeconds !== undefined) return { signedAtSeconds };
	logWarning(describeMismatch(mode, secrets.length > 0));
	return { status: 401 };
}

/**
 * Decides whether the sender has signed a delivery: 401 where it has not, 503 where that cannot be
 * known now. Never throws.
 */
export const verifyDelivery = async (
	signatures: SignatureSet[],
	body: Buffer,
	source: SecretSource,
): Promise<VerificationResult> =>
	source.mode === 'automatic'
		? await verifyWithWebhookSecrets(signatures, body, source)
		: await verifyWithCredentialSecret(signatures, body, source);
