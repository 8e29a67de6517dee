import { deleteFiles } from '../../files/uploads.mts';
import type { Json, JsonObject } from '../../state/json.mts';
import type { SandboxState } from '../../state/sandboxState.mts';
import type { StoredObject } from '../../state/storedObject.mts';
import { getTimestamp } from '../../state/timestamp.mts';
import { verificationKinds } from './verificationKinds.mts';

/** Attributes without personal data. */
const KEPT_ATTRIBUTES =
	/^(status|kind|capture-method|checks|country-code|tags|from-reusable-persona|.+-at(-ts)?|.+-reasons)$/;

/** Whether a verification, or one of an inquiry, is under investigation and must not be redacted. */
export const isUnderInvestigation = (state: SandboxState, object: StoredObject) =>
	[object, ...state.store.getRelated(object, 'verifications')].some(
		(each) => state.getPrivateState(each).isUnderInvestigation,
	);

/** Redacts a verification with its document and their files. */
export function redactVerification(state: SandboxState, verification: StoredObject) {
	const [, kind] = verification.type.split('/');
	redactAttributes(state, verification);
	for (const { name, isNullable } of verificationKinds[kind]) {
		if (!isNullable) delete verification.attributes[name];
	}
	verification.attributes['redacted-at'] = getTimestamp();
	for (const document of state.store.getRelated(verification, 'document')) {
		redactAttributes(state, document);
		for (const file of state.store.getRelated(document, 'document-files')) {
			redactAttributes(state, file);
		}
	}
}

function redactAttributes(state: SandboxState, object: StoredObject) {
	deleteFiles(state, object.attributes);
	for (const [name, value] of Object.entries(object.attributes)) {
		if (!KEPT_ATTRIBUTES.test(name)) object.attributes[name] = emptyValue(name, value);
	}
}

/** The redacted value: empty for lists and for objects that Persona never shows as null, else null. */
function emptyValue(name: string, value: Json): Json {
	if (Array.isArray(value)) return [];
	if (name === 'fields') return {};
	if (name !== 'extracted-identity') return null;
	return Object.fromEntries(Object.keys(value as JsonObject).map((key) => [key, null]));
}
