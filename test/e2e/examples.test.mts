import { openBrowser, openEditor } from '../../demo/n8n/browser.mts';
import { setScene } from '../../demo/scene.mts';
import { playStory } from '../../demo/story.mts';
import { account, credentialFor, setStage, type Stage } from './stage.mts';

describe('the example workflows', () => {
	let stage: Stage;

	beforeAll(async () => {
		stage = await setStage();
	});
	afterAll(() => stage?.close());

	it('create an inquiry, hear that it is completed, and approve it', async () => {
		const { client, sandbox } = stage;
		const scene = await setScene(client, {
			account,
			credential: credentialFor(sandbox),
			publish: true,
		});
		await playStory(client, scene, () => undefined);
		const approvals = sandbox.control.requests.filter(({ path }) => path.endsWith('/approve'));
		expect(approvals.map(({ status }) => status)).toEqual([200]);
	});

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
