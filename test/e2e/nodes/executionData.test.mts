import { randomUUID } from 'node:crypto';
import type { IWorkflowSettings } from 'n8n-workflow';
import { fixtures } from '../../../sandbox/sandbox.mts';
import { waitFor } from '../../../tools/n8n/n8nClient.mts';
import { buildIdLocator, buildNode, selectCredential } from '../buildNode.mts';
import { startTestEnvironment, type TestEnvironment } from '../testEnvironment.mts';

/** What docs/privacy.md says of executions. */
describe('what n8n keeps of an execution', () => {
	let environment: TestEnvironment;

	beforeAll(async () => {
		environment = await startTestEnvironment();
	});
	afterAll(async () => await environment?.close());

	/** Publishes a workflow that creates an inquiry for whoever calls it, calls it, and returns what opens it. */
	async function createInquiry(settings: IWorkflowSettings) {
		const { client, n8n } = environment;
		const path = randomUUID();
		const webhook = buildNode(
			'n8n-nodes-base.webhook',
			'Webhook',
			{ path, responseMode: 'lastNode' },
			{ typeVersion: 2.1, webhookId: path },
		);
		const create = buildNode(
			'n8n-nodes-persona.persona',
			'Create',
			{
				...{ resource: 'inquiry', operation: 'create', autoCreateOneTimeLink: true },
				additionalFields: { autoCreateInquirySession: true },
				inquiryTemplateId: buildIdLocator(fixtures.inquiryTemplate),
			},
			selectCredential(environment),
		);
		const workflow = await client.createWorkflow({
			name: 'Link',
			nodes: [webhook, create],
			connections: { Webhook: { main: [[{ node: 'Create', type: 'main', index: 0 }]] } },
			settings: { executionOrder: 'v1', ...settings },
		});
		expect(await client.publish(workflow.id)).toMatchObject({ status: 'published' });
		const response = await fetch(`${n8n.url}/webhook/${path}`);
		const output = (await response.json()) as { oneTimeLink: string; sessionToken: string };
		expect(output.oneTimeLink).toContain('/verify?code=');
		expect(output.sessionToken).toMatch(/./);
		return { workflowId: workflow.id, ...output };
	}

	it('includes one-time links and session tokens by default', async () => {
		const { client } = environment;
		const { workflowId, oneTimeLink, sessionToken } = await createInquiry({});
		const [{ id }] = await waitFor('the execution is stored', async () => {
			const executions = await client.fetchExecutions(workflowId);
			return executions.length > 0 && executions[0].status === 'success' && executions;
		});
		const stored = JSON.stringify((await client.fetchExecution(id)).runs);
		expect(stored).toContain(oneTimeLink);
		expect(stored).toContain(sessionToken);
	});

	it('is nothing, if successful executions are not saved', async () => {
		const { client } = environment;
		const { workflowId } = await createInquiry({ saveDataSuccessExecution: 'none' });
		await waitFor(
			'the execution is removed',
			async () => (await client.fetchExecutions(workflowId)).length === 0,
		);
	});
});
