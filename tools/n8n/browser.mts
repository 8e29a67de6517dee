import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { chromium, selectors, type Browser, type Locator, type Page } from 'playwright-core';
import type { EditorAccount } from './n8nClient.mts';

const browserPaths = [
	'/usr/bin/chromium',
	'/usr/bin/chromium-browser',
	'/usr/bin/google-chrome',
	'/usr/bin/google-chrome-stable',
	'/snap/bin/chromium',
	'/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
	'/Applications/Chromium.app/Contents/MacOS/Chromium',
];
const browserFlags = [
	'--no-sandbox',
	'--disable-gpu',
	'--disable-quic',
	'--no-first-run',
	'--disable-background-networking',
	'--disable-component-update',
	'--disable-sync',
];
/** The first page loads and compiles the whole editor, which takes a busy machine more than 30 seconds. */
const actionTimeoutMs = 90_000;

/** Returns the path of Chromium or Chrome, or what CHROMIUM names. Throws when there is none. */
export function findBrowser(): string {
	const named = process.env.CHROMIUM;
	const path = (named ? [named] : browserPaths).find((candidate) => existsSync(candidate));
	if (path) return path;
	throw new Error(
		named
			? `CHROMIUM names ${named}, which does not exist.`
			: 'No Chromium or Chrome was found. Install one, or set CHROMIUM to its path.',
	);
}

/** Starts the browser of this machine, headless. */
export async function openBrowser(): Promise<Browser> {
	return await chromium.launch({ executablePath: findBrowser(), args: browserFlags });
}

/** n8n's editor in a browser. */
export interface Editor {
	page: Page;
	/** Loads the editor with a workflow. */
	openWorkflow(id: string): Promise<void>;
	/** Goes to another page of the loaded editor, as the Back button does. Loading it takes ten times as long. */
	visit(path: string): Promise<void>;
	/** Opens the panel of a node of the open workflow and returns it. */
	openNode(name: string): Promise<Locator>;
	closeNode(): Promise<void>;
	takeScreenshot(file: string): Promise<void>;
	close(): Promise<void>;
}

/** n8n binds a session to this ID of the browser. */
const browserId = 'n8n-nodes-persona';

/** Signs in to the editor at `url`, in a new browser context. Its page is still empty. */
export async function openEditor(
	browser: Browser,
	url: string,
	{ email, password }: EditorAccount,
	size = { width: 1440, height: 900 },
): Promise<Editor> {
	selectors.setTestIdAttribute('data-test-id');
	const localStorage = [{ name: 'n8n-browserId', value: browserId }];
	const context = await browser.newContext({
		viewport: size,
		locale: 'en-US',
		timezoneId: 'UTC',
		storageState: { cookies: [], origins: [{ origin: new URL(url).origin, localStorage }] },
	});
	context.setDefaultTimeout(actionTimeoutMs);
	// Its own page would load the whole editor.
	const response = await context.request.post(`${url}/rest/login`, {
		data: { emailOrLdapLoginId: email, password },
		headers: { 'browser-id': browserId },
	});
	if (!response.ok()) throw new Error(`n8n rejects the sign-in: ${await response.text()}`);
	const page = await context.newPage();

	const panel = page.getByTestId('ndv');
	return {
		page,
		async openWorkflow(id) {
			await page.goto(`${url}/workflow/${id}`);
			await page.getByTestId('canvas-node').first().waitFor();
		},
		async visit(path) {
			await page.evaluate((target) => {
				history.pushState(null, '', target);
				dispatchEvent(new PopStateEvent('popstate'));
			}, path);
		},
		async openNode(name) {
			await page.locator(`[data-test-id="canvas-node"][data-node-name="${name}"]`).dblclick();
			await panel.waitFor();
			await page.getByTestId('node-parameters').waitFor();
			return panel;
		},
		async closeNode() {
			await page.keyboard.press('Escape');
			await panel.waitFor({ state: 'hidden' });
		},
		async takeScreenshot(file) {
			await mkdir(dirname(file), { recursive: true });
			await page.screenshot({ path: file, animations: 'disabled' });
		},
		close: () => context.close(),
	};
}
