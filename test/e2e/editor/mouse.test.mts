import type { IDataObject } from 'n8n-workflow';
import type { Browser, Locator } from 'playwright-core';
import { fixtures } from '../../../sandbox/sandbox.mts';
import { openBrowser, openEditor, type Editor } from '../../../tools/n8n/browser.mts';
import { account } from '../account.mts';
import { buildIdLocator, buildNode, selectCredential, START } from '../buildNode.mts';
import { CACHE_FOLDER } from '../screenshots.mts';
import { startTestEnvironment, type TestEnvironment } from '../testEnvironment.mts';

describe('what is entered by hand', () => {
	let environment: TestEnvironment;
	let browser: Browser;
	let editor: Editor;

	const row = {
		'name-first': 'Jane',
		'name-last': 'Doe',
		birthdate: '1965-10-12T00:00:00.000Z',
		shoeSize: 38,
	};

	beforeAll(async () => {
		environment = await startTestEnvironment({
			apiKeys: [{ value: 'persona_sandbox_demo', allowTemplates: true }],
		});
		const persona = (name: string, y: number, parameters: IDataObject) =>
			buildNode('n8n-nodes-persona.persona', name, parameters, {
				...selectCredential(environment),
				position: [440, y],
			});
		const nodes = [
			buildNode('n8n-nodes-base.manualTrigger', START, {}),
			buildNode(
				'n8n-nodes-base.set',
				'Row',
				{ mode: 'raw', jsonOutput: JSON.stringify(row), options: {} },
				{ typeVersion: 3.4, position: [220, 0] },
			),
			persona('Create from row', 0, {
				...{ resource: 'inquiry', operation: 'create' },
				inquiryTemplateId: buildIdLocator(fixtures.inquiryTemplate),
			}),
			persona('Screen', 200, {
				...{ resource: 'report', operation: 'create', reportType: 'watchlist' },
				...{ queryNameFirst: 'Jane', queryNameLast: 'Doe' },
			}),
		];
		const linkTo = (node: string) => ({ node, type: 'main' as const, index: 0 });
		const { id } = await environment.client.createWorkflow({
			name: 'By hand',
			settings: { executionOrder: 'v1', timezone: 'America/New_York' },
			nodes,
			connections: {
				[START]: { main: [[linkTo('Row')]] },
				Row: { main: [[linkTo('Create from row'), linkTo('Screen')]] },
			},
		});
		browser = await openBrowser();
		editor = await openEditor(browser, environment.n8n.url, account);
		await editor.openWorkflow(id);
	});
	afterAll(async () => {
		await browser?.close();
		await environment?.close();
	});

	const selectOption = async (panel: Locator, testId: string, option: string) => {
		await panel.getByTestId(testId).first().click();
		await editor.page.getByRole('option').filter({ hasText: option }).first().click();
	};

	const execute = async (panel: Locator) => await panel.getByTestId('node-execute-button').click();

	const findRequest = (path: string) =>
		environment.sandbox.control.requests.find(
			(request) => request.method === 'POST' && request.path.endsWith(path),
		);

	it('is sent as the item has it and Persona knows it if the columns are mapped automatically', async () => {
		const panel = await editor.openNode('Create from row');
		await selectOption(panel, 'parameter-input-fieldsMode', 'Mapping Each Field Below');
		await panel.getByText('Fetching fields').waitFor({ state: 'hidden' });
		await selectOption(panel, 'mapping-mode-select', 'Map Automatically');
		await execute(panel);
		await panel.getByText(/^inq_/).first().waitFor();
		await editor.takeScreenshot(`${CACHE_FOLDER}/mapped-automatically.png`);
		const output = await panel.innerText();
		await editor.closeNode();
		expect(findRequest('/inquiries')).toMatchObject({
			body: {
				data: {
					attributes: {
						fields: { 'name-first': 'Jane', 'name-last': 'Doe', birthdate: '1965-10-12' },
					},
				},
			},
		});
		expect(output).toMatch(/Not sent, since Persona has no such field: shoeSize/);
		expect(output).not.toContain('Persona returned no fields');
	});

	it('is sent as the day that was typed, also after Enter and after leaving the field', async () => {
		const panel = await editor.openNode('Screen');
		const birthdate = panel.getByTestId('parameter-input-queryBirthdate').locator('input').first();
		await birthdate.fill('1965-10-12');
		await birthdate.press('Enter');
		await panel.getByText('First Name').first().click();
		await editor.takeScreenshot(`${CACHE_FOLDER}/typed-birthdate.png`);
		await execute(panel);
		await panel.getByText(/^rep_/).first().waitFor();
		await editor.closeNode();
		expect(findRequest('/reports')).toMatchObject({
			body: { data: { attributes: { query: { birthdate: '1965-10-12' } } } },
		});
	});
});
