import { runNode } from '../support/runNode.mts';
import { buildDuration } from '../support/buildDuration.mts';
import { testExamples } from '../support/testExamples.mts';

const webhookId = 'wbh_1';

testExamples('webhook', [
	{
		operation: 'create',
		parameters: {
			name: 'Orders',
			url: 'https://example.com/persona',
			enabledEvents: ['inquiry.approved', 'inquiry.declined'],
			additionalFields: {
				description: 'Tells the shop',
				apiVersion: '2025-12-08',
				apiKeyInflection: 'camel',
				apiAttributesBlocklist: 'name-*, birthdate',
				fileAccessTokenExpiresIn: buildDuration(1, 'hours'),
				payloadFilterData: '{"attributes": {"status": "approved"}}',
				includedAllowlistState: 'custom',
				includedAllowlistEventTypes:
					'[{"event-type": "inquiry.approved", "relationships": ["account"]}]',
				relationshipAllowlistState: 'include_none',
				customHttpHeaders: '{"X-API-Key": "abc"}',
			},
		},
		request: 'POST /webhooks',
		body: {
			data: {
				attributes: {
					name: 'Orders',
					url: 'https://example.com/persona',
					'enabled-events': ['inquiry.approved', 'inquiry.declined'],
					description: 'Tells the shop',
					'api-version': '2025-12-08',
					'api-key-inflection': 'camel',
					'api-attributes-blocklist': ['name-*', 'birthdate'],
					'file-access-token-expires-in': 3600,
					'payload-filter': { data: { attributes: { status: 'approved' } } },
					'included-allowlist': {
						state: 'custom',
						'event-types': [{ 'event-type': 'inquiry.approved', relationships: ['account'] }],
					},
					'relationship-allowlist': { state: 'include_none' },
					'custom-http-headers': { 'X-API-Key': 'abc' },
				},
			},
		},
		response: {
			data: {
				type: 'webhook',
				id: 'wbh_1',
				attributes: { secrets: [{ value: 'wbhsec_1', 'expires-at': null }] },
			},
		},
		items: [{ type: 'webhook', id: 'wbh_1', secrets: [{ value: 'wbhsec_1', expiresAt: null }] }],
	},
	{ operation: 'get', parameters: { webhookId }, request: 'GET /webhooks/wbh_1' },
	{ operation: 'getAll', request: 'GET /webhooks' },
	{
		operation: 'update',
		parameters: {
			webhookId,
			updateFields: { description: '', enabledEvents: '={{ ["*"] }}' },
		},
		request: 'PATCH /webhooks/wbh_1',
		body: { data: { attributes: { description: null, 'enabled-events': ['*'] } } },
	},
	{ operation: 'archive', parameters: { webhookId }, request: 'POST /webhooks/wbh_1/archive' },
	{ operation: 'enable', parameters: { webhookId }, request: 'POST /webhooks/wbh_1/enable' },
	{ operation: 'disable', parameters: { webhookId }, request: 'POST /webhooks/wbh_1/disable' },
	{
		operation: 'rotateSecret',
		parameters: { webhookId },
		request: 'POST /webhooks/wbh_1/rotate-secret',
		body: { meta: { 'expires-in-seconds': 86400 } },
	},
	{
		operation: 'rotateSecret',
		parameters: { webhookId, expiresIn: 0, expiresInUnit: 'days' },
		request: 'POST /webhooks/wbh_1/rotate-secret',
		body: { meta: { 'expires-in-seconds': 0 } },
	},
	{ operation: 'clone', parameters: { webhookId }, request: 'POST /webhooks/wbh_1/clone' },
]);

describe('Create a webhook', () => {
	it('fails without events', async () => {
		const { error } = await runNode({
			parameters: {
				resource: 'webhook',
				operation: 'create',
				name: 'Orders',
				url: 'https://example.com/persona',
				enabledEvents: '={{ [] }}',
			},
		});
		expect(error?.message).toBe("'Events' is empty");
	});
});

it.each([
	['create', 'orders', "'URL' is not a web address"],
	['create', 'ftp://example.com', "'URL' is not a web address"],
	['update', 'https://', "'URL' is not a web address"],
	['create', 'http://192.168.1.5/persona', "'URL': Persona cannot reach 192.168.1.5"],
	['update', 'http://localhost:5678/webhook/1', "'URL': Persona cannot reach localhost"],
])('webhook.%s does not give Persona the URL %s', async (operation, url, message) => {
	const { error } = await runNode({
		parameters: {
			...{ resource: 'webhook', operation, webhookId, updateFields: { url } },
			...{ name: 'Orders', url, enabledEvents: ['*'] },
		},
		// Nothing is sent there.
		credentials: { baseUrl: 'https://persona.invalid/api/v1' },
	});
	expect(error?.message).toBe(message);
});
