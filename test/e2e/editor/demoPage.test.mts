import type { Browser, Page } from 'playwright-core';
import { setUpDemoEnvironment, type DemoEnvironment } from '../../../demo/demoEnvironment.mts';
import { readLibrary, RUN_ONCE } from '../../../demo/library.mts';
import { listWorkflows, type Stage } from '../../../demo/page/actions.mts';
import { startPage, type DemoPage } from '../../../demo/page/server.mts';
import { startStandIns, type StandIns } from '../../../demo/standIns.mts';
import { completeHostedFlow } from '../../../tools/completeHostedFlow.mts';
import { openBrowser, openEditor, type Editor } from '../../../tools/n8n/browser.mts';
import { fetchNodeTypes } from '../../../tools/n8n/nodeTypes.mts';
import { account } from '../account.mts';
import { cleanUpN8n } from '../cleanUpN8n.mts';
import { openProtectedForm } from '../openProtectedForm.mts';
import { CACHE_FOLDER } from '../screenshots.mts';
import { startTestEnvironment } from '../testEnvironment.mts';

const apiKey = 'persona_production_demo';

const webhookSecret = 'wbhsec_demo';

/** How often n8n tries to send the digest. */
const MAX_TRIES = 5;

/** All workflows are imported and published, which takes minutes on a busy machine. */
const SETUP_MS = 600_000;

const PHONE = { width: 390, height: 844 };

describe('the library in the demo, played on its page', () => {
	let environment: Awaited<ReturnType<typeof startTestEnvironment>>;
	let standIns: StandIns;
	let demo: DemoEnvironment;
	let stage: Stage;
	let page: DemoPage;
	let browser: Browser;
	let editor: Editor;
	let view: Page;

	const setUp = async (publish = true) =>
		await setUpDemoEnvironment(environment.client, {
			account,
			credential: { apiKey, webhookSecret, baseUrl: environment.sandbox.apiUrl },
			services: standIns,
			publish,
		});

	beforeAll(async () => {
		environment = await startTestEnvironment({ apiKeys: [apiKey] });
		const { client, n8n, sandbox } = environment;
		standIns = await startStandIns(n8n, await readLibrary());
		demo = await setUp();
		const sandboxOfPage = { api: sandbox, apiKey, webhookSecret };
		stage = { client, n8nUrl: n8n.url, environment: demo, standIns, sandbox: sandboxOfPage };
		page = await startPage(0, stage, account);
		browser = await openBrowser();
		editor = await openEditor(browser, n8n.url, account);
		view = await editor.page.context().newPage();
		await view.goto(page.url);
	}, SETUP_MS);
	afterAll(async () => {
		await browser?.close();
		await page?.close();
		await environment?.close();
		await standIns?.close();
	});

	const find = (name: string) => {
		const workflow = demo.workflows.find((each) => each.name === name);
		if (!workflow) throw new Error(`There is no "${name}"`);
		return workflow;
	};

	const getCard = (name: string) => view.locator(`#workflow-${find(name).id}`);

	const press = async (name: string, button: string) =>
		await getCard(name).getByRole('button', { name: button, exact: true }).click();

	const fetchActive = async () => {
		const workflows = await environment.client.fetchWorkflows();
		return workflows.filter(({ active }) => active).map(({ name }) => name);
	};

	const takeScreenshot = async (name: string) => {
		const path = `${CACHE_FOLDER}/demo-${name}.png`;
		await view.screenshot({ path, fullPage: true, animations: 'disabled' });
	};

	it('is imported whole: tagged with its themes, connected, and with its tables', async () => {
		const files = await readLibrary();
		expect(demo.workflows.map(({ name }) => name)).toEqual(files.map(({ name }) => name));
		expect(demo.problems).toEqual([]);
		const types = await fetchNodeTypes(environment.client);
		for (const { id, theme } of listWorkflows(demo)) {
			const { nodes, tags } = await environment.client.fetchWorkflow(id);
			const missing = nodes.flatMap((node) =>
				types
					.getCredentialTypes(node)
					.filter((type) => !node.credentials?.[type]?.id)
					.map((type) => [node.name, type]),
			);
			expect(missing).toEqual([]);
			expect((tags as unknown as { name: string }[]).map(({ name }) => name)).toEqual(
				theme ? [theme] : [],
			);
		}
		const makers = demo.workflows.filter(({ nodes }) =>
			JSON.stringify(nodes.filter(({ disabled }) => !disabled)).includes(
				'"operation":"create","tableName"',
			),
		);
		expect(makers.every(({ nodes }) => nodes.some(({ name }) => name === RUN_ONCE))).toBe(true);
		expect((await environment.client.fetchDataTables()).length).toBeGreaterThanOrEqual(
			makers.length,
		);
	});

	it('is published as far as nothing decides the same inquiries twice', async () => {
		const active = await fetchActive();
		const deciders = listWorkflows(demo).filter(({ isDecider }) => isDecider);
		expect(deciders.length).toBeGreaterThan(5);
		expect(active.filter((name) => deciders.some((each) => each.name === name))).toEqual([
			demo.approval.name,
		]);
		expect(active).toContain('Erase a person on request');
	});

	it('onboards a user by mouse, after the other workflows that decide are unpublished', async () => {
		await press('Onboard users', 'Publish');
		await getCard('Onboard users').getByText('published', { exact: true }).waitFor();
		expect(await getCard('Onboard users').getByRole('status').innerText()).toBe(
			`Published. Unpublished: "${demo.approval.name}".`,
		);
		expect(await fetchActive()).not.toContain(demo.approval.name);
		await press('Onboard users', 'Send as your app');
		const link = getCard('Onboard users').getByRole('status').getByRole('link');
		await completeHostedFlow(String(await link.getAttribute('href')));
		await view.locator('#hubspot dd', { hasText: /^approved$/ }).waitFor();
		await takeScreenshot('onboarding');
	});

	it('names the workflow that has sent a mail or a message, with a link to the execution', async () => {
		const { id } = find('Tell the customer');
		const sender = view.locator('#mail').getByRole('link', { name: 'Tell the customer' }).first();
		await sender.waitFor();
		const url = String(await sender.getAttribute('href'));
		const sent = await environment.client.fetchExecutions(id);
		expect(
			sent.map((each) => `${environment.n8n.url}/workflow/${id}/executions/${each.id}`),
		).toContain(url);
	});

	it('has somebody asked in Slack about a person who needs a review', async () => {
		const people = view.locator('#people');
		await people
			.getByRole('combobox')
			.selectOption({ label: 'Review: The inquiry completes and is then marked for review' });
		await people.getByRole('button', { name: 'Create an inquiry' }).click();
		const link = people.getByRole('link').first();
		await completeHostedFlow(String(await link.getAttribute('href')));
		await view.locator('#slack').getByText('A sign-up is waiting for your review').waitFor();
		const toInquiry = view.locator('#slack a[href*="/persona/inq_"]').first();
		expect(await toInquiry.innerText()).not.toBe('');
		const opened = view.context().waitForEvent('page');
		await toInquiry.click();
		const ofInquiry = await opened;
		await ofInquiry.getByText('needs_review', { exact: true }).first().waitFor();
		expect(await ofInquiry.getByRole('button', { name: 'Approve' }).count()).toBe(1);
		await ofInquiry.close();
	});

	it('declines an inquiry by mouse, as a reviewer does, and the customer is told', async () => {
		const people = view.locator('#people');
		const person = people.locator('li', { hasText: 'person-1' });
		await person.getByRole('button', { name: 'Decline' }).click();
		await people.getByText('is declined.').waitFor();
		expect(await person.locator('b').innerText()).toBe('declined');
		await view.locator('#mail').getByText('About your verification').first().waitFor();
	});

	it('reminds a person who did not finish, once the inquiry is days old', async () => {
		const people = view.locator('#people');
		await people.getByRole('button', { name: 'Create an inquiry' }).click();
		const person = people.locator('li', { hasText: 'person-2' });
		await person.getByRole('button', { name: 'Make it 3 days older' }).click();
		await people.getByText('was created on').waitFor();
		expect(await person.innerText()).toContain('created');
		await press('Remind and resume', 'Run now');
		await view.locator('#mail li', { hasText: 'jane2@example.com' }).first().waitFor();
	});

	it('has an agent propose which match is somebody else, for a person to decide', async () => {
		await view.locator('#people').getByRole('button', { name: 'Screening' }).click();
		await view.locator('#slack').getByText('the birthdate differs (checked)').waitFor();
	});

	it('creates a case about a person, and shows who it is assigned to and how it ends', async () => {
		const cases = view.locator('#cases');
		await cases.getByRole('combobox').selectOption({ label: 'Jane Doe (person-2)' });
		await cases.getByRole('button', { name: 'Create a case' }).click();
		const record = cases.locator('li', { hasText: 'Jane Doe' });
		await record.getByText('Open', { exact: true }).waitFor();
		await view.locator('#jira li').first().waitFor();
		await record.getByRole('button', { name: 'Assign to the reviewer' }).click();
		await record.getByText('Assignee: reviewer@example.com').waitFor();
		await record.getByPlaceholder('Comment').fill('Please look <b>twice</b>');
		await record.getByRole('button', { name: 'Comment', exact: true }).click();
		await cases.getByText('has a new comment').waitFor();
		await record.getByRole('button', { name: 'Resolve: Approved' }).click();
		await record.locator('b', { hasText: 'Approved' }).waitFor();
		await takeScreenshot('case');
		await record.getByRole('link', { name: /^SR-/ }).click();
		await view.getByText('Please look <b>twice</b>').waitFor();
		await view.getByRole('button', { name: 'Open', exact: true }).click();
		await view.getByText(/^SR-\d+ is Open\.$/).waitFor();
		await takeScreenshot('object');
		await view.getByRole('link', { name: 'All workflows' }).click();
	});

	it('has files for a form that takes a spreadsheet, one of them with errors', async () => {
		const name = 'Invite many from a spreadsheet';
		const url = await getCard(name)
			.getByRole('link', { name: 'Open the form' })
			.getAttribute('href');
		const upload = async (file: string) => {
			const link = getCard(name).getByRole('link', { name: file });
			const address = new URL(String(await link.getAttribute('href')), page.url);
			const buffer = Buffer.from(await (await fetch(address)).arrayBuffer());
			const form = await editor.page.context().newPage();
			await openProtectedForm(form, String(url));
			const mimeType = 'application/octet-stream';
			await form.locator('input[type=file]').setInputFiles({ name: file, mimeType, buffer });
			await form.locator('#submit-btn').click();
			return form;
		};
		const faulty = await upload('people-with-errors.csv');
		await faulty.getByText('Row 4, Birthdate').waitFor();
		expect(await faulty.locator('body').innerText()).toContain('Row 3, Email');
		await faulty.close();
		const right = await upload('people.xlsx');
		await right.getByText('3 invited').waitFor();
		await right.close();
		await view.locator('#mail li', { hasText: 'kim.lee@example.com' }).first().waitFor();
	});

	it('gives a person a new link in place of one that has expired', async () => {
		const person = view.locator('#people li', { hasText: 'person-2' });
		const link = person.getByRole('link');
		const before = String(await link.getAttribute('href'));
		await person.getByRole('button', { name: 'Expire' }).click();
		// "Tell the customer" may have resumed it by the time that the page is shown.
		await view.locator('#people').getByText('is expired.').waitFor();
		const expired = await (await fetch(before)).text();
		expect(expired).toContain('Ask the company that sent you here');
		await person.getByRole('button', { name: 'New link' }).click();
		await view.locator('#people').getByText('A new link for').waitFor();
		const after = String(await link.getAttribute('href'));
		expect(after).not.toBe(before);
		expect((await fetch(after)).status).toBe(200);
	});

	it('calls no workflow published whose trigger Persona has refused', async () => {
		const name = 'Mark minors for review and tell the team';
		environment.sandbox.control.addFault({
			...{ method: 'POST', path: '/webhooks', kind: 'status', status: 422 },
			// n8n tries again by itself.
			times: 100,
		});
		await press(name, 'Publish');
		await getCard(name).getByRole('status').waitFor();
		expect(await getCard(name).getByText('published', { exact: true }).count()).toBe(0);
		expect(await getCard(name).getByRole('status').innerText()).toContain(
			`"${name}" could not be published`,
		);
		environment.sandbox.control.clearFaults();
		await press(name, 'Publish');
		await getCard(name).getByText('published', { exact: true }).waitFor();
	});

	it('lists the executions that have failed, with links', async () => {
		standIns.slack.failNext({ status: 503 }, MAX_TRIES);
		await press('Send a review digest', 'Run now');
		const failed = view.locator('#failed').getByRole('link', { name: 'Send a review digest' });
		await failed.waitFor({ timeout: 90_000 });
		expect(await failed.getAttribute('href')).toContain(find('Send a review digest').id);
	});

	it('erases a person once somebody has pressed the button in Slack', async () => {
		const form = await editor.page.context().newPage();
		const url = await getCard('Erase a person on request')
			.getByRole('link', { name: 'Open the form' })
			.getAttribute('href');
		await openProtectedForm(form, String(url));
		await form.locator('#field-0').fill('user-1');
		await form.locator('#field-1').fill('Asked by mail <b>today</b>');
		await form.locator('#submit-btn').click();
		await form.getByText('Someone will be asked to decide').waitFor();
		await form.close();
		const question = view.locator('#slack li', { hasText: 'asks to erase' });
		await question.waitFor();
		expect(await question.locator('b', { hasText: 'today' }).count()).toBe(0);
		await takeScreenshot('question');
		await question.getByRole('button', { name: 'Erase' }).click();
		await view.locator('#slack').getByText('Everything has been erased').waitFor();
		expect(await question.getByRole('button').count()).toBe(0);
		await view.setViewportSize(PHONE);
		await takeScreenshot('phone');
		const width = await view.evaluate(() => document.documentElement.scrollWidth);
		expect(width).toBeLessThanOrEqual(PHONE.width);
	});

	it('presses no button for other sites, and shows itself to none', async () => {
		const body = new URLSearchParams({ workflow: demo.approval.id });
		const send = async (headers: Record<string, string>) =>
			(await fetch(`${page.url}/publish`, { method: 'POST', body, headers })).status;
		expect(await send({})).toBe(403);
		expect(await send({ origin: 'https://evil.example' })).toBe(403);
		const { headers } = await fetch(page.url);
		expect(headers.get('content-security-policy')).toContain("default-src 'none'");
		expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
		expect(await fetchActive()).not.toContain(demo.approval.name);
	});

	it('keeps what the user has changed when it starts again', async () => {
		const { client } = environment;
		const own = await client.createCredential({
			...{ name: 'My Slack', type: 'slackApi' },
			data: { accessToken: 'xoxb-mine', signatureSecret: '' },
		});
		const { id, nodes } = await client.fetchWorkflow(find('Onboard users').id);
		const credentials = { slackApi: { id: own.id, name: own.name } };
		const changed = nodes.map((node) =>
			node.name === 'Ask the team' ? { ...node, credentials, notes: 'Mine' } : node,
		);
		await client.updateWorkflow(id, { nodes: changed });
		await client.unpublish(find('Erase a person on request').id);
		const archived = find('Report the metrics of last week');
		await client.unpublish(archived.id);
		await client.archiveWorkflow(archived.id);
		const before = await fetchActive();

		const again = await setUp();
		expect(again.problems).toEqual([]);
		expect(again.workflows.map(({ name }) => name)).not.toContain(archived.name);
		expect((await fetchActive()).sort()).toEqual(before.sort());
		const kept = (await client.fetchWorkflow(id)).nodes.find(({ name }) => name === 'Ask the team');
		expect(kept).toMatchObject({ notes: 'Mine', credentials });
		const count = (await client.fetchWorkflows()).filter(({ name }) => name === 'Onboard users');
		expect(count).toHaveLength(1);
	});

	it('does nothing by itself with the real Persona, where nothing is published', async () => {
		await cleanUpN8n(environment.client);
		const { requests } = environment.sandbox.control;
		requests.length = 0;
		const real = await setUp(false);
		expect(real.workflows.length).toBe(demo.workflows.length);
		expect(await fetchActive()).toEqual([]);
		expect(await environment.client.fetchDataTables()).toEqual([]);
		const realPage = await startPage(
			0,
			{ ...stage, environment: real, sandbox: undefined },
			account,
		);
		expect(await (await fetch(realPage.url)).text()).not.toContain('action="/publish"');
		const headers = { origin: realPage.url };
		for (const path of ['publish', 'customer', 'inquiry', 'request', 'run']) {
			const body = new URLSearchParams({ workflow: real.approval.id });
			const { status } = await fetch(`${realPage.url}/${path}`, { method: 'POST', body, headers });
			expect(status).toBe(500);
		}
		await realPage.close();
		expect(await fetchActive()).toEqual([]);
		expect(requests).toEqual([]);
	});
});
