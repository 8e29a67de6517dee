import type { INode } from 'n8n-workflow';
import { openBrowser, openEditor } from '../../tools/n8n/browser.mts';
import { account } from '../e2e/account.mts';
import { buildNode, runNodes, selectCredential } from '../e2e/buildNode.mts';
import { CACHE_FOLDER } from '../e2e/screenshots.mts';
import type { TestEnvironment } from '../e2e/testEnvironment.mts';
import { startVersionEnvironment } from './versionEnvironment.mts';

const SENTENCE = 'The Persona nodes need n8n 2.30 or newer: update n8n';

/** Tests that the nodes say in a version before 2.30 that it is too old. */
export function testOldVersion(version: string) {
	describe(`n8n ${version}, which is too old,`, () => {
		let environment: TestEnvironment;
		beforeAll(async () => {
			environment = await startVersionEnvironment(version);
		}, 300_000);
		afterAll(async () => await environment?.close());

		const list = { resource: 'inquiry', operation: 'getAll' };

		it('is named when a node runs, also in the editor', async () => {
			const { client } = environment;
			const node = buildNode(
				'n8n-nodes-persona.persona',
				'Persona',
				list,
				selectCredential(environment),
			);
			const { runs, workflowId } = await runNodes(environment, node);
			expect(runs.Persona[0].error?.message).toContain(SENTENCE);
			const browser = await openBrowser();
			try {
				const editor = await openEditor(browser, client.url, account);
				await editor.openWorkflow(workflowId);
				await editor.page
					.locator('[data-test-id*="execute-workflow-button"]')
					.first()
					.dispatchEvent('click');
				await editor.page.getByText(SENTENCE).first().waitFor();
				await editor.takeScreenshot(`${CACHE_FOLDER}/too-old.png`);
			} finally {
				await browser.close();
			}
		});

		it.each<[string, Partial<INode>]>([
			['personaTrigger', { parameters: { events: ['inquiry.created'] }, webhookId: 'persona' }],
			['personaTrigger', { parameters: { receive: 'byHand' }, webhookId: 'persona' }],
			['personaPollingTrigger', { parameters: { events: ['inquiry.created'] } }],
		])('is named when %s is published', async (type, more) => {
			const { client } = environment;
			const node = buildNode(
				`n8n-nodes-persona.${type}`,
				'Trigger',
				{},
				{ ...selectCredential(environment), ...more },
			);
			const { id } = await client.createWorkflow({ name: 'Test', nodes: [node], connections: {} });
			await expect(client.publish(id).then(JSON.stringify)).rejects.toThrow(SENTENCE);
		});
	});
}
