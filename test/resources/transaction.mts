import { testExamples } from '../support/testExamples.mts';
import { buildTagExamples } from '../support/tagExamples.mts';

const transactionId = 'txn_1';

const relation = { relationSchemaKey: 'payer', targetObjectId: 'act_1' };

const relationBody = { meta: { 'relation-schema-key': 'payer', 'target-object-id': 'act_1' } };

testExamples('transaction', [
	{
		operation: 'create',
		parameters: {
			transactionTypeId: 'txntp_1',
			referenceId: 'order-1234',
			fields: { amount: 99.5 },
			additionalFields: { tags: 'vip' },
		},
		request: 'POST /transactions',
		body: {
			data: {
				attributes: {
					'transaction-type-id': 'txntp_1',
					'reference-id': 'order-1234',
					fields: { amount: 99.5 },
					tags: ['vip'],
				},
			},
		},
	},
	{
		operation: 'get',
		parameters: { transactionId, output: 'allFields', options: { include: ['related-objects'] } },
		request: 'GET /transactions/txn_1',
		query: { include: 'related-objects' },
		response: {
			data: {
				type: 'transaction',
				id: 'txn_1',
				attributes: { status: 'created', fields: { amount: { type: 'number', value: 99.5 } } },
				relationships: { 'related-objects': { data: [{ type: 'account', id: 'act_1' }] } },
			},
			included: [{ type: 'account', id: 'act_1', attributes: { 'reference-id': 'user-42' } }],
		},
		items: [
			{
				id: 'txn_1',
				type: 'transaction',
				status: 'created',
				fields: { amount: 99.5 },
				relatedObjectIds: ['act_1'],
				relatedObjects: [{ id: 'act_1', type: 'account', referenceId: 'user-42' }],
			},
		],
	},
	{
		operation: 'getAll',
		parameters: {
			filters: {
				transactionTypeId: 'txntp_1',
				identifierKey: 'order_number',
				identifierValue: 'A-1234',
			},
		},
		request: 'GET /transactions',
		query: {
			'filter[transaction-type-id]': 'txntp_1',
			'filter[identifier][key]': 'order_number',
			'filter[identifier][value]': 'A-1234',
		},
	},
	{
		operation: 'update',
		parameters: { transactionId, updateFields: { status: 'approved', label: 'good', tags: '' } },
		request: 'PATCH /transactions/txn_1',
		body: { data: { attributes: { status: 'approved', label: 'good', tags: [] } } },
	},
	{ operation: 'redact', parameters: { transactionId }, request: 'DELETE /transactions/txn_1' },
	{
		operation: 'redactBiometrics',
		parameters: { transactionId },
		request: 'POST /transactions/txn_1/redact-biometrics',
	},
	{
		operation: 'label',
		parameters: {
			transactionId,
			label: 'fraud',
			additionalFields: { score: 0.92, modelVersion: '2' },
		},
		request: 'POST /transactions/txn_1/label',
		body: { meta: { label: 'fraud', score: 0.92, 'model-version': '2' } },
	},
	{
		operation: 'addRelation',
		parameters: { transactionId, ...relation },
		request: 'POST /transactions/txn_1/add-relation',
		body: relationBody,
	},
	{
		operation: 'removeRelation',
		parameters: { transactionId, ...relation },
		request: 'POST /transactions/txn_1/remove-relation',
		body: relationBody,
	},
	{
		operation: 'downloadFiles',
		parameters: { transactionId },
		request: 'GET /transactions/txn_1',
		items: [],
	},
	{
		operation: 'addObjects',
		parameters: { transactionId, objectIds: 'inq_1, rep_1' },
		request: 'POST /transactions/txn_1/add-objects',
		body: { meta: { 'object-ids': ['inq_1', 'rep_1'] } },
	},
	{
		operation: 'removeObjects',
		parameters: { transactionId, objectIds: '={{ ["inq_1"] }}' },
		request: 'POST /transactions/txn_1/remove-objects',
		body: { meta: { 'object-ids': ['inq_1'] } },
	},
	...buildTagExamples('/transactions/txn_1', { transactionId }),
]);
