import type { JsonObject } from '../../state/json.mts';
import { toOne } from '../../state/relationships.mts';
import type { SandboxState } from '../../state/sandboxState.mts';
import type { StoredObject } from '../../state/storedObject.mts';
import { buildChecks } from './checks.mts';
import { addDocument, linkDocument } from './document.mts';
import { buildGenericDocument } from './genericDocument.mts';
import { buildGovernmentId } from './governmentId.mts';
import type { ResultBuilder } from './resultBuilder.mts';
import { addSelfie, buildSelfie } from './selfie.mts';
import { buildVerificationAttributes } from './verificationAttributes.mts';
import { verificationKinds } from './verificationKinds.mts';

/** By kind, where the result consists of more than attributes. */
const RESULT_BUILDERS: Record<string, ResultBuilder> = {
	document: buildGenericDocument,
	'government-id': buildGovernmentId,
	selfie: buildSelfie,
};

/** The attributes that a finished verification shows, with its checks; may add files and documents. */
export function buildVerificationResult(
	state: SandboxState,
	inquiry: StoredObject,
	verification: StoredObject,
	kind: string,
	isPassed: boolean,
): JsonObject {
	if (RESULT_BUILDERS[kind]) return RESULT_BUILDERS[kind](state, inquiry, verification, isPassed);
	const attributes = buildVerificationAttributes(state, inquiry, verificationKinds[kind], isPassed);
	if (kind === 'government-id-nfc') {
		linkDocument(verification, addDocument(state, inquiry, kind, {}));
	}
	// Persona links a mobile document to its inquiry only.
	if (kind === 'mdoc') addDocument(state, inquiry, kind, {});
	if (kind === 'database-serpro') {
		const selfie = addSelfie(state, inquiry);
		verification.relationships = { ...verification.relationships, selfie: toOne(selfie) };
	}
	return { ...attributes, checks: buildChecks(kind, isPassed) };
}
