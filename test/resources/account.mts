import { testExamples } from '../support/testExamples.mts';
import { toPersonaFile } from '../support/sampleFiles.mts';
import { buildTagExamples } from '../support/tagExamples.mts';

const accountId = 'act_1';

const relation = { relationSchemaKey: 'owners', targetObjectId: 'act_2' };

const relationBody = {
	meta: { 'relation-schema-key': 'owners', 'target-object-id': 'act_2' },
};

testExamples('account', [
	{
		operation: 'create',
		parameters: {
			referenceId: 'user-42',
			accountTypeId: 'acttp_1',
			fields: { plan: 'gold' },
			additionalFields: {
				nameFirst: 'Jane',
				birthdate: '1994-04-12T00:00:00',
				selfiePhotoData: 'data',
			},
		},
		request: 'POST /accounts',
		body: {
			data: {
				attributes: {
					'reference-id': 'user-42',
					'account-type-id': 'acttp_1',
					fields: { plan: 'gold' },
					'name-first': 'Jane',
					birthdate: '1994-04-12',
					'selfie-photo': { data: toPersonaFile('data') },
				},
			},
		},
	},
	{
		operation: 'createOrUpdate',
		parameters: { referenceId: 'user-42', additionalFields: { emailAddress: 'jane@doe.com' } },
		request: 'POST /accounts',
		body: {
			data: { attributes: { 'reference-id': 'user-42', 'email-address': 'jane@doe.com' } },
			meta: { 'upsert-by': 'reference-id' },
		},
	},
	{
		operation: 'createOrUpdate',
		parameters: { upsertBy: 'tax_number', fields: { 'tax-number': '12-3456789' } },
		request: 'POST /accounts',
		body: {
			data: { attributes: { fields: { 'tax-number': '12-3456789' } } },
			meta: { 'upsert-by': 'tax_number' },
		},
	},
	{
		operation: 'get',
		parameters: { accountId, options: { include: ['account-type'] } },
		request: 'GET /accounts/act_1',
		query: { include: 'account-type' },
	},
	{
		operation: 'getAll',
		parameters: { referenceId: 'user-42, user-43' },
		request: 'GET /accounts',
		query: { 'filter[reference-id]': 'user-42,user-43' },
	},
	{
		operation: 'search',
		parameters: {
			match: 'or',
			conditions: {
				condition: [
					{ attribute: 'created_at', operator: 'gte', value: '2025-06-30' },
					{
						attribute: 'other',
						customAttribute: 'fields.age',
						operator: 'lt',
						value: '={{ 18 }}',
					},
				],
			},
			options: { sortBy: 'updated_at', sortDirection: 'asc' },
		},
		request: 'POST /accounts/search',
		body: {
			query: {
				or: [
					{ attribute: 'created_at', operator: 'gte', value: '2025-06-30T04:00:00.000Z' },
					{ attribute: 'fields.age', operator: 'lt', value: 18 },
				],
			},
			sort: { attribute: 'updated_at', direction: 'asc' },
			page: { size: 50 },
		},
	},
	{
		operation: 'update',
		parameters: { accountId, updateFields: { accountStatus: 'Blocked', tags: '' } },
		request: 'PATCH /accounts/act_1',
		body: { data: { attributes: { 'account-status': 'Blocked', tags: [] } } },
	},
	{ operation: 'redact', parameters: { accountId }, request: 'DELETE /accounts/act_1' },
	{
		operation: 'previewErasure',
		parameters: { accountId: { __rl: true, mode: 'referenceId', value: 'user-42' } },
		request: 'GET /accounts',
		query: { 'page[size]': '100', 'filter[reference-id]': 'user-42' },
		furtherRequests: ['GET /inquiries'],
		response: { data: [] },
		items: [
			{
				...{ accountId: null, referenceId: 'user-42', confirmationCode: null },
				...{ count: 0, alreadyRedacted: 0, objects: [], redactedAlong: [], notErased: [] },
			},
		],
	},
	{
		operation: 'erase',
		parameters: { accountId, confirmationCode: 'ab0cf98c9848' },
		request: 'GET /accounts/act_1',
		furtherRequests: ['GET /inquiries', 'GET /reports', 'GET /cases', 'DELETE /accounts/act_1'],
		response: (path) => ({
			data: path === '/accounts/act_1' ? { type: 'account', id: 'act_1' } : [],
		}),
		items: [
			{
				...{ accountId: 'act_1', referenceId: null, confirmationCode: 'ab0cf98c9848' },
				...{ startedAt: expect.any(String) as string, finishedAt: expect.any(String) as string },
				...{ complete: true, count: 1, redacted: 1, alreadyRedacted: 0, refused: 0, failed: 0 },
				objects: [
					{
						...{ order: 1, type: 'account', id: 'act_1', createdAt: null },
						...{ route: 'DELETE /accounts/act_1', result: 'redacted', statusCode: 200 },
						...{ at: expect.any(String) as string, requestId: null, reason: null },
					},
				],
				...{ redactedAlong: [], notErased: [] },
			},
		],
	},
	{
		operation: 'addRelation',
		parameters: { accountId, ...relation },
		request: 'POST /accounts/act_1/add-relation',
		body: relationBody,
	},
	{
		operation: 'removeRelation',
		parameters: { accountId, ...relation },
		request: 'POST /accounts/act_1/remove-relation',
		body: relationBody,
	},
	{
		operation: 'getRelations',
		parameters: { accountId, key: 'owners' },
		request: 'GET /accounts/act_1/relations',
		query: { 'filter[key]': 'owners' },
	},
	{
		operation: 'consolidate',
		parameters: { accountId, sourceAccountIds: 'act_2, act_3' },
		request: 'POST /accounts/act_1/consolidate',
		body: { meta: { 'source-account-ids': ['act_2', 'act_3'] } },
	},
	{
		operation: 'runAction',
		parameters: {
			accountId,
			accountActionId: 'accac_1',
			additionalFields: { parameters: '{"reason": "moved"}' },
		},
		request: 'POST /accounts/act_1/run-action',
		body: { data: { 'account-action-id': 'accac_1', parameters: { reason: 'moved' } } },
		response: { data: { type: 'account', id: 'act_1' }, meta: { 'workflow-run-id': 'wfr_1' } },
		items: [{ type: 'account', id: 'act_1', workflowRunId: 'wfr_1' }],
	},
	{
		operation: 'downloadFiles',
		parameters: { accountId },
		request: 'GET /accounts/act_1',
		items: [],
	},
	{
		operation: 'addObjects',
		parameters: { accountId, objectIds: 'inq_1, rep_1' },
		request: 'POST /accounts/act_1/add-objects',
		body: { meta: { 'object-ids': ['inq_1', 'rep_1'] } },
	},
	{
		operation: 'removeObjects',
		parameters: { accountId, objectIds: '={{ ["inq_1"] }}' },
		request: 'POST /accounts/act_1/remove-objects',
		body: { meta: { 'object-ids': ['inq_1'] } },
	},
	...buildTagExamples('/accounts/act_1', { accountId }),
]);
