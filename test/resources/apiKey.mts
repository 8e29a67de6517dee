import { buildDuration } from '../support/buildDuration.mts';
import { testExamples } from '../support/testExamples.mts';

const apiKeyId = 'api_1';

const createdKey = {
	data: { type: 'api-key', id: 'api_2', attributes: { value: 'persona_sandbox_1' } },
};

// Not `value`: list items have one that is no secret.
const createdItems = [{ type: 'api-key', id: 'api_2', keyValue: 'persona_sandbox_1' }];

testExamples('apiKey', [
	{
		operation: 'create',
		parameters: {
			name: 'Shop',
			permissions: 'inquiry.read, inquiry.write',
			additionalFields: {
				note: 'Made by n8n',
				apiVersion: '2025-12-08',
				apiKeyInflection: 'snake',
				apiAttributesBlocklist: '={{ ["name-*"] }}',
				ipAddressAllowlist: '203.0.113.7',
				fileAccessTokenExpiresIn: buildDuration(1, 'hours'),
			},
		},
		request: 'POST /api-keys',
		body: {
			data: {
				attributes: {
					name: 'Shop',
					permissions: ['inquiry.read', 'inquiry.write'],
					note: 'Made by n8n',
					'api-version': '2025-12-08',
					'api-key-inflection': 'snake',
					'api-attributes-blocklist': ['name-*'],
					'ip-address-allowlist': ['203.0.113.7'],
					'file-access-token-expires-in': 3600,
				},
			},
		},
		response: createdKey,
		items: createdItems,
	},
	{
		operation: 'create',
		parameters: { name: 'Shop', output: 'raw' },
		request: 'POST /api-keys',
		body: { data: { attributes: { name: 'Shop' } } },
		response: createdKey,
		items: [createdKey.data],
	},
	{ operation: 'get', parameters: { apiKeyId }, request: 'GET /api-keys/api_1' },
	{
		operation: 'getAll',
		parameters: { filters: { name: 'Shop' } },
		request: 'GET /api-keys',
		query: { 'filter[name]': 'Shop' },
	},
	{
		operation: 'update',
		parameters: { apiKeyId, updateFields: { permissions: 'report.read', note: 'Reports only' } },
		request: 'PATCH /api-keys/api_1',
		body: { data: { attributes: { permissions: ['report.read'], note: 'Reports only' } } },
	},
	{
		operation: 'expire',
		parameters: { apiKeyId, expiresIn: 1.5, expiresInUnit: 'hours' },
		request: 'POST /api-keys/api_1/expire',
		body: { meta: { 'expires-in-seconds': 5400 } },
	},
	{
		operation: 'clone',
		parameters: { apiKeyId },
		request: 'POST /api-keys/api_1/clone',
		response: createdKey,
		items: createdItems,
	},
]);
