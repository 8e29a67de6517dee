import { writeFile } from 'node:fs/promises';
import type { Browser, Locator } from 'playwright-core';
import { openBrowser, openEditor, type Editor } from '../../../tools/n8n/browser.mts';
import { actionNodes } from '../../support/actionNodes.mts';
import { account } from '../account.mts';
import { buildNode, START } from '../buildNode.mts';
import { CACHE_FOLDER } from '../screenshots.mts';
import { startTestEnvironment, type TestEnvironment } from '../testEnvironment.mts';

/** What people type who look for this without knowing its name. */
const WORDS = [
	...['sanctions', 'watchlist', 'screening', 'PEP', 'inquiry', 'verify identity', 'id check'],
	...['know your customer', 'fraud', 'decline', 'background check', 'age verification'],
	...['KYC', 'KYB', 'AML', 'onboarding', 'compliance', 'adverse media', 'identity verification'],
];

/** The actions that most workflows take. */
const COMMON_ACTIONS = [
	'Create inquiry',
	'Get inquiry',
	'Generate one time link for inquiry',
	'Wait for person to finish inquiry',
	'Approve inquiry',
	'Decline inquiry',
	'Get decision summary of inquiry',
	'Get many inquiries',
	'Create report',
	'Create or update account',
];

/** n8n draws a long list part by part, as the user scrolls. */
const MAX_SCROLLS = 100;

/** Among how many rows at the top of the list they are. */
const MAX_ROWS = 45;

/** How many triggers n8n may list for Persona, as a list that a person reads. */
const MAX_TRIGGERS = 45;

describe("n8n's list of nodes", () => {
	let environment: TestEnvironment;
	let browser: Browser;
	let editor: Editor;
	let creator: Locator;

	const items = () => creator.getByTestId('node-creator-item-name');

	async function search(text: string) {
		const { page } = editor;
		if (!(await creator.isVisible())) await page.getByTestId('node-creator-plus-button').click();
		const bar = page.getByTestId('node-creator-search-bar');
		await bar.fill('');
		await bar.pressSequentially(text);
		await items()
			.filter({ hasText: /^Persona$/ })
			.first()
			.waitFor();
	}

	/** Opens the actions of a node and returns each with its distance from the top, once all are drawn. */
	async function openActions(name: string) {
		await search(name);
		await items()
			.filter({ hasText: new RegExp(`^${name}$`) })
			.first()
			.click();
		await creator.getByText(/^Actions \(\d+\)$/).waitFor();
		const list = await creator.evaluateHandle((root) =>
			Array.from(root.querySelectorAll('*')).find(
				(one) =>
					one.scrollHeight > one.clientHeight + 50 &&
					/auto|scroll/.test(getComputedStyle(one).overflowY),
			),
		);
		const readRows = async () =>
			await list.evaluate((scroller) => {
				scroller?.scrollTo(0, scroller.scrollHeight);
				const top = (scroller?.getBoundingClientRect().top ?? 0) - (scroller?.scrollTop ?? 0);
				const names = scroller?.querySelectorAll('[data-test-id=node-creator-item-name]') ?? [];
				return Array.from(names, (row) => ({
					action: row.textContent?.trim() ?? '',
					distance: Math.round(row.getBoundingClientRect().top - top),
				}));
			});
		const heading = await creator.getByText(/^Actions \(\d+\)$/).innerText();
		const count = Number(/\d+/.exec(heading));
		let rows = await readRows();
		for (let tries = 0; tries < MAX_SCROLLS && rows.length < count; tries++) {
			await editor.page.waitForTimeout(50);
			rows = await readRows();
		}
		expect(rows).toHaveLength(count);
		return { count, rows, list };
	}

	beforeAll(async () => {
		environment = await startTestEnvironment();
		const { id } = await environment.client.createWorkflow({
			name: 'Empty',
			settings: { executionOrder: 'v1' },
			nodes: [buildNode('n8n-nodes-base.manualTrigger', START, {})],
			connections: {},
		});
		browser = await openBrowser();
		editor = await openEditor(browser, environment.n8n.url, account);
		await editor.openWorkflow(id);
		creator = editor.page.getByTestId('node-creator');
	});
	afterAll(async () => {
		await browser?.close();
		await environment?.close();
	});

	it.each(WORDS)('finds Persona by "%s"', async (word) => {
		await search(word);
		expect(await items().allInnerTexts()).toContain('Persona');
	});

	it('shows what the action nodes do', async () => {
		await search('Persona');
		const text = await creator.innerText();
		for (const { description } of Object.values(actionNodes)) {
			expect(text).toContain(description.description);
		}
		await editor.takeScreenshot(`${CACHE_FOLDER}/nodes.png`);
	});

	it('has the actions that are taken most at the top', async () => {
		const { rows, list } = await openActions('Persona');
		const top = rows.slice(0, MAX_ROWS).map(({ action }) => action);
		expect(top).toEqual(expect.arrayContaining(COMMON_ACTIONS));
		await writeFile(`${CACHE_FOLDER}/actions.json`, JSON.stringify(rows, null, '\t'));
		await list.evaluate((scroller) => scroller?.scrollTo(0, 0));
		await editor.takeScreenshot(`${CACHE_FOLDER}/actions.png`);
		const triggers = await creator.getByText(/^Triggers \(\d+\)$/).innerText();
		expect(Number(/\d+/.exec(triggers))).toBeLessThanOrEqual(MAX_TRIGGERS);
	});
});
