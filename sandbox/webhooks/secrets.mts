import { randomUUID } from 'node:crypto';
import type { SandboxState } from '../state/sandboxState.mts';
import type { StoredObject } from '../state/storedObject.mts';

// Persona does not document its default; a day is long enough to observe two valid secrets.
const DEFAULT_OVERLAP_SECONDS = 86_400;

/** Gives a webhook a new secret. Earlier ones stay valid for `overlapSeconds`. */
export function rotateSecret(
	state: SandboxState,
	webhook: StoredObject,
	overlapSeconds = DEFAULT_OVERLAP_SECONDS,
) {
	const privateState = state.getPrivateState(webhook);
	const overlapEnd = Date.now() + overlapSeconds * 1000;
	const earlier = (privateState.secrets ?? []).map(({ value, expiresAt }) => ({
		value,
		expiresAt: Math.min(expiresAt ?? overlapEnd, overlapEnd),
	}));
	privateState.secrets = [{ value: `wbhsec_${randomUUID()}`, expiresAt: null }, ...earlier];
}

/** The valid secrets, newest first. */
export const getActiveSecrets = (state: SandboxState, webhook: StoredObject) =>
	findActive(state, webhook).map(({ value }) => value);

/** The attributes that show the secrets; only a few responses have them. */
export function getSecretAttributes(state: SandboxState, webhook: StoredObject) {
	const secrets = findActive(state, webhook).map(({ value, expiresAt }) => ({
		value,
		'expires-at': expiresAt === null ? null : new Date(expiresAt).toISOString(),
	}));
	return { secret: secrets[0].value, secrets };
}

const findActive = (state: SandboxState, webhook: StoredObject) =>
	(state.getPrivateState(webhook).secrets ?? []).filter(
		({ expiresAt }) => expiresAt === null || expiresAt > Date.now(),
	);
