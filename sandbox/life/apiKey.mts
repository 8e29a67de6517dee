import { DEFAULT_LINK_SECONDS } from '../files/fileLinks.mts';
import { randomText } from '../ids.mts';
import type { JsonObject, StoredObject } from '../store.mts';
import { now, type World } from '../world.mts';

const readAndWrite = (name: string) => [`${name}.read`, `${name}.write`];

/** What a new key may do unless somebody says otherwise; keys for keys have to be asked for. */
const usual = [
	...['account', 'case', 'document', 'inquiry', 'list', 'report'].flatMap(readAndWrite),
	...['txn', 'verification', 'webhook'].flatMap(readAndWrite),
	...['account_type.read', 'api_log.read', 'case_template.read', 'event.read'],
	...['filing.write', 'user_audit_log.read', 'workflow.trigger'],
];

/** A new value for a key of this environment. */
export const newValue = (environment: 'production' | 'sandbox') =>
	`persona_${environment}_${randomText(32)}`;

/** A key that works from the next request on. */
export function newKey(world: World, value: string, given: JsonObject): StoredObject {
	const key = world.create('api-key', 'api', {
		name: null,
		note: null,
		'api-version': '2025-12-08',
		'api-key-inflection': 'kebab',
		'api-attributes-blocklist': [],
		permissions: usual,
		'ip-address-allowlist': ['*'],
		'file-access-token-expires-in': DEFAULT_LINK_SECONDS,
		...given,
		'last-used-at': null,
		'expires-at': null,
		'created-at': now(),
	});
	world.keys.set(value, key.id);
	return key;
}

/** Makes the keys that the sandbox was started with. */
export function plantKeys(world: World) {
	const { apiKeys, fileLinkSeconds } = world.settings;
	for (const [index, given] of apiKeys.entries()) {
		const key = newKey(world, given.value, {
			name: index === 0 ? 'Default API Key' : `API Key ${index + 1}`,
			permissions: given.permissions ?? [...usual, ...readAndWrite('api_key')],
			'file-access-token-expires-in': fileLinkSeconds,
		});
		world.about(key).given = { ...given };
	}
}
