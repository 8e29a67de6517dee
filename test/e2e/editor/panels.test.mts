import type { IDataObject } from 'n8n-workflow';
import type { Browser, Locator } from 'playwright-core';
import { openBrowser, openEditor, type Editor } from '../../../tools/n8n/browser.mts';
import { fixtures } from '../../../sandbox/sandbox.mts';
import { buildIdLocator, selectCredential, buildNode, START } from '../buildNode.mts';
import { account } from '../account.mts';
import { CACHE_FOLDER } from '../screenshots.mts';
import { startTestEnvironment, type TestEnvironment } from '../testEnvironment.mts';

/** Operations with different panels, and the labels that a newcomer must find there. */
const panels: Record<string, [parameters: IDataObject, labels: string[]]> = {
	'Create account': [{ resource: 'account', operation: 'create' }, ['Reference ID', 'Fields']],
	'Create report': [
		{ resource: 'report', operation: 'create', reportType: 'businessLookup' },
		['Report Type', 'Business Name'],
	],
	'Redact inquiry': [{ resource: 'inquiry', operation: 'redact' }, ['for good']],
	'Print inquiry': [{ resource: 'inquiry', operation: 'print' }, ['Put Output File in Field']],
	'List accounts': [
		{ resource: 'account', operation: 'getAll', returnAll: false },
		['Return All', 'Limit'],
	],
	'Update case': [
		{ resource: 'case', operation: 'update', updateFields: { attachments: 'data' } },
		['Attachments', 'Specify Fields'],
	],
	'Get verification': [
		{ resource: 'verification', operation: 'get' },
		['Verification Type', 'Verification'],
	],
	'Put a place on a list': [
		{ resource: 'listItem', operation: 'create', listType: 'geolocation' },
		['Latitude', 'Radius in Meters'],
	],
	'Archive list item': [
		{ resource: 'listItem', operation: 'archive' },
		['List Type', 'cannot restore it'],
	],
	'Import accounts': [
		{ resource: 'importer', operation: 'import' },
		['Import Type', 'Input Data Field Name'],
	],
	'Run workflow': [{ resource: 'workflow', operation: 'run' }, ['Workflow', 'Fields']],
	'Rotate secret': [{ resource: 'webhook', operation: 'rotateSecret' }, ['Overlap']],
	'Create webhook': [{ resource: 'webhook', operation: 'create' }, ['URL', 'Events']],
	'Preview erasure': [{ resource: 'account', operation: 'previewErasure' }, ['Account']],
	'Erase account': [{ resource: 'account', operation: 'erase' }, ['Confirmation Code', 'for good']],
	'Create and wait': [
		{ resource: 'inquiry', operation: 'createAndWait' },
		['Inquiry Template', 'Wait at Most', 'Unit'],
	],
	'Wait for person': [
		{ resource: 'inquiry', operation: 'waitForPerson' },
		['Inquiry', 'Wait at Most', 'Unit'],
	],
	'Decision summary': [{ resource: 'inquiry', operation: 'getDecisionSummary' }, ['Inquiry']],
	'Collect evidence': [
		{ resource: 'inquiry', operation: 'collectEvidence' },
		['Inquiry', 'Put Output File in Field'],
	],
	Metrics: [{ resource: 'inquiry', operation: 'getMetrics' }, ['From', 'To', 'Group By', 'Format']],
	'Add many': [
		{ resource: 'listItem', operation: 'addMany', listType: 'emailAddress' },
		['List Type', 'List', 'Value', 'Match Type'],
	],
	'Check value': [{ resource: 'listItem', operation: 'checkValue' }, ['List', 'Value']],
	'Get any object': [{ resource: 'object', operation: 'get' }, ['Object Type', 'Object']],
};

/** The type of the node that offers the resource. */
const toNodeType = ({ resource }: IDataObject) =>
	`n8n-nodes-persona.${resource === 'webhook' ? 'personaAdmin' : 'persona'}`;

describe('the panel', () => {
	let environment: TestEnvironment;
	let browser: Browser;
	let editor: Editor;

	const searchParameters = { resource: 'inquiry', operation: 'search' };
	const createParameters = {
		resource: 'inquiry',
		operation: 'create',
		inquiryTemplateId: buildIdLocator(fixtures.inquiryTemplate),
	};

	beforeAll(async () => {
		const key = 'persona_production_demo';
		environment = await startTestEnvironment({
			apiKeys: [{ value: 'persona_sandbox_demo', allowTemplates: true }, key],
		});
		const all = {
			...panels,
			'Search inquiries': [searchParameters],
			'Create inquiry': [createParameters],
		};
		const nodes = Object.entries(all).map(([name, [parameters]], index) =>
			buildNode(toNodeType(parameters), name, parameters, {
				...selectCredential(environment),
				position: [(1 + (index % 4)) * 220, Math.floor(index / 4) * 160],
			}),
		);
		const { id } = await environment.client.createWorkflow({
			name: 'Panels',
			settings: { executionOrder: 'v1' },
			nodes: [buildNode('n8n-nodes-base.manualTrigger', START, {}), ...nodes],
			connections: {
				[START]: { main: [nodes.map(({ name }) => ({ node: name, type: 'main', index: 0 }))] },
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

	const takeScreenshot = async (name: string) =>
		await editor.takeScreenshot(`${CACHE_FOLDER}/${name}.png`);

	const selectOption = async (panel: Locator, parameter: string, option: string) => {
		await panel.getByTestId(`parameter-input-${parameter}`).first().click();
		await editor.page.getByRole('option', { name: option, exact: true }).first().click();
	};

	const execute = async (panel: Locator) => await panel.getByTestId('node-execute-button').click();

	it.each(Object.entries(panels))('of %s reads well', async (name, [, labels]) => {
		const panel = await editor.openNode(name);
		await takeScreenshot(`panel-${name.toLowerCase().replaceAll(' ', '-')}`);
		const text = await panel.innerText();
		await editor.closeNode();
		for (const label of labels) expect(text).toContain(label);
		expect(text).not.toMatch(/undefined|\[object|NaN/);
	});

	it('lets the user build a search with the mouse', async () => {
		const [, id] = environment.sandbox.control.seedInquiries(2);
		const [inquiry] = [environment.sandbox.control.store.getCollection('inquiry').get(id)];
		Object.assign(inquiry?.attributes ?? {}, { 'reference-id': 'user-42' });
		const panel = await editor.openNode('Search inquiries');
		await panel.getByRole('button', { name: 'Add Condition' }).click();
		await selectOption(panel, 'attribute', 'Reference ID');
		await panel.getByTestId('parameter-input-value').locator('input').fill('user-42');
		await takeScreenshot('search-form');
		await execute(panel);
		await panel.getByText(id).first().waitFor();
		expect(environment.sandbox.control.requests.at(-1)).toMatchObject({
			path: '/api/v1/inquiries/search',
			body: { query: { and: [{ attribute: 'reference_id', operator: 'eq', value: 'user-42' }] } },
		});
		await editor.closeNode();
	});

	it('lets the user map the fields of a template with the mouse', async () => {
		const panel = await editor.openNode('Create inquiry');
		await selectOption(panel, 'fieldsMode', 'Mapping Each Field Below');
		await panel.getByText('Fetching fields').waitFor({ state: 'hidden' });
		await takeScreenshot('mapped-fields');
		await panel.getByText('Add field to send').click();
		await editor.page.getByText('First Name', { exact: true }).last().click();
		await panel.getByTestId('parameter-input-name-first').locator('input').fill('Jane');
		await takeScreenshot('mapped-fields');
		await execute(panel);
		await panel.getByText(/^inq_/).first().waitFor();
		expect(environment.sandbox.control.requests.at(-1)).toMatchObject({
			body: { data: { attributes: { fields: { 'name-first': 'Jane' } } } },
		});
	});
});
