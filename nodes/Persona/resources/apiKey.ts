import { requestItem } from '../engine/execute';
import { count, required, text, words } from '../engine/fields';
import type { Fields, Resource } from '../engine/types';
import type { NodeItemContext } from '../engine/itemContext';
import { buildApiSettings } from './shared/apiSettings';

const attributes: Fields = {
	name: text('Name', 'What the key is called in the Persona dashboard', 'Shop Backend'),
	permissions: words(
		'Permissions',
		'What the key may do, separated by commas or as a list. Names are of the form account.read, account.write; also case, document, inquiry, list, report, txn, verification and webhook, and event.read, api_log.read, workflow.trigger.',
		'inquiry.read, inquiry.write, report.read',
	),
	note: text('Note', 'What the key is for', 'Made by n8n for the shop'),
	...buildApiSettings('answers'),
	'ip-address-allowlist': words(
		'IP Address Allowlist',
		'Addresses that may use the key, separated by commas or as a list; a star lets all',
		'203.0.113.7, 203.0.113.8',
	),
};

/**
 * Puts out the key itself as `keyValue`: n8n hides members by name, and list items have a `value`
 * as well, which must be seen.
 */
async function executeWithKeyValue(session: NodeItemContext) {
	const [{ json }] = await requestItem(session);
	const { value: keyValue, ...others } = json;
	return [{ json: keyValue === undefined ? json : { ...others, keyValue } }];
}

/** API keys: who may use Persona's API, and for what. */
export const apiKeys: Resource = {
	name: 'API Key',
	value: 'apiKey',
	type: 'api-key',
	permission: 'api_key',
	operations: {
		create: {
			name: 'Create',
			action: 'Create an API key',
			description: 'Make a key; this answer alone shows its value, as keyValue',
			route: 'POST /api-keys',
			attributes: {
				...attributes,
				name: required(attributes.name),
				permissions: { ...attributes.permissions, topLevel: true },
			},
			guarded: true,
			returns: 'item',
			execute: executeWithKeyValue,
		},
		get: {
			name: 'Get',
			action: 'Get an API key',
			description: 'Read what a key may do and when it was used last, without its value',
			route: 'GET /api-keys/{api-key-id}',
			returns: 'item',
		},
		getAll: {
			name: 'Get Many',
			action: 'Get many API keys',
			description: 'List the keys of your organization, newest first, without their values',
			route: 'GET /api-keys',
			filter: { name: text('Name', 'Name of the key', 'Shop Backend') },
			returns: 'list',
		},
		update: {
			name: 'Update',
			action: 'Update an API key',
			description: 'Change what a key may do and how it is answered',
			route: 'PATCH /api-keys/{api-key-id}',
			attributes,
			guarded: true,
			returns: 'item',
		},
		expire: {
			name: 'Expire',
			action: 'Expire an API key',
			description: 'End a key at once or after a while in which it still works',
			route: 'POST /api-keys/{api-key-id}/expire',
			meta: {
				'expires-in-seconds': required(
					count(
						'Expires In',
						'Seconds from now until the key ends, up to 2592000 (30 days), e.g. 3600 for an hour, 0 for at once',
						{ typeOptions: { minValue: 0, maxValue: 2_592_000 } },
					),
				),
			},
			irreversible: 'An expired key is refused for good; make sure that nothing uses it any more',
			returns: 'item',
		},
		clone: {
			name: 'Clone',
			action: 'Clone an API key',
			description:
				'Make a key that may do the same, e.g. to replace it; this answer alone shows its value, as keyValue',
			route: 'POST /api-keys/{api-key-id}/clone',
			guarded: true,
			returns: 'item',
			execute: executeWithKeyValue,
		},
	},
};
