import { ConflictError } from '../../state/errors.mts';
import type { StoredObject } from '../../state/storedObject.mts';

/** Throws a conflict when the object was redacted. */
export function requireNotRedacted({ attributes, type }: StoredObject) {
	if (attributes['redacted-at']) throw new ConflictError(`${type} is already redacted`);
}
