import type { IBinaryKeyData, INodeParameters } from 'n8n-workflow';
import { type Sandbox, fixtures, startSandbox } from '../../sandbox/sandbox.mts';
import { runNode } from '../support/runNode.mts';
import { testExamples } from '../support/testExamples.mts';
import { toPersonaFile } from '../support/sampleFiles.mts';
import { buildTagExamples } from '../support/tagExamples.mts';
import { buildDuration } from '../support/buildDuration.mts';

const caseId = 'case_1';

testExamples('case', [
	{
		operation: 'create',
		parameters: {
			caseTemplateId: 'ctmpl_1',
			fields: '{"priority": "high"}',
			objectIds: 'inq_1, act_1',
			additionalFields: {
				caseQueueId: 'cqueue_1',
				creatorEmailAddress: 'jane@example.com',
				slaExpiresIn: buildDuration(1, 'hours'),
			},
		},
		request: 'POST /cases',
		body: {
			data: {
				attributes: {
					'case-template-id': 'ctmpl_1',
					'case-queue-id': 'cqueue_1',
					'creator-email-address': 'jane@example.com',
					fields: { priority: 'high' },
				},
			},
			meta: { 'object-ids': ['inq_1', 'act_1'], 'sla-expires-in-seconds': 3600 },
		},
	},
	{
		operation: 'get',
		parameters: { caseId, output: 'allFields', options: { include: ['inquiries', 'txns'] } },
		request: 'GET /cases/case_1',
		query: { include: 'inquiries,txns' },
		response: {
			data: {
				type: 'case',
				id: 'case_1',
				attributes: {
					status: 'Open',
					fields: { risk_score: { type: 'integer', value: 7 } },
					attachments: [{ filename: 'id.png', 'byte-size': 9 }],
				},
				relationships: { txns: { data: [{ type: 'transaction', id: 'txn_1' }] } },
			},
		},
		items: [
			{
				id: 'case_1',
				type: 'case',
				status: 'Open',
				fields: { risk_score: 7 },
				attachments: [{ filename: 'id.png', byteSize: 9 }],
				txnIds: ['txn_1'],
			},
		],
	},
	{
		operation: 'getAll',
		parameters: { filters: { status: 'Open', caseTemplateId: 'ctmpl_1', referenceId: 'user-42' } },
		request: 'GET /cases',
		query: {
			'filter[status]': 'Open',
			'filter[case-template-id]': 'ctmpl_1',
			'filter[reference-id]': 'user-42',
		},
	},
	{
		operation: 'search',
		parameters: {
			conditions: {
				condition: [
					{ attribute: 'assignee', operator: 'eq', value: 'user_1' },
					{ attribute: 'sla_expires_at', operator: 'lt', value: '2025-06-30' },
				],
			},
			options: { sortDirection: 'asc' },
		},
		request: 'POST /cases/search',
		body: {
			query: {
				and: [
					{ attribute: 'assignee', operator: 'eq', value: 'user_1' },
					{ attribute: 'sla_expires_at', operator: 'lt', value: '2025-06-30T04:00:00.000Z' },
				],
			},
			sort: { attribute: 'created_at', direction: 'asc' },
			page: { size: 50 },
		},
	},
	{
		operation: 'update',
		parameters: {
			caseId,
			fields: { priority: 'low' },
			updateFields: { attachments: 'data, data2', slaExpiresIn: buildDuration(1, 'minutes') },
		},
		request: 'PATCH /cases/case_1',
		body: {
			data: {
				attributes: {
					fields: { priority: 'low' },
					attachments: [toPersonaFile('data'), toPersonaFile('data2')],
				},
			},
			meta: { 'sla-expires-in-seconds': 60 },
		},
	},
	{
		operation: 'update',
		parameters: {
			caseId,
			updateFields: { caseQueueId: '', slaExpiresIn: buildDuration(0, 'days') },
		},
		request: 'PATCH /cases/case_1',
		body: {
			data: { attributes: { 'case-queue-id': null } },
			meta: { 'sla-expires-in-seconds': null },
		},
	},
	{ operation: 'redact', parameters: { caseId }, request: 'DELETE /cases/case_1' },
	{
		operation: 'assign',
		parameters: { caseId, userEmailAddress: 'jane@example.com' },
		request: 'POST /cases/case_1/assign',
		body: { meta: { 'user-email-address': 'jane@example.com' } },
	},
	{
		operation: 'setStatus',
		parameters: { caseId, status: 'Approved' },
		request: 'POST /cases/case_1/set-status',
		body: { meta: { status: 'Approved' } },
	},
	{
		operation: 'addObjects',
		parameters: { caseId, objectIds: '={{ ["inq_1", "rep_1"] }}' },
		request: 'POST /cases/case_1/add-objects',
		body: { meta: { 'object-ids': ['inq_1', 'rep_1'] } },
	},
	{
		operation: 'removeObjects',
		parameters: { caseId, objectIds: 'inq_1' },
		request: 'POST /cases/case_1/remove-objects',
		body: { meta: { 'object-ids': ['inq_1'] } },
	},
	{
		operation: 'downloadAttachments',
		parameters: { caseId, options: { include: ['verifications'] } },
		request: 'GET /cases/case_1',
		query: { include: 'verifications' },
		items: [],
	},
	{
		operation: 'addComment',
		parameters: { caseId, message: 'Called the customer' },
		request: 'POST /cases/case_1/add-comment',
		body: { meta: { message: 'Called the customer' } },
	},
	...buildTagExamples('/cases/case_1', { caseId }),
]);

describe('the attachments of a case', () => {
	let sandbox: Sandbox;
	let credentials: { baseUrl: string; apiKey: string };

	beforeAll(async () => {
		sandbox = await startSandbox();
		credentials = { baseUrl: sandbox.apiUrl, apiKey: 'persona_sandbox_demo' };
	});

	afterAll(() => sandbox.close());

	const runOperation = async (
		operation: string,
		operationParameters: INodeParameters,
		binary?: IBinaryKeyData,
	) => {
		const parameters = { resource: 'case', operation, ...operationParameters };
		const { items, error } = await runNode({ parameters, credentials, binary: [binary] });
		expect(error).toBeUndefined();
		return items;
	};

	it('are downloaded as they were uploaded, up to 20 MB', async () => {
		const [{ json }] = await runOperation('create', { caseTemplateId: fixtures.caseTemplate });
		const caseParameter = { caseId: { __rl: true, mode: 'id', value: String(json.id) } };
		const data = Buffer.alloc(20 * 1024 * 1024, 'page after page ').toString('base64');
		await runOperation(
			'update',
			{ ...caseParameter, updateFields: { attachments: 'scan' } },
			{ scan: { data, fileName: 'scan.pdf', mimeType: 'application/pdf' } },
		);
		const [item] = await runOperation('downloadAttachments', caseParameter);
		expect(item.json).toMatchObject({
			id: json.id,
			type: 'case',
			fileName: 'scan.pdf',
			mimeType: 'application/pdf',
		});
		expect(item.binary?.data.data === data).toBe(true);
	});
});
