import { randomUUID } from 'node:crypto';
import type { IDataObject, IWorkflowSettings } from 'n8n-workflow';
import { fixtures, type StoredObject } from '../../../sandbox/sandbox.mts';
import { waitFor } from '../../../tools/n8n/n8nClient.mts';
import { buildIdLocator, buildNode, runNodes, selectCredential } from '../buildNode.mts';
import { startTestEnvironment, type TestEnvironment } from '../testEnvironment.mts';
import { completeInquiry } from '../workflows/scenarioSteps.mts';

/** A person whose data nobody else in the sandbox has. */
const person = {
	'name-first': 'Zarathea',
	'name-last': 'Quillfeather',
	birthdate: '1987-03-19',
	'email-address': 'zq87@thistle.example',
	'phone-number': '+14155550187',
	'address-street-1': '742 Marmalade Lane',
	'address-city': 'Thistleburg',
	'address-postal-code': '90731',
	'identification-number': 'Q76543210',
};

/** What docs/privacy.md says of executions. */
describe('what n8n keeps of an execution', () => {
	let environment: TestEnvironment;

	beforeAll(async () => {
		environment = await startTestEnvironment({ searchLagSeconds: 0, reportSeconds: 0.2 });
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

	/** Runs the everyday operations on what a person has left in Persona, and returns all that n8n stored. */
	async function readPerson(output: IDataObject) {
		const { sandbox } = environment;
		const inquiryId = await completeInquiry(sandbox, person);
		const { relationships = {} } = sandbox.control.find(inquiryId) as StoredObject;
		const getId = (name: string) => String([Object(relationships[name]).data].flat()[0]?.id);
		const inquiry = { inquiryId: buildIdLocator(inquiryId) };
		const account = { accountId: buildIdLocator(getId('account')) };
		const operations: Array<[resource: string, operation: string, parameters?: IDataObject]> = [
			['inquiry', 'get', inquiry],
			['inquiry', 'getAll'],
			['inquiry', 'search'],
			['inquiry', 'update', { ...inquiry, updateFields: { tags: 'vip' } }],
			['inquiry', 'markForReview', inquiry],
			['inquiry', 'approve', inquiry],
			['inquiry', 'getDecisionSummary', inquiry],
			['account', 'get', account],
			['account', 'getAll'],
			['verification', 'get', { verificationId: buildIdLocator(getId('verifications')) }],
			['document', 'get', { documentId: buildIdLocator(getId('documents')) }],
			[
				'report',
				'create',
				{
					reportType: 'watchlist',
					queryNameFirst: person['name-first'],
					queryNameLast: person['name-last'],
					additionalFields: account,
				},
			],
			['report', 'getAll'],
			['case', 'create', { caseTemplateId: buildIdLocator(fixtures.caseTemplate) }],
			['case', 'getAll'],
			['inquirySession', 'getAll', inquiry],
			['event', 'getAll'],
		];
		const { runs, status } = await runNodes(
			environment,
			...operations.map(([resource, operation, parameters]) =>
				buildNode(
					'n8n-nodes-persona.persona',
					`${resource}.${operation}`,
					{ resource, operation, ...parameters, ...output },
					{ ...selectCredential(environment), executeOnce: true },
				),
			),
		);
		expect(status).toBe('success');
		for (const [resource, operation] of operations) {
			const items = runs[`${resource}.${operation}`][0].data?.main[0] ?? [];
			expect([resource, operation, items.length > 0]).toEqual([resource, operation, true]);
		}
		return JSON.stringify(runs);
	}

	it('has no personal data by default, whatever is done with a person every day', async () => {
		const stored = await readPerson({});
		expect(Object.values(person).filter((value) => stored.includes(value))).toEqual([]);
	});

	it('has it where All Fields are asked for', async () => {
		const stored = await readPerson({ output: 'allFields' });
		expect(Object.values(person).filter((value) => !stored.includes(value))).toEqual([]);
	});
});
