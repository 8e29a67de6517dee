import type { JsonObject } from '../state/json.mts';
import type { SandboxState } from '../state/sandboxState.mts';
import type { StoredObject } from '../state/storedObject.mts';

/** The versions in Persona's description, and the one released after it. */
export const API_VERSIONS = [
	'2026-09-29',
	'2025-12-08',
	'2025-10-27',
	'2023-01-05',
	'2022-09-01',
	'2021-08-18',
	'2021-07-05',
	'2021-05-14',
	'2021-02-21',
	'2020-05-18',
];

/** The first version in which reports no longer have `run-history`. */
const WITHOUT_RUN_HISTORY = '2025-12-08';

/** The attributes of an object in a version of the API. Versions are dates, YYYY-MM-DD. */
export function applyVersion(
	version: string,
	object: StoredObject,
	state: SandboxState,
): JsonObject {
	const { type, attributes } = object;
	if (!type.startsWith('report/') || version >= WITHOUT_RUN_HISTORY) return attributes;
	const history = state.getPrivateState(object).history ?? [];
	return { ...attributes, 'run-history': history.filter((entry) => entry.type === 'run') };
}
