import { required, words } from '../../fields/kinds';
import type { IdPrefix } from '../../values/idKinds';
import type { Field } from '../../fields/types';
import type { Operation } from '../../engine/types';

/** IDs of objects of these kinds, with the known `prefixes`; Persona takes `maxEntries` in a request. */
export const buildObjectIds = (kinds: string, prefixes: IdPrefix[], maxEntries?: number): Field =>
	words(
		'Object IDs',
		`IDs of ${kinds}, separated by commas or as a list, or the addresses of their pages. Reference IDs are refused.`,
		`${prefixes[0]}_ABC123, ${prefixes[1]}_ABC123`,
		{ format: 'objectId', idPrefix: prefixes, maxEntries },
	);

/**
 * Builds the operations that add objects to another object, and remove them from it. `path` is
 * that of the object.
 */
export function buildObjectOperations(
	objectName: string,
	path: `/${string}`,
	objectIds: Field,
): Record<'addObjects' | 'removeObjects', Operation> {
	const common = { meta: { 'object-ids': required(objectIds) } as const };
	return {
		addObjects: {
			name: 'Add Objects',
			action: `Add objects to ${objectName}`,
			description: `Put inquiries, reports or other objects that belong together into one ${objectName}`,
			route: `POST ${path}/add-objects`,
			...common,
		},
		removeObjects: {
			name: 'Remove Objects',
			action: `Remove objects from ${objectName}`,
			description: `Take wrong inquiries, reports or other objects out of the ${objectName}. Those that do not belong to it are ignored.`,
			route: `POST ${path}/remove-objects`,
			...common,
		},
	};
}
