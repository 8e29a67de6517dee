import { one } from '../server/answer.mts';
import type { JsonObject, StoredObject } from '../store.mts';
import type { World } from '../world.mts';
import { checksOf } from './checks.mts';
import { addDocument, documented } from './document.mts';
import { shownOf } from './facts.mts';
import { governmentId } from './governmentId.mts';
import { paper } from './paper.mts';
import { processedSelfie, selfie } from './selfie.mts';
import { verificationKinds } from './verificationKinds.mts';

/** What a verification finds out of the person of an inquiry; it may leave documents behind. */
export type Finding = (
	world: World,
	inquiry: StoredObject,
	verification: StoredObject,
	passed: boolean,
) => JsonObject;

const own: Record<string, Finding> = { document: paper, 'government-id': governmentId, selfie };

/** What a verification of any kind has found out, with its checks, files and documents. */
export function findingsOf(
	world: World,
	inquiry: StoredObject,
	verification: StoredObject,
	kind: string,
	passed: boolean,
): JsonObject {
	if (own[kind]) return own[kind](world, inquiry, verification, passed);
	const shown = shownOf(world, inquiry, verificationKinds[kind], passed);
	if (kind === 'government-id-nfc') {
		documented(verification, addDocument(world, inquiry, kind, {}));
	}
	// Persona links a mobile document to its inquiry alone.
	if (kind === 'mdoc') addDocument(world, inquiry, kind, {});
	if (kind === 'database-serpro') {
		const face = processedSelfie(world, inquiry);
		verification.relationships = { ...verification.relationships, selfie: one(face) };
	}
	return { ...shown, checks: checksOf(kind, passed) };
}
