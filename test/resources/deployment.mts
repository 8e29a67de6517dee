import type { NodeApiError } from 'n8n-workflow';
import { startSandbox } from '../../sandbox/sandbox.mts';
import { runNode } from '../support/runNode.mts';
import { testExamples } from '../support/testExamples.mts';

testExamples('deployment', [
	{ operation: 'get', parameters: { deploymentId: 'dep_1' }, request: 'GET /deployments/dep_1' },
	{
		operation: 'getAll',
		parameters: {
			filters: { changesOnly: true, environmentId: 'env_1', templateId: 'itmpl_1' },
		},
		request: 'GET /deployments',
		query: {
			'filter[changes-only]': 'true',
			'filter[environment-id]': 'env_1',
			'filter[template-id]': 'itmpl_1',
		},
	},
]);

describe('Deployments', () => {
	it('are refused to a sandbox key', async () => {
		const sandbox = await startSandbox();
		const { error } = await runNode({
			parameters: { resource: 'deployment', operation: 'getAll' },
			credentials: { baseUrl: sandbox.apiUrl, apiKey: 'persona_sandbox_demo' },
		});
		expect((error as NodeApiError | undefined)?.httpCode).toBe('401');
		sandbox.close();
	});
});
