import { testExamples } from '../support/testExamples.mts';

const workflowId = 'wfl_1';

const workflowRun = { type: 'workflow-run', id: 'wfr_1' };

testExamples('workflow', [
	{
		operation: 'run',
		parameters: {
			workflowId,
			fields: '{"account_id": "act_1"}',
			options: { include: ['workflow-version'] },
		},
		request: 'POST /workflows/wfl_1/trigger',
		query: { include: 'workflow-version' },
		body: { data: { attributes: { fields: { account_id: 'act_1' } } } },
		response: { data: { ...workflowRun, attributes: { status: 'completed' } } },
		items: [{ ...workflowRun, status: 'completed' }],
	},
	{
		operation: 'run',
		parameters: { workflowId, fields: '{}', waitForResult: false },
		request: 'POST /workflows/wfl_1/trigger',
		body: { data: { attributes: { fields: {} } } },
	},
	{
		operation: 'getVersions',
		parameters: { workflowId },
		request: 'GET /workflow-versions',
		query: { 'filter[workflow-id]': 'wfl_1' },
	},
]);
