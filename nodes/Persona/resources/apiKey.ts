import { prepareRequest } from '../engine/prepare';
import { duration, required, text, words } from '../fields/kinds';
import type { Fields } from '../fields/types';
import type { ItemContext, PreparedItem, Resource } from '../engine/types';
import { buildApiSettings } from './shared/apiSettings';

const attributes: Fields = {
	name: text('Name', 'Name of the key in the Persona dashboard', 'Shop Backend', {
		neverEmpty: true,
	}),
	permissions: words(
		'Permissions',
		'Permissions of the key, separated by commas or as a list. Names have the form account.read and account.write, also for case, document, inquiry, list, report, txn, verification and webhook. Others are event.read, api_log.read and workflow.trigger.',
		'inquiry.read, inquiry.write, report.read',
		{ neverEmpty: true },
	),
	note: text('Note', 'What the key is for', 'Made by n8n for the shop'),
	...buildApiSettings('responses'),
	'ip-address-allowlist': words(
		'IP Address Allowlist',
		'IP addresses that may use the key, separated by commas or as a list. An asterisk allows all. Each is sent without a port.',
		'203.0.113.7, 203.0.113.8',
		{ format: 'ipAllowlistEntry', neverEmpty: true },
	),
};

/**
 * Returns the key itself as `keyValue`. n8n hides sensitive output by its name, and the `value` of
 * list items must not be hidden.
 */
async function prepareWithKeyValue(context: ItemContext): Promise<PreparedItem> {
	const prepared = await prepareRequest(context);
	const run = async () => {
		const [{ json }] = await prepared.run();
		const { value: keyValue, ...others } = json;
		return [{ json: keyValue === undefined ? json : { keyValue, ...others } }];
	};
	return { ...prepared, run };
}

/** API keys: who may use Persona's API, and with which permissions. */
export const apiKeys: Resource = {
	name: 'API Key',
	value: 'apiKey',
	node: 'Persona Admin',
	permission: 'api_key',
	operations: {
		create: {
			name: 'Create',
			description:
				'Give a program access to Persona. The value of the key is returned only this once, as keyValue.',
			route: 'POST /api-keys',
			attributes: {
				...attributes,
				name: required(attributes.name),
				permissions: { ...attributes.permissions, topLevel: true },
			},
			guarded: true,
			prepare: prepareWithKeyValue,
		},
		get: {
			name: 'Get',
			description: 'Read the permissions of a key and when it was last used, without its value',
			route: 'GET /api-keys/{api-key-id}',
		},
		getAll: {
			name: 'Get Many',
			description: 'List the keys of your organization, newest first, without their values',
			route: 'GET /api-keys',
			filter: { name: text('Name', 'Name of the key', 'Shop Backend') },
			returns: 'list',
		},
		update: {
			name: 'Update',
			description: 'Change the permissions of a key and the format of its responses',
			route: 'PATCH /api-keys/{api-key-id}',
			attributes,
			guarded: true,
		},
		expire: {
			name: 'Expire',
			description: 'End the access of whatever uses a key, immediately or after a grace period',
			route: 'POST /api-keys/{api-key-id}/expire',
			meta: {
				'expires-in-seconds': required(
					duration(
						'Expires In',
						'Time from now until the key expires. 0 is immediately.',
						'0 hours',
						[0, 2_592_000],
					),
				),
			},
			irreversible: 'Expiring disables the key for good. Make sure that nothing uses it any more.',
		},
		clone: {
			name: 'Clone',
			description:
				'Create a key with the same permissions, e.g. to replace it. Its value is returned only this once, as keyValue.',
			route: 'POST /api-keys/{api-key-id}/clone',
			guarded: true,
			prepare: prepareWithKeyValue,
		},
	},
};
