import { openBrowser, openEditor } from '../../../tools/n8n/browser.mts';
import { eventually } from '../../../tools/n8n/client.mts';
import { setScene, type Scene } from '../../../demo/environment.mts';
import { playStory } from '../../../demo/story.mts';
import { goesThrough, timesDone } from '../workflows/scenario.mts';
import { account, credentialFor, setStage, type Stage } from '../environment.mts';

describe('the example workflows', () => {
	let stage: Stage;
	let scene: Scene;

	beforeAll(async () => {
		stage = await setStage();
		const credential = credentialFor(stage.sandbox);
		scene = await setScene(stage.client, { account, credential, publish: true });
	});
	afterAll(() => stage?.close());

	it('create an inquiry, hear that it is completed, and approve it', async () => {
		const { client, sandbox } = stage;
		await playStory(client, scene, () => undefined);
		const approvals = sandbox.control.requests.filter(({ path }) => path.endsWith('/approve'));
		expect(approvals.map(({ status }) => status)).toEqual([200]);
	});

	it.each(['Review', 'Fail'])(
		'approve nobody called %s, whom a person has to look at',
		async (name) => {
			const { client, sandbox } = stage;
			const id = await goesThrough(sandbox, { 'name-first': 'Robin', 'name-last': name });
			const { runs } = await eventually(`n8n hears of ${id}`, async () => {
				const executions = await client.executions(scene.approval.id);
				const all = await Promise.all(executions.map((one) => client.finished(one.id)));
				return all.find((one) => JSON.stringify(one.runs).includes(id));
			});
			expect(Object.keys(runs)).toEqual([
				'When an inquiry ends',
				'Has passed?',
				'Tell somebody who can look',
			]);
			expect(timesDone(sandbox, id, 'approve')).toBe(0);
		},
	);

	it('open in the editor with every node known', async () => {
		const { client, n8n } = stage;
		const browser = await openBrowser();
		try {
			const editor = await openEditor(browser, n8n.url, account);
			for (const { id, nodes } of await Promise.all(
				(await client.workflows()).map((workflow) => client.workflow(workflow.id)),
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
