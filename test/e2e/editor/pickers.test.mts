import type { INodeProperties } from 'n8n-workflow';
import type { Browser, Locator } from 'playwright-core';
import { Persona } from '../../../nodes/Persona/Persona.node.ts';
import { fixtures } from '../../../sandbox/sandbox.mts';
import { openBrowser, openEditor, type Editor } from '../../../tools/n8n/browser.mts';
import { getShownProperties } from '../../support/panel.mts';
import { account } from '../account.mts';
import { buildNode, selectCredential, START } from '../buildNode.mts';
import {
	buildCredentialData,
	startTestEnvironment,
	type TestEnvironment,
} from '../testEnvironment.mts';

const PRODUCTION_KEY = 'persona_production_demo';
const SANDBOX_KEY = 'persona_sandbox_demo';

/** How many panels are opened: one for each operation with another set of pickers and maps. */
const PANEL_COUNT = 52;

const { properties } = new Persona().description;

const hasList = ({ modes = [] }: INodeProperties) => modes.some(({ type }) => type === 'list');

/** The pickers and maps that n8n shows directly for an operation. */
const listPickers = (resource: string, operation: string) =>
	getShownProperties({ resource, operation })
		.filter((one) => hasList(one) || one.type === 'resourceMapper')
		.map(({ name }) => name);

/** Operations with a picker or a map, those with pickers that no other has before the others. */
function listPanels() {
	const operations = properties.filter(({ name }) => name === 'operation');
	const all = operations.flatMap(({ displayOptions, options = [] }) =>
		(displayOptions?.show?.resource ?? []).flatMap((resource) =>
			options.map((option) => {
				const operation = String('value' in option ? option.value : '');
				return { resource: String(resource), operation };
			}),
		),
	);
	const withPickers = all
		.map((one) => ({ ...one, pickers: listPickers(one.resource, one.operation) }))
		.filter(({ pickers }) => pickers.length > 0);
	const seen = new Set<string>();
	const isNew = ({ pickers }: { pickers: string[] }) =>
		!seen.has(pickers.join()) && seen.add(pickers.join());
	const first = withPickers.filter(isNew);
	return [...first, ...withPickers.filter((one) => !first.includes(one))].slice(0, PANEL_COUNT);
}

const panels = listPanels().map((one) => ({ ...one, name: `${one.resource} ${one.operation}` }));

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
		const { id, name } = await client.createCredential({
			...{ name: 'Production', type: 'personaApi' },
			data: buildCredentialData(sandbox, PRODUCTION_KEY),
		});
		const inProduction = { credentials: { personaApi: { id, name } } };
		const place = (index: number) => ({
			position: [(1 + (index % 6)) * 220, Math.floor(index / 6) * 160],
		});
		const nodes = [
			...panels.map(({ resource, operation, name: title }, index) =>
				buildNode(
					'n8n-nodes-persona.persona',
					title,
					{ resource, operation },
					{
						...inProduction,
						...place(index),
					},
				),
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
				[START]: { main: [nodes.map((node) => ({ node: node.name, type: 'main', index: 0 }))] },
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

	it('are in many panels', () => expect(panels).toHaveLength(PANEL_COUNT));

	it.each(panels)('of $name open without an error', async ({ name, pickers }) => {
		const panel = await editor.openNode(name);
		// The fields of a map change the parameters, which closes a list.
		await panel.getByText('Fetching fields').waitFor({ state: 'hidden' });
		for (const picker of pickers.filter((one) => !one.endsWith('Columns'))) {
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
