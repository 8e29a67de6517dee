import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { INode } from 'n8n-workflow';
import type { Browser, Page } from 'playwright-core';
import { openBrowser, openEditor, type Editor } from '../../../tools/n8n/browser.mts';
import { installN8n } from '../../../tools/n8n/installN8n.mts';
import { waitFor } from '../../../tools/n8n/n8nClient.mts';
import categories from '../../../tools/docs/categories.json';
import { account } from '../account.mts';
import { DOCS_FOLDER, recordScreenshot } from '../screenshots.mts';
import { startWorkflowEnvironment, type WorkflowEnvironment } from './workflowEnvironment.mts';
import { fetchNodeTypes, type NodeTypes } from '../../../tools/n8n/nodeTypes.mts';
import { listWorkflowNames, getWorkflowPath, readWorkflow } from './workflowFiles.mts';

const PICTURES = `${DOCS_FOLDER}/workflows`;

const NOTE = 'n8n-nodes-base.stickyNote';

/** The size of a node in the editor, with its name below. */
const NODE_SIZE = { width: 160, height: 150 };

/** Screenshots are as wide as a page of the README. */
const WIDTH = 1200;

/** A busy machine takes long to load the editor for the first time. */
const LOADING_TIMEOUT_MS = 120_000;

/** It would cover the nodes at the bottom. */
const BUTTON = ':has(> [data-test-id$="execute-workflow-button"])';
const HIDE_BUTTON = `${BUTTON}, ${BUTTON} ~ * { visibility: hidden !important }`;

const isNote = ({ type }: INode) => type === NOTE;

/** Returns the rectangle that a node or a note covers. */
const getBounds = (node: INode) => {
	const [left, top] = node.position;
	const { width, height } = isNote(node)
		? { width: Number(node.parameters.width), height: Number(node.parameters.height) }
		: NODE_SIZE;
	return { left, top, right: left + width, bottom: top + height };
};

/** Calculates the height of a window in which the workflow uses the whole width. */
function calculateHeight(nodes: INode[]): number {
	const rooms = nodes.map(getBounds);
	const [left, top] = [rooms.map((room) => room.left), rooms.map((room) => room.top)];
	const [right, bottom] = [rooms.map((room) => room.right), rooms.map((room) => room.bottom)];
	const ratio = (Math.max(...bottom) - Math.min(...top)) / (Math.max(...right) - Math.min(...left));
	const marginPx = 180;
	return Math.round(marginPx + WIDTH * ratio);
}

const isOverlapping = (one: INode, other: INode) => {
	const [a, b] = [getBounds(one), getBounds(other)];
	return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
};

describe.each(listWorkflowNames())('%s', (name) => {
	it('can be shared: it contains nothing of the n8n it was created in', async () => {
		const file = await readWorkflow(name);
		const members = ['name', 'description', 'meta', 'nodes', 'connections', 'settings'];
		expect(Object.keys(file)).toEqual(members);
		expect(file.settings).toEqual({ executionOrder: 'v1' });
		for (const node of file.nodes) expect(node).not.toHaveProperty('credentials');
	});

	it('explains itself in notes, and nothing overlaps', async () => {
		const { nodes } = await readWorkflow(name);
		expect(nodes.filter(isNote).map(({ name: note }) => note)).toContain('About this workflow');
		const pairs = nodes.flatMap((one, index) =>
			nodes.slice(index + 1).map((other) => [one, other]),
		);
		const overlapping = pairs.filter(([one, other]) => isOverlapping(one, other));
		expect(overlapping.map((pair) => pair.map(({ name: own }) => own))).toEqual([]);
	});
});

describe('the workflow library', () => {
	// The tests of each workflow shorten the wait.
	it('waits five seconds before it calls a failing service again', async () => {
		const files = await Promise.all(listWorkflowNames().map(readWorkflow));
		const retryingNodes = files.flatMap(({ nodes }) => nodes).filter((node) => node.retryOnFail);
		expect(retryingNodes).not.toEqual([]);
		const others = retryingNodes.filter(({ waitBetweenTries }) => waitBetweenTries !== 5_000);
		expect(others).toEqual([]);
	});
});

describe('the categories of the workflows', () => {
	it("are all in n8n's own list of those of its template library", async () => {
		const { folder } = await installN8n();
		const file = 'node_modules/@n8n/ai-workflow-builder/dist/types/web/templates.js';
		const list = await readFile(join(folder, file), 'utf8');
		expect(categories.filter((category) => !list.includes(`'${category}',`))).toEqual([]);
	});
});

describe('the workflow library in n8n', () => {
	let environment: WorkflowEnvironment;
	let types: NodeTypes;
	let browser: Browser;
	let editor: Editor;

	beforeAll(async () => {
		environment = await startWorkflowEnvironment();
		types = await fetchNodeTypes(environment.client);
		browser = await openBrowser();
		const { url } = environment.n8n;
		editor = await openEditor(browser, url, account, { width: WIDTH, height: 720 });
		await editor.page.goto(`${url}/workflow/new`);
		await waitForEmptyCanvas(editor);
	});
	afterAll(async () => {
		await browser?.close();
		await environment?.close();
	});

	/** Returns the notifications that the editor shows, for example warnings and errors. */
	const readNotifications = async (page: Page) =>
		await page.locator('.el-notification').allInnerTexts();

	const waitForEmptyCanvas = async ({ page }: Editor) =>
		await page.getByTestId('canvas-add-button').waitFor({ timeout: LOADING_TIMEOUT_MS });

	/** Waits until the editor shows exactly these nodes. */
	const waitForNodes = async ({ page }: Editor, nodes: INode[]) => {
		const names = nodes.map(({ name }) => name).sort();
		await waitFor('all nodes are shown', async () => {
			const shown = await page
				.getByTestId('canvas-node')
				.evaluateAll((elements) => elements.map(({ dataset }) => dataset.nodeName));
			return isDeepStrictEqual(shown.sort(), names);
		});
	};

	/** Fits the workflow into the window, until the canvas has noticed the size of the window. */
	const fitCanvas = async ({ page }: Editor) => {
		let fitted: string | null = null;
		await waitFor('the workflow fits into the window', async () => {
			await page.keyboard.press('1');
			const previous = fitted;
			fitted = await page.locator('.vue-flow__transformationpane').getAttribute('style');
			return fitted === previous;
		});
	};

	/** Counts the marks of nodes with issues, of all nodes or of one. */
	const countIssueMarks = async (page: Page, name?: string) => {
		const node = name ? `[data-node-name="${name}"] ` : '';
		return await page.locator(`${node}[data-test-id="node-issues"]`).count();
	};

	it.each(listWorkflowNames())(
		'knows every node of %s and finds no missing parameter',
		async (name) => {
			const { nodes } = await readWorkflow(name);
			const issues = nodes.map((node) => [node.name, types.findIssues(node)]);
			expect(issues.filter(([, found]) => found.length > 0)).toEqual([]);
		},
	);

	it.each(listWorkflowNames())(
		'imports %s without a warning; only credentials are missing',
		async (name) => {
			const { page } = editor;
			const { nodes } = await readWorkflow(name);
			await editor.visit('/workflow/new');
			await page.waitForURL(/\?new=true/);
			await waitForEmptyCanvas(editor);
			await page.getByTestId('workflow-import-input').setInputFiles(getWorkflowPath(name));
			const visibleNodes = nodes.filter((node) => !isNote(node));
			await waitForNodes(editor, visibleNodes);
			// n8n selects a credential by itself when only one fits.
			const nodesWithoutCredential = visibleNodes.filter(
				(node) => types.getCredentialTypes(node).length === 0,
			);
			for (const { name: own } of nodesWithoutCredential)
				expect(await countIssueMarks(page, own)).toBe(0);
			await page.keyboard.press('Control+s');
			await page.waitForURL(({ searchParams }) => !searchParams.has('new'));
			const allowed = /^Credentials auto-added/;
			expect((await readNotifications(page)).filter((text) => !allowed.test(text))).toEqual([]);
		},
	);

	it.each(listWorkflowNames())(
		'shows %s ready to run once its credentials are selected',
		async (name) => {
			const { page } = editor;
			const { workflow } = await environment.publishWorkflow(name);
			const visibleNodes = workflow.nodes.filter((node) => !isNote(node));
			await page.setViewportSize({ width: WIDTH, height: calculateHeight(workflow.nodes) });
			await editor.visit(`/workflow/${workflow.id}`);
			await waitForNodes(editor, visibleNodes);
			await page.addStyleTag({ content: HIDE_BUTTON });
			await fitCanvas(editor);
			// One of an import may still be shown.
			await waitFor('no notification', async () => (await readNotifications(page)).length === 0);
			await editor.takeScreenshot(`${PICTURES}/${name}.png`);
			await recordScreenshot(name);
			expect(await countIssueMarks(page)).toBe(0);
		},
	);
});
