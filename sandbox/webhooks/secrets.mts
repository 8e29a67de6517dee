import { randomUUID } from 'node:crypto';
import type { StoredObject } from '../store.mts';
import type { World } from '../world.mts';

// How long an old secret lives on is not documented when nobody says; a day is long enough to see both.
const OVERLAP_SECONDS = 86_400;

/** Gives a webhook its first secret, or a new one while the old ones live on for `overlapSeconds`. */
export function rotateSecret(
	world: World,
	webhook: StoredObject,
	overlapSeconds = OVERLAP_SECONDS,
) {
	const about = world.about(webhook);
	const until = Date.now() + overlapSeconds * 1000;
	const old = (about.secrets ?? []).map(({ value, expiresAt }) => ({
		value,
		expiresAt: Math.min(expiresAt ?? until, until),
	}));
	about.secrets = [{ value: `wbhsec_${randomUUID()}`, expiresAt: null }, ...old];
}

/** The secrets that are still good, the newest first. */
export const liveSecrets = (world: World, webhook: StoredObject) =>
	live(world, webhook).map(({ value }) => value);

/** The attributes that show the secrets; only a few answers have them. */
export function secretAttributes(world: World, webhook: StoredObject) {
	const secrets = live(world, webhook).map(({ value, expiresAt }) => ({
		value,
		'expires-at': expiresAt === null ? null : new Date(expiresAt).toISOString(),
	}));
	return { secret: secrets[0].value, secrets };
}

const live = (world: World, webhook: StoredObject) =>
	(world.about(webhook).secrets ?? []).filter(
		({ expiresAt }) => expiresAt === null || expiresAt > Date.now(),
	);
