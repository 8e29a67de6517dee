import type { JsonObject } from '../../state/json.mts';
import type { SandboxState } from '../../state/sandboxState.mts';
import type { StoredObject } from '../../state/storedObject.mts';

/** Builds the attributes that a finished verification shows; may add documents and files. */
export type ResultBuilder = (
	state: SandboxState,
	inquiry: StoredObject,
	verification: StoredObject,
	isPassed: boolean,
) => JsonObject;
