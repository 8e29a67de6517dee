import { testExamples } from '../support/testExamples.mts';

const batchJobId = 'mprtpr_1';

testExamples('batchJob', [
	{
		operation: 'create',
		parameters: {
			jobType: 'upsertAccounts',
			rowsReferenceId: 'user-42',
			accountTypeId: 'acttp_1',
			rowsFields: '{"name-first": "Jane", "plan": "gold"}',
			additionalFields: { emitEvents: false },
			waitForResult: false,
		},
		request: 'POST /batch-jobs',
		body: {
			data: {
				attributes: {
					operation: 'upsert',
					object: 'account',
					'lookup-field': 'reference_id',
					'account-type-id': 'acttp_1',
					'emit-events': false,
					rows: [{ reference_id: 'user-42', name_first: 'Jane', plan: 'gold' }],
				},
			},
		},
	},
	{
		operation: 'create',
		parameters: {
			jobType: 'updateInquiries',
			rowsToken: 'inq_1',
			rowsFields: '{"plan": "gold"}',
		},
		request: 'POST /batch-jobs',
		furtherRequests: ['GET /batch-jobs/mprtpr_1/errors'],
		body: {
			data: {
				attributes: {
					operation: 'update',
					object: 'inquiry',
					'lookup-field': 'token',
					rows: [{ token: 'inq_1', plan: 'gold' }],
				},
			},
		},
		response: (path) =>
			path.endsWith('/errors')
				? {
						data: [],
						meta: { 'error-count': 0, 'global-errors': [] },
						links: { prev: null, next: null },
					}
				: { data: { type: 'batch-job', id: batchJobId, attributes: { status: 'completed' } } },
		items: [{ id: batchJobId, type: 'batch-job', status: 'completed' }],
	},
	{ operation: 'get', parameters: { batchJobId }, request: 'GET /batch-jobs/mprtpr_1' },
	{
		operation: 'getErrors',
		parameters: { batchJobId, output: 'allFields' },
		request: 'GET /batch-jobs/mprtpr_1/errors',
		response: {
			data: [
				{
					type: 'batch-job-row-error',
					id: 'mprtpr_1:4',
					attributes: {
						row: { reference_id: 'user-42' },
						'error-message': 'No record found',
						'row-number': 4,
					},
				},
			],
			meta: { 'error-count': 1, 'global-errors': [] },
			links: { prev: null, next: null },
		},
		items: [
			{
				...{ id: 'mprtpr_1:4', type: 'batch-job-row-error', errorCount: 1, globalErrors: [] },
				...{ row: { reference_id: 'user-42' }, errorMessage: 'No record found', rowNumber: 4 },
			},
		],
	},
]);
