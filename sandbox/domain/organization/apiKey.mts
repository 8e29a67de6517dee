import { DEFAULT_FILE_LINK_SECONDS } from '../../state/fileLinks.mts';
import { createRandomText } from '../../state/ids.mts';
import type { JsonObject } from '../../state/json.mts';
import type { SandboxState } from '../../state/sandboxState.mts';
import type { StoredObject } from '../../state/storedObject.mts';
import { getTimestamp } from '../../state/timestamp.mts';

const toReadAndWrite = (resource: string) => [`${resource}.read`, `${resource}.write`];

/** The default permissions of a new key. The permission to manage keys must be requested. */
const DEFAULT_PERMISSIONS = [
	...['account', 'case', 'document', 'inquiry', 'list', 'report'].flatMap(toReadAndWrite),
	...['txn', 'verification', 'webhook'].flatMap(toReadAndWrite),
	...['account_type.read', 'api_log.read', 'case_template.read', 'event.read'],
	...['filing.write', 'user_audit_log.read', 'workflow.trigger'],
];

/** A new key value for an environment. */
export const createKeyValue = (environment: 'production' | 'sandbox') =>
	`persona_${environment}_${createRandomText(32)}`;

/** Creates an API key, which works from the next request on. */
export function createApiKey(
	state: SandboxState,
	value: string,
	attributes: JsonObject,
): StoredObject {
	const key = state.createObject('api-key', 'api', {
		name: null,
		note: null,
		'api-version': '2025-12-08',
		'api-key-inflection': 'kebab',
		'api-attributes-blocklist': [],
		permissions: DEFAULT_PERMISSIONS,
		'ip-address-allowlist': ['*'],
		'file-access-token-expires-in': DEFAULT_FILE_LINK_SECONDS,
		...attributes,
		'last-used-at': null,
		'expires-at': null,
		'created-at': getTimestamp(),
	});
	state.apiKeyIds.set(value, key.id);
	return key;
}

/** Adds the keys that the sandbox was started with. */
export function seedApiKeys(state: SandboxState) {
	const { apiKeys, fileLinkSeconds } = state.settings;
	for (const [index, configuredKey] of apiKeys.entries()) {
		const key = createApiKey(state, configuredKey.value, {
			name: index === 0 ? 'Default API Key' : `API Key ${index + 1}`,
			permissions: configuredKey.permissions ?? [
				...DEFAULT_PERMISSIONS,
				...toReadAndWrite('api_key'),
			],
			'file-access-token-expires-in': fileLinkSeconds,
		});
		state.getPrivateState(key).configuredKey = { ...configuredKey };
	}
}
