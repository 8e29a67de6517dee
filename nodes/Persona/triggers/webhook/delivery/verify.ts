import { checkSignatures } from '../../../events/signing/checkSignatures';
import { findSignedTime, type SignatureSet } from '../../../events/signing/signature';
import type { ApiResponse } from '../../../transport/apiResponse';
import type { LogWarning } from '../listener';
import type { ReceiveMode } from '../receiveMode';

/** When the sender signed a delivery, in seconds since 1970, or the status to reject it with. */
export type VerificationResult = { signedAtSeconds: number } | { status: 401 | 503 };

/** Where the secrets of a delivery come from. */
export interface SecretSource {
	mode: ReceiveMode;
	/** ID of the node's own webhook, if n8n has stored it. */
	webhookId: string | undefined;
	/** Keeps the cached secrets of different API keys apart. */
	credentialId: string | undefined;
	/**
	 * Fetches the node's own webhook with its secrets. Never throws; if there are none, it logs why.
	 */
	fetchWebhook: (webhookId: string) => Promise<ApiResponse>;
	/** The secrets that the user has entered in the credential. Throws if it cannot be read. */
	readCredentialSecrets: () => Promise<string[]>;
	logWarning: LogWarning;
}

const CHANGED_BODY_HINT =
	'If it was Persona, a proxy or firewall between Persona and n8n changes the body, such as its blanks or its encoding: it must pass on every byte.';

/** Verifies a delivery with the secrets of the node's own webhook, fetched from Persona. */
async function verifyWithWebhookSecrets(
	signatures: SignatureSet[],
	body: Buffer,
	{ webhookId, credentialId, fetchWebhook, logWarning }: SecretSource,
): Promise<VerificationResult> {
	// Persona may deliver before n8n has stored the ID of a webhook that was just created.
	if (!webhookId) return { status: 503 };
	const check = await checkSignatures(signatures, body, {
		key: `${credentialId} ${webhookId}`,
		fetchWebhook: async () => await fetchWebhook(webhookId),
	});
	if ('signedAtSeconds' in check) return check;
	// As long as it is unknown, Persona has to deliver it again.
	if ('unknown' in check) return { status: 503 };
	logWarning(
		`A delivery was rejected because its signature does not match: whoever sent it does not have the secret. ${CHANGED_BODY_HINT} Persona delivers it again for 51 hours.`,
	);
	return { status: 401 };
}

function describeRejection(mode: ReceiveMode, hasSecret: boolean) {
	const [location, expectedSecret] =
		mode === 'workflow'
			? ['the "Make HTTPS Request" step in Persona', 'the secret of the step']
			: ['the webhook in Persona', 'the secret of the webhook'];
	return hasSecret
		? `A delivery was rejected because its signature does not match. Check that 'Webhook Secret' in the credential is ${expectedSecret}. During a rotation, enter both secrets, separated by a comma. ${CHANGED_BODY_HINT}`
		: `A delivery was rejected because there is no secret to verify it with. Copy the secret of ${location} into 'Webhook Secret' in the credential.`;
}

/** Verifies a delivery with the secrets that the user has entered in the credential. */
async function verifyWithCredentialSecrets(
	signatures: SignatureSet[],
	body: Buffer,
	{ mode, readCredentialSecrets, logWarning }: SecretSource,
): Promise<VerificationResult> {
	let secrets: string[];
	try {
		secrets = await readCredentialSecrets();
	} catch {
		logWarning(
			'The credential could not be read, so deliveries are rejected with 503. Select it again in the node.',
		);
		return { status: 503 };
	}
	const signedAtSeconds = findSignedTime(signatures, body, secrets);
	if (signedAtSeconds !== undefined) return { signedAtSeconds };
	logWarning(describeRejection(mode, secrets.length > 0));
	return { status: 401 };
}

/**
 * Verifies that a delivery was signed with one of the secrets. The status is 401 if it was not, and
 * 503 if that cannot be determined now. Never throws.
 */
export const verifyDelivery = async (
	signatures: SignatureSet[],
	body: Buffer,
	source: SecretSource,
): Promise<VerificationResult> =>
	source.mode === 'automatic'
		? await verifyWithWebhookSecrets(signatures, body, source)
		: await verifyWithCredentialSecrets(signatures, body, source);
