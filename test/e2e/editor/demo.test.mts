import { openBrowser, openEditor } from '../../../tools/n8n/browser.mts';
import { waitFor } from '../../../tools/n8n/n8nClient.mts';
import { setUpDemoEnvironment, type DemoEnvironment } from '../../../demo/demoEnvironment.mts';
import { runScenario } from '../../../demo/scenario.mts';
import { completeHostedFlow } from '../../../tools/completeHostedFlow.mts';
import { buildInquiry, send } from '../../support/apiClient.mts';
import { completeInquiry, countActions } from '../workflows/scenarioSteps.mts';
import { account } from '../account.mts';
import {
	buildCredentialData,
	startTestEnvironment,
	type TestEnvironment,
} from '../testEnvironment.mts';

describe('the workflows of the demo', () => {
	let environment: TestEnvironment;
	let demo: DemoEnvironment;

	beforeAll(async () => {
		environment = await startTestEnvironment();
		const credential = buildCredentialData(environment.sandbox);
		demo = await setUpDemoEnvironment(environment.client, { account, credential, publish: true });
	});
	afterAll(() => environment?.close());

	it('create an inquiry, receive the event of its completion, and approve it', async () => {
		const { client, sandbox } = environment;
		await runScenario(client, demo, () => undefined);
		const approvals = sandbox.control.requests.filter(({ path }) => path.endsWith('/approve'));
		expect(approvals.map(({ status }) => status)).toEqual([200]);
	});

	it.each(['Review', 'Fail'])(
		'do not approve a person called %s, who needs a review',
		async (name) => {
			const { client, sandbox } = environment;
			const id = await completeInquiry(sandbox, { 'name-first': 'Robin', 'name-last': name });
			const { runs } = await waitFor(`n8n receives the event of ${id}`, async () => {
				const executions = await client.fetchExecutions(demo.approval.id);
				const all = await Promise.all(executions.map((one) => client.waitForExecution(one.id)));
				return all.find((one) => JSON.stringify(one.runs).includes(id));
			});
			expect(Object.keys(runs)).toEqual([
				...['When an inquiry ends', 'Is it a customer?', 'Passed?', 'Tell a reviewer'],
			]);
			expect(countActions(sandbox, id, 'approve')).toBe(0);
		},
	);

	it('leave callers of the help desk to the workflow that verifies them', async () => {
		const { client, sandbox } = environment;
		const meta = { 'auto-create-one-time-link': true };
		const created = await send(
			sandbox,
			'POST',
			'/inquiries',
			buildInquiry({ 'name-first': 'Jane', 'name-last': 'Doe' }, { tags: ['help-desk'] }, meta),
		);
		await completeHostedFlow(created.meta['one-time-link']);
		const { status, runs } = await waitFor('n8n receives the event', async () => {
			const executions = await client.fetchExecutions(demo.approval.id);
			const all = await Promise.all(executions.map((one) => client.waitForExecution(one.id)));
			return all.find((one) => JSON.stringify(one.runs).includes(created.data.id));
		});
		expect([status, Object.keys(runs)]).toEqual([
			'success',
			['When an inquiry ends', 'Is it a customer?'],
		]);
		expect(countActions(sandbox, created.data.id, 'approve')).toBe(0);
	});

	it('open in the editor with every node known', async () => {
		const { client, n8n } = environment;
		const browser = await openBrowser();
		try {
			const editor = await openEditor(browser, n8n.url, account);
			for (const { id, nodes } of await Promise.all(
				(await client.fetchWorkflows()).map((workflow) => client.fetchWorkflow(workflow.id)),
			)) {
				await editor.openWorkflow(id);
				for (const { name, type } of nodes.filter((node) => node.type.includes('persona'))) {
					const panel = await editor.openNode(name);
					expect(await panel.innerText()).not.toContain('Install this node');
					expect(type).toMatch(/^n8n-nodes-persona\./);
					await editor.closeNode();
				}
			}
		} finally {
			await browser.close();
		}
	});
});
