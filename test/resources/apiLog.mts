import { testExamples } from '../support/testExamples.mts';

testExamples('apiLog', [
	{
		operation: 'get',
		parameters: { apiLogId: 'req_1', output: 'allFields' },
		request: 'GET /api-logs/req_1',
		response: {
			data: {
				type: 'api-log',
				id: 'req_1',
				attributes: { response: { status: 200 }, 'redacted-at': null },
			},
		},
		items: [{ type: 'api-log', id: 'req_1', response: { status: 200 }, redactedAt: null }],
	},
	{ operation: 'getAll', request: 'GET /api-logs' },
]);
