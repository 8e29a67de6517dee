import { testExamples } from '../support/testExamples.mts';
import { buildDuration } from '../support/buildDuration.mts';

const graphQueryTemplateId = 'grphqt_1';

testExamples('graphQuery', [
	{
		operation: 'create',
		parameters: {
			output: 'allFields',
			graphQueryTemplateId,
			parameterMap: '{"account_id": "act_1"}',
			additionalFields: { timeoutIn: buildDuration(10, 'seconds'), runSync: true },
		},
		request: 'POST /graph-queries',
		body: {
			data: {
				attributes: {
					'graph-query-template-id': 'grphqt_1',
					'parameter-map': { account_id: 'act_1' },
					'timeout-in-seconds': 10,
				},
			},
			meta: { 'run-sync': true },
		},
		response: {
			data: {
				type: 'graph-query',
				id: 'grphq_1',
				attributes: { status: 'completed', params: { account_id: 'act_1' } },
				relationships: { accounts: { data: [{ type: 'account', id: 'act_1' }] } },
			},
		},
		items: [
			{
				type: 'graph-query',
				id: 'grphq_1',
				status: 'completed',
				params: { account_id: 'act_1' },
				accountIds: ['act_1'],
			},
		],
	},
	{
		operation: 'get',
		parameters: { graphQueryId: 'grphq_1', options: { include: ['accounts'] } },
		request: 'GET /graph-queries/grphq_1',
		query: { include: 'accounts' },
	},
]);
