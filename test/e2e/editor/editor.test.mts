import type { Browser } from 'playwright-core';
import { openBrowser, openEditor, type Editor } from '../../../tools/n8n/browser.mts';
import { waitFor } from '../../../tools/n8n/n8nClient.mts';
import { setUpDemoEnvironment, type DemoEnvironment } from '../../../demo/demoEnvironment.mts';
import { account } from '../account.mts';
import { DOCS_FOLDER } from '../screenshots.mts';
import {
	buildCredentialData,
	startTestEnvironment,
	type TestEnvironment,
} from '../testEnvironment.mts';

describe('the editor', () => {
	let environment: TestEnvironment;
	let browser: Browser;
	let editor: Editor;
	let demo: DemoEnvironment;

	beforeAll(async () => {
		environment = await startTestEnvironment();
		demo = await setUpDemoEnvironment(environment.client, {
			account,
			credential: buildCredentialData(environment.sandbox),
			publish: true,
		});
		browser = await openBrowser();
		editor = await openEditor(browser, environment.n8n.url, account);
	});
	afterAll(async () => {
		await browser?.close();
		await environment?.close();
	});

	const takeScreenshot = async (name: string) =>
		await editor.takeScreenshot(`${DOCS_FOLDER}/${name}.png`);

	it('shows the operations and events of Persona when the user adds a node', async () => {
		const { page } = editor;
		await editor.openWorkflow(demo.onboarding.id);
		await page.getByTestId('node-creator-plus-button').click();
		await page.getByTestId('node-creator-search-bar').fill('Persona');
		await page
			.getByTestId('node-creator-item-name')
			.filter({ hasText: /^Persona$/ })
			.first()
			.click();
		const creator = page.getByTestId('node-creator');
		const actions = creator.getByText(/^Actions \(\d+\)$/);
		await actions.waitFor();
		await creator.getByText('Create inquiry', { exact: true }).first().waitFor();
		await actions.click();
		await creator.getByText(/^Triggers \(\d+\)$/).click();
		await creator.getByText('On inquiry completed').first().waitFor();
		await takeScreenshot('node-panel');
		await page.keyboard.press('Escape');
	});

	it('shows Create Inquiry with its fields', async () => {
		await editor.openWorkflow(demo.onboarding.id);
		const panel = await editor.openNode('Create inquiry');
		await takeScreenshot('create-inquiry');
		const text = await panel.innerText();
		expect(text).toContain('Inquiry Template');
		expect(text).not.toContain('undefined');
		await editor.closeNode();
	});

	it('shows the trigger with its events', async () => {
		await editor.openWorkflow(demo.approval.id);
		const panel = await editor.openNode('When an inquiry ends');
		await takeScreenshot('trigger');
		expect(await panel.innerText()).toContain('Trigger On');
		await editor.closeNode();
	});

	it('lets the user run the onboarding scenario with the mouse', async () => {
		const { page } = editor;
		await editor.openWorkflow(demo.onboarding.id);
		await page.getByTestId('execute-workflow-button').first().click();
		await page.getByText('Workflow executed successfully').first().waitFor();
		const panel = await editor.openNode('Create inquiry');
		await panel.getByText('oneTimeLink').first().waitFor();
		const [link] = /http:\S+\/verify\?code=[\w-]+/.exec(await panel.innerText()) ?? [];
		await editor.closeNode();

		const context = await browser.newContext({ viewport: { width: 390, height: 844 } });
		const phone = await context.newPage();
		await phone.goto(String(link));
		await phone.screenshot({ path: `${DOCS_FOLDER}/hosted-page.png` });
		const button = phone.locator('form button[type=submit]').first();
		// Who goes back in the same tab can begin again, although the link opens only once.
		await Promise.all([phone.waitForURL(/session-token/), button.click()]);
		await phone.goBack();
		for (let screen = 0; screen < 10 && (await button.isVisible()); screen++) {
			await Promise.all([phone.waitForLoadState(), button.click()]);
		}
		await context.close();

		const [inquiry] = environment.sandbox.control.store.getCollection('inquiry').findAll();
		await waitFor('the inquiry is approved', async () => inquiry.attributes.status === 'approved');
		await page.goto(`${environment.n8n.url}/workflow/${demo.approval.id}/executions`);
		await page.getByText('Succeeded').first().waitFor();
	});

	it('shows what happened and how to fix it when an item fails', async () => {
		const { page } = editor;
		environment.sandbox.control.addFault({
			method: 'POST',
			path: '/inquiries',
			kind: 'status',
			status: 422,
			body: {
				errors: [
					{
						title: 'Record invalid',
						details: 'Fields birthdate must be in the past',
						source: { pointer: '/data/attributes/fields/birthdate' },
					},
				],
			},
			times: 1,
		});
		await editor.openWorkflow(demo.onboarding.id);
		await page.getByTestId('execute-workflow-button').first().click();
		await page.getByText('Persona rejected a value').first().waitFor();
		const panel = await editor.openNode('Create inquiry');
		await panel.getByText('Persona rejected a value').first().waitFor();
		await takeScreenshot('failed-item');
		const text = await panel.innerText();
		expect(text).toContain('Persona rejected a value');
		expect(text).toContain('must be in the past');
		await editor.closeNode();
	});
});
