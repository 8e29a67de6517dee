import type { JsonObject, StoredObject } from '../store.mts';
import type { World } from '../world.mts';

/** The first version in which reports have no `run-history` any more. */
const WITHOUT_RUN_HISTORY = '2025-12-08';

/** The attributes of an object as a version of the API has them; versions are days, YYYY-MM-DD. */
export function inVersion(version: string, thing: StoredObject, world: World): JsonObject {
	const { type, attributes } = thing;
	if (!type.startsWith('report/') || version >= WITHOUT_RUN_HISTORY) return attributes;
	const history = world.about(thing).history ?? [];
	return { ...attributes, 'run-history': history.filter((entry) => entry.type === 'run') };
}
