import { testExamples } from '../support/testExamples.mts';

testExamples('workflowRun', [
	{
		operation: 'get',
		parameters: { workflowRunId: 'wfr_1', options: { include: ['workflow'] } },
		request: 'GET /workflow-runs/wfr_1',
		query: { include: 'workflow' },
	},
	{
		operation: 'getAll',
		parameters: { filters: { status: 'in_progress' } },
		request: 'GET /workflow-runs',
		query: { 'filter[status]': 'in_progress' },
	},
]);
