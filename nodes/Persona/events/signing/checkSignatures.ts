import type { ApiResponse } from '../../transport/apiResponse';
import { SecretCache } from './secretCache';
import { findSignedTime, type SignatureSet } from './signature';

/**
 * Whether a webhook of Persona signed a body: when, in seconds since 1970; that it did not; or Persona's
 * response instead of the secrets, without which neither is known.
 */
export type SignatureCheck =
	{ signedAtSeconds: number } | { isForged: true } | { unknown: ApiResponse };

/** Where the secrets of a webhook come from. */
export interface WebhookSource {
	/** Identifies the webhook, and who asks Persona for it. */
	key: string;
	/** Fetches the webhook with its secrets. Never throws. */
	fetchWebhook: () => Promise<ApiResponse>;
}

const secretCache = new SecretCache();

/**
 * Checks signatures of a body with the secrets of a webhook, which are fetched from Persona unless one
 * that is known matches. Never throws.
 */
export async function checkSignatures(
	signatures: SignatureSet[],
	body: Buffer,
	{ key, fetchWebhook }: WebhookSource,
): Promise<SignatureCheck> {
	let signedAtSeconds = findSignedTime(signatures, body, secretCache.get(key));
	if (signedAtSeconds !== undefined) return { signedAtSeconds };
	// Either the delivery is forged, or the secret has been rotated since it was fetched.
	const unknown = await secretCache.refresh(key, fetchWebhook);
	signedAtSeconds = findSignedTime(signatures, body, secretCache.get(key));
	if (signedAtSeconds !== undefined) return { signedAtSeconds };
	// Only a mismatch with the current secrets proves a forgery.
	return unknown ? { unknown } : { isForged: true };
}
