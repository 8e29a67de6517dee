import type { Browser, Locator } from 'playwright-core';
import { fixtures } from '../../../sandbox/sandbox.mts';
import { openBrowser, openEditor, type Editor } from '../../../tools/n8n/browser.mts';
import { account } from '../account.mts';
import { buildNode, selectCredential, START } from '../buildNode.mts';
import { listPickerPanels, triggerPanels } from './pickerPanels.mts';
import {
	buildCredentialData,
	startTestEnvironment,
	type TestEnvironment,
} from '../testEnvironment.mts';

const PRODUCTION_KEY = 'persona_production_demo';
const SANDBOX_KEY = 'persona_sandbox_demo';

const REVOKED_KEY = 'persona_production_revoked';

/** How many panels of the action nodes are opened at least. */
const PANEL_COUNT = 60;

const panels = [...listPickerPanels(PANEL_COUNT), ...triggerPanels];

describe('the pickers of the panel', () => {
	let environment: TestEnvironment;
	let browser: Browser;
	let editor: Editor;
	let workflowId: string;
	const problems: string[] = [];

	const createParameters = { resource: 'inquiry', operation: 'create' };

	beforeAll(async () => {
		environment = await startTestEnvironment({
			apiKeys: [PRODUCTION_KEY, SANDBOX_KEY],
			rateLimit: { maxRequests: 100_000, windowSeconds: 60 },
		});
		const { client, sandbox } = environment;
		sandbox.control.seedInquiries(3, {
			referencePrefix: 'user-',
			fields: [{ 'name-first': 'Jane' }],
		});
		const useKey = async (key: string) => {
			const { id, name } = await client.createCredential({
				...{ name: key, type: 'personaApi' },
				data: buildCredentialData(sandbox, key),
			});
			return { credentials: { personaApi: { id, name } } };
		};
		const inProduction = await useKey(PRODUCTION_KEY);
		const place = (index: number) => ({
			position: [(1 + (index % 6)) * 220, Math.floor(index / 6) * 160],
		});
		const nodes = [
			...panels.map(({ nodeType, name, parameters }, index) =>
				buildNode(`n8n-nodes-persona.${nodeType}`, name, parameters, {
					...inProduction,
					...place(index),
				}),
			),
			buildNode(
				'n8n-nodes-persona.persona',
				'Revoked key',
				{ resource: 'inquiry', operation: 'get' },
				{ ...(await useKey(REVOKED_KEY)), ...place(panels.length + 2) },
			),
			buildNode('n8n-nodes-persona.persona', 'Sandbox key', createParameters, {
				...selectCredential(environment),
				...place(panels.length),
			}),
			buildNode('n8n-nodes-persona.persona', 'Production key', createParameters, {
				...inProduction,
				...place(panels.length + 1),
			}),
		];
		const workflow = await client.createWorkflow({
			name: 'Pickers',
			settings: { executionOrder: 'v1' },
			nodes: [buildNode('n8n-nodes-base.manualTrigger', START, {}), ...nodes],
			connections: {
				[START]: {
					main: [
						nodes
							.filter(({ type }) => !type.endsWith('Trigger'))
							.map((node) => ({ node: node.name, type: 'main', index: 0 })),
					],
				},
			},
		});
		workflowId = workflow.id;
		browser = await openBrowser();
		editor = await openEditor(browser, environment.n8n.url, account);
		editor.page.on('pageerror', (error) => problems.push(`error: ${error.message}`));
		editor.page.on('response', (response) => {
			const isOurs = response.url().includes('/dynamic-node-parameters/');
			if (isOurs && !response.ok()) problems.push(`${response.status()} ${response.url()}`);
		});
		editor.page.on('console', (message) => {
			if (message.type() === 'error' && /persona|locator|mapper/i.test(message.text())) {
				problems.push(message.text());
			}
		});
		await editor.openWorkflow(workflowId);
	});
	// A file has one workflow with many nodes: a panel that stays open would hide the others.
	beforeEach(async () => {
		problems.splice(0);
		if (await editor.page.getByTestId('ndv').isVisible()) await editor.openWorkflow(workflowId);
	});
	afterAll(async () => {
		await browser?.close();
		await environment?.close();
	});

	const openList = async (panel: Locator, picker: string) => {
		const locator = panel.getByTestId(`resource-locator-${picker}`).first();
		await locator.getByTestId('rlc-input').click();
	};
	const items = () => editor.page.getByTestId('rlc-item');

	it('are in many panels', () => expect(panels.length).toBeGreaterThanOrEqual(PANEL_COUNT));

	it.each(panels)('of $name open without an error', async ({ name, pickers }) => {
		const panel = await editor.openNode(name);
		// The fields of a map change the parameters, which closes a list.
		await panel.getByText('Fetching fields').waitFor({ state: 'hidden' });
		for (const picker of pickers) {
			await openList(panel, picker);
			await items()
				.or(editor.page.getByText('No results'))
				.or(editor.page.getByTestId('rlc-error-message'))
				.first()
				.waitFor();
			// A click beside the list closes it.
			await panel
				.getByTestId('node-parameters')
				.first()
				.click({ position: { x: 2, y: 2 } });
		}
		const text = await panel.innerText();
		await editor.closeNode();
		expect(text).not.toMatch(/No fields found|Can't get fields|undefined|\[object/);
		expect(problems).toEqual([]);
	});

	it('say in their own place that the key is not valid any more', async () => {
		const panel = await editor.openNode('Revoked key');
		await openList(panel, 'inquiryId');
		await editor.page.getByText('does not recognize this API key').first().waitFor();
		await editor.takeScreenshot('.cache/screenshots/revoked-key.png');
	});

	it('say with a sandbox key, in their own place, what to do instead', async () => {
		const panel = await editor.openNode('Sandbox key');
		await panel.getByText('Choose an inquiry or a template to see its fields here').waitFor();
		await openList(panel, 'inquiryTemplateId');
		await items().getByText('A sandbox key cannot list templates: use By ID or By URL').waitFor();
		// The templates of the newest inquiries can be chosen, the sentence cannot.
		await items().getByText('A sandbox key cannot').click();
		await items().first().click();
		await panel.getByText('A sandbox key cannot read the fields of a template').waitFor();
		await editor.takeScreenshot('.cache/screenshots/sandbox-key.png');
		expect(problems).toEqual([]);
	});

	it('list templates with a production key, and the fields of the chosen one by default', async () => {
		const panel = await editor.openNode('Production key');
		await openList(panel, 'inquiryTemplateId');
		await items().first().click();
		await panel.getByText('Add field to send').click();
		await editor.page.getByText('First Name', { exact: true }).last().waitFor();
		await editor.page.keyboard.press('Escape');
		expect(problems).toEqual([]);
	});

	it('name the wrong kind of ID in an address that was pasted', async () => {
		const panel = await editor.openNode('Production key');
		const locator = panel.getByTestId('resource-locator-inquiryTemplateId');
		await locator.getByTestId('rlc-mode-selector').click();
		await editor.page.getByTestId('mode-url').click();
		const input = locator.getByTestId('rlc-input');
		await input.fill('https://app.withpersona.com/dashboard/inquiries/inq_1');
		await input.blur();
		await panel.getByTestId('parameter-issues').first().hover();
		const sentence = 'This is not the ID of an inquiry template, which begins with itmpl_: inq_';
		await editor.page.getByText(sentence).first().waitFor();
		await input.fill(
			`https://app.withpersona.com/dashboard/inquiry-templates/${fixtures.inquiryTemplate}/itmplv_1/flow`,
		);
		await panel.getByText('Add field to send').waitFor();
		await editor.takeScreenshot('.cache/screenshots/by-url.png');
		expect(problems).toEqual([]);
	});
});
