import type { INode } from 'n8n-workflow';
import { completeHostedFlow } from '../../../tools/completeHostedFlow.mts';
import { listOptionalNodes } from '../../../tools/docs/formatLibrary.cjs';
import { waitFor } from '../../../tools/n8n/n8nClient.mts';
import type { StoredObject } from '../../../sandbox/sandbox.mts';
import { callWebhook } from './callWebhook.mts';
import { fetchRows } from './dataTable.mts';
import { fetchNodeTypes, type NodeTypes } from '../../../tools/n8n/nodeTypes.mts';
import { completeInquiry, decideAsPerson } from './scenarioSteps.mts';
import { postSignUp } from './signUp.mts';
import { startWorkflowEnvironment, type WorkflowEnvironment } from './workflowEnvironment.mts';
import { listWorkflowNames, readWorkflow } from './workflowFiles.mts';

/** How many services a workflow may need besides Persona and what starts it, e.g. a model and a mail server. */
const MAX_NEEDED = 2;

/** Returns the nodes with those switched off that the notes name, or only with these of them. */
function switchOff(nodes: INode[], names = listOptionalNodes(nodes)): INode[] {
	return nodes.map((node) => (names.includes(node.name) ? { ...node, disabled: true } : node));
}

describe('a workflow without the nodes that may be switched off', () => {
	let environment: WorkflowEnvironment;
	let types: NodeTypes;

	beforeAll(async () => {
		environment = await startWorkflowEnvironment({
			reportSeconds: 0.5,
			rateLimit: { maxRequests: 10_000, windowSeconds: 60 },
		});
		types = await fetchNodeTypes(environment.client);
	});
	afterAll(async () => await environment?.close());

	const isTrigger = (node: INode) => types.findDescription(node).group.includes('trigger');

	const listCredentialTypes = (nodes: INode[]) => [
		...new Set(
			nodes.filter(({ disabled }) => !disabled).flatMap((node) => types.getCredentialTypes(node)),
		),
	];

	/** Lists the credentials without which a workflow cannot be published, but for Persona's and its triggers'. */
	const listNeeded = (nodes: INode[]) => {
		const always = ['personaApi', ...listCredentialTypes(nodes.filter(isTrigger))];
		return listCredentialTypes(switchOff(nodes)).filter((type) => !always.includes(type));
	};

	/** Lists the credentials that a workflow cannot do without. */
	const listGiven = (nodes: INode[]) => [
		...['personaApi', ...listNeeded(nodes)],
		...listCredentialTypes(nodes.filter(isTrigger)),
	];

	/** Stores a workflow with these nodes and the credentials that it cannot do without. */
	const storeWorkflow = async (name: string, change: (nodes: INode[]) => INode[]) => {
		const file = await readWorkflow(name);
		const given = listGiven(file.nodes);
		const nodes = change(file.nodes).map((node) => {
			const selected = types
				.getCredentialTypes(node)
				.filter((type) => given.includes(type))
				.map((type) => environment.credentials[type]);
			const credentials = selected.map(({ type, id, name: own }) => [type, { id, name: own }]);
			return credentials.length > 0
				? { ...node, credentials: Object.fromEntries(credentials) }
				: node;
		});
		return (await environment.client.createWorkflow({ ...file, nodes })).id;
	};

	it('needs at most two services besides Persona and what starts it', async () => {
		const files = await Promise.all(listWorkflowNames().map(readWorkflow));
		const needed = files.map(({ name, nodes }) => [name, listNeeded(nodes)]);
		expect(needed.filter(([, services]) => services.length > MAX_NEEDED)).toEqual([]);
	});

	it.each(listWorkflowNames())('can be published: %s', async (name) => {
		const { client } = environment;
		const id = await storeWorkflow(name, switchOff);
		expect(await client.publish(id)).toMatchObject({ status: 'published' });
		await client.unpublish(id);
	});

	it('is refused by n8n with them, as long as their credentials are missing', async () => {
		const refused: string[] = [];
		const dependent: string[] = [];
		for (const name of listWorkflowNames()) {
			const { nodes } = await readWorkflow(name);
			const given = listGiven(nodes);
			if (!listCredentialTypes(nodes).every((type) => given.includes(type))) dependent.push(name);
			const id = await storeWorkflow(name, (unchanged) => unchanged);
			try {
				await environment.client.publish(id);
				await environment.client.unpublish(id);
			} catch (error) {
				expect(String(error)).toContain('Missing required credential');
				refused.push(name);
			}
		}
		expect(refused).toEqual(dependent);
		expect(refused).not.toEqual([]);
	});

	/** Publishes a workflow with these nodes switched off, or with all that may be. */
	const publishWithout = async (name: string, names?: string[]) => {
		const { nodes } = await readWorkflow(name);
		return await environment.publishWorkflow(name, { nodes: switchOff(nodes, names) });
	};

	it('onboards users without HubSpot and Slack', async () => {
		const { client, hubspot, sandbox, slack } = environment;
		const { workflow } = await publishWithout('01-onboard-users');
		const people = [
			{ lastName: 'Doe', outcome: 'approved' },
			{ lastName: 'Review', outcome: 'needs_review' },
		];
		for (const { lastName, outcome } of people) {
			const user = {
				userId: lastName,
				email: `${lastName}@example.com`,
				firstName: 'Jane',
				lastName,
			};
			const { status, id, link } = await postSignUp(environment, 'persona-sign-up', user);
			expect(status).toBe(200);
			await completeHostedFlow(link);
			await waitFor(`${id} is ${outcome}`, async () => {
				const { attributes } = sandbox.control.find(id) as StoredObject;
				return attributes.status === outcome;
			});
		}
		const ended = await waitFor('all executions have ended', async () => {
			const executions = await client.fetchExecutions(workflow.id);
			const isOver = executions.every(({ status }) => !['new', 'running'].includes(status));
			// Two sign-ups, and for each person the event of the completion and that of the decision.
			return executions.length >= 6 && isOver && executions;
		});
		expect(ended.map(({ status }) => status)).toEqual(ended.map(() => 'success'));
		expect(hubspot.contacts).toEqual([]);
		expect(slack.messages).toEqual([]);
		await client.unpublish(workflow.id);
	});

	it('answers about a business without opening a case', async () => {
		const { client, sandbox } = environment;
		const { workflow } = await publishWithout('06-verify-businesses');
		const business = { businessId: 'business-1', name: 'Acme Match', street: '123 Main St' };
		const place = { city: 'San Francisco', state: 'California', postalCode: '94111' };
		const body = { ...business, ...place, ein: '12-3456789' };
		const { status, data } = await callWebhook(environment, 'persona-business', body);
		expect([status, Object(data).decision, Object(data).caseId]).toEqual([
			200,
			'review',
			undefined,
		]);
		expect(sandbox.control.store.getCollection('case').findAll()).toEqual([]);
		await client.unpublish(workflow.id);
	});

	it('registers decisions without a store for their evidence', async () => {
		const { client, s3, sandbox } = environment;
		const published = await publishWithout('10-keep-evidence-of-decisions');
		await published.runOnce();
		const id = await completeInquiry(sandbox, { 'name-first': 'Jane', 'name-last': 'Doe' });
		await decideAsPerson(sandbox, id, 'approve');
		const [{ status }] = await published.waitForExecutions(id);
		expect(status).toBe('success');
		const rows = await fetchRows<{ id: number; inquiryId: string; storedAt: string | null }>(
			client,
		);
		expect(rows).toEqual([expect.objectContaining({ inquiryId: id, storedAt: null })]);
		expect([...s3.files]).toEqual([]);
		await client.unpublish(published.workflow.id);
	});

	it.each([
		[['Post the figures'], { messages: 0, mails: 1 }],
		[['Email the report', 'Email it again'], { messages: 1, mails: 0 }],
	])('reports the metrics without %j', async (names, { messages, mails }) => {
		const { client, slack, smtp } = environment;
		slack.messages.length = 0;
		smtp.mails.length = 0;
		const { workflow } = await publishWithout('11-report-metrics-weekly', names);
		await client.unpublish(workflow.id);
		const { executionId = '' } = await client.runWorkflow(workflow.id, 'Every Monday morning');
		const execution = await client.waitForExecution(executionId);
		expect([execution.status, execution.error?.message]).toEqual(['success', undefined]);
		expect([slack.messages.length, smtp.mails.length]).toEqual([messages, mails]);
		// It says nothing of a mail that nobody has sent.
		expect(slack.messages.filter(({ text }) => text.includes('mail'))).toEqual([]);
	});
});
