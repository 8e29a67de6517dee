import { writeFile } from 'node:fs/promises';
import type { INode } from 'n8n-workflow';
import type { Browser, Page } from 'playwright-core';
import { openBrowser, openEditor, type Editor } from '../../../tools/n8n/browser.mts';
import { waitFor } from '../../../tools/n8n/n8nClient.mts';
import { account } from '../account.mts';
import { startWorkflowEnvironment, type WorkflowEnvironment } from './workflowEnvironment.mts';
import { fetchNodeTypes, type NodeTypes } from './nodeTypes.mts';
import {
	listWorkflowNames,
	getWorkflowPath,
	readWorkflow,
	hashWorkflow,
} from './workflowFiles.mts';

/** Whether the pictures of the README are taken anew. */
const isUpdate = Boolean(process.env.UPDATE_SCREENSHOTS);

const PICTURES = isUpdate ? 'docs/workflows' : '.cache/screenshots/workflows';

const NOTE = 'n8n-nodes-base.stickyNote';

/** The room that the editor needs for a node, its name below it included. */
const NODE = { width: 160, height: 150 };

/** Pictures are as wide as a page of the README. */
const WIDTH = 1200;

/** It would lie on the nodes at the bottom. */
const BUTTON = ':has(> [data-test-id$="execute-workflow-button"])';
const WITHOUT_BUTTON = `${BUTTON}, ${BUTTON} ~ * { visibility: hidden !important }`;

/** Lets it be seen later whether the pictures are still those of the workflows. */
async function noteWhatWasTaken() {
	const sums = await Promise.all(
		listWorkflowNames().map(async (name) => [name, await hashWorkflow(name)]),
	);
	const text = JSON.stringify(Object.fromEntries(sums), null, '\t');
	await writeFile(`${PICTURES}/screenshots.json`, `${text}\n`);
}

const isNote = ({ type }: INode) => type === NOTE;

/** The rectangle that a node or a note takes. */
const roomOf = (node: INode) => {
	const [left, top] = node.position;
	const { width, height } = isNote(node)
		? { width: Number(node.parameters.width), height: Number(node.parameters.height) }
		: NODE;
	return { left, top, right: left + width, bottom: top + height };
};

/** The height of a window in which the workflow is drawn as large as its width allows. */
function heightFor(nodes: INode[]): number {
	const rooms = nodes.map(roomOf);
	const [left, top] = [rooms.map((room) => room.left), rooms.map((room) => room.top)];
	const [right, bottom] = [rooms.map((room) => room.right), rooms.map((room) => room.bottom)];
	const ratio = (Math.max(...bottom) - Math.min(...top)) / (Math.max(...right) - Math.min(...left));
	const aroundTheCanvas = 180;
	return Math.round(aroundTheCanvas + WIDTH * ratio);
}

const overlap = (one: INode, other: INode) => {
	const [a, b] = [roomOf(one), roomOf(other)];
	return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
};

describe.each(listWorkflowNames())('%s', (name) => {
	it('is as anybody may share it, with nothing of the n8n it was made in', async () => {
		const file = await readWorkflow(name);
		expect(Object.keys(file).sort()).toEqual(['connections', 'name', 'nodes', 'settings']);
		expect(file.settings).toEqual({ executionOrder: 'v1' });
		for (const node of file.nodes) expect(node).not.toHaveProperty('credentials');
	});

	it('explains itself in notes, and nothing lies on anything else', async () => {
		const { nodes } = await readWorkflow(name);
		expect(nodes.filter(isNote).map(({ name: note }) => note)).toContain('About this workflow');
		const pairs = nodes.flatMap((one, index) =>
			nodes.slice(index + 1).map((other) => [one, other]),
		);
		const lying = pairs.filter(([one, other]) => overlap(one, other));
		expect(lying.map((pair) => pair.map(({ name: own }) => own))).toEqual([]);
	});
});

describe('the library in n8n', () => {
	let environment: WorkflowEnvironment;
	let types: NodeTypes;
	let browser: Browser;
	let editor: Editor;

	beforeAll(async () => {
		environment = await startWorkflowEnvironment();
		types = await fetchNodeTypes(environment.client);
		browser = await openBrowser();
		editor = await openEditor(browser, environment.n8n.url, account, { width: WIDTH, height: 720 });
	});
	afterAll(async () => {
		await browser?.close();
		await environment?.close();
		if (isUpdate) await noteWhatWasTaken();
	});

	/** What the editor shows in boxes of its own: warnings and errors among them. */
	const notices = async (page: Page) => await page.locator('.el-notification').allInnerTexts();

	const shown = (page: Page) => page.getByTestId('canvas-node').count();

	/** How many marks there are that something is missing, in all nodes or in one. */
	const marks = async (page: Page, name?: string) => {
		const node = name ? `[data-node-name="${name}"] ` : '';
		return await page.locator(`${node}[data-test-id="node-issues"]`).count();
	};

	it.each(listWorkflowNames())('knows every node of %s and misses no parameter', async (name) => {
		const { nodes } = await readWorkflow(name);
		const issues = nodes.map((node) => [node.name, types.findIssues(node)]);
		expect(issues.filter(([, found]) => found.length > 0)).toEqual([]);
	});

	it.each(listWorkflowNames())(
		'imports %s without a warning; then only credentials are missing',
		async (name) => {
			const { page } = editor;
			const { nodes } = await readWorkflow(name);
			await page.goto(`${environment.n8n.url}/workflow/new`);
			await page.getByTestId('workflow-import-input').setInputFiles(getWorkflowPath(name));
			const drawn = nodes.filter((node) => !isNote(node));
			await waitFor('all nodes are drawn', async () => (await shown(page)) === drawn.length);
			// n8n chooses a credential by itself where there is only one that fits.
			const unconnected = drawn.filter((node) => types.getCredentialTypes(node).length === 0);
			for (const { name: own } of unconnected) expect(await marks(page, own)).toBe(0);
			const welcome = /^Credentials auto-added/;
			expect((await notices(page)).filter((text) => !welcome.test(text))).toEqual([]);
		},
	);

	it.each(listWorkflowNames())(
		'shows %s ready to run once its credentials are chosen',
		async (name) => {
			const { page } = editor;
			const { workflow } = await environment.publishWorkflow(name);
			await editor.openWorkflow(workflow.id);
			await page.setViewportSize({ width: WIDTH, height: heightFor(workflow.nodes) });
			await page.addStyleTag({ content: WITHOUT_BUTTON });
			await page.keyboard.press('1');
			await editor.screenshot(`${PICTURES}/${name}.png`);
			expect(await marks(page)).toBe(0);
		},
	);
});
