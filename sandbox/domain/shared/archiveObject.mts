import { ConflictError } from '../../state/errors.mts';
import type { StoredObject } from '../../state/storedObject.mts';
import { getTimestamp } from '../../state/timestamp.mts';

/** Archives a list, a list item or a theme set, which can still be read. Throws when it already is. */
export function archiveObject(object: StoredObject) {
	if (object.attributes.status === 'archived') {
		throw new ConflictError('Record is already archived');
	}
	Object.assign(object.attributes, {
		status: 'archived',
		'archived-at': getTimestamp(),
		'updated-at': getTimestamp(),
	});
}
