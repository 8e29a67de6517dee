import { createHash } from 'node:crypto';
import type { Browser } from 'playwright-core';
import { openBrowser } from '../../../tools/n8n/browser.mts';
import { waitFor, type Execution } from '../../../tools/n8n/n8nClient.mts';
import { completeHostedFlow } from '../../../tools/completeHostedFlow.mts';
import { fixtures, type StoredObject } from '../../../sandbox/sandbox.mts';
import { buildInquiry, send } from '../../support/apiClient.mts';
import { countActions, decideAsPerson } from './scenarioSteps.mts';
import {
	getExecutedNodes,
	startWorkflowEnvironment,
	type PublishedWorkflow,
	type WorkflowEnvironment,
} from './workflowEnvironment.mts';
import { readWorkflow } from './workflowFiles.mts';

const NAME = '16-onboard-by-form';

const DOWN = 'This is not working right now';

const DONE_BEFORE = 'You have filled in this form before';

/** n8n looks for somebody who did not come back a minute later. */
const FIRST_CHECK_MS = 100_000;

/** What the browser of a person gets after the form. */
interface Page {
	executionId: string;
	title: string;
	text: string;
	/** Where the page redirects to. */
	link: string;
}

/** Undoes n8n's escaping. */
const unescapeHtml = (html: string) =>
	html
		.replace(/&#x([0-9A-F]+);/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)))
		.replace(/&amp;/g, '&');

describe('"Onboard by form"', () => {
	let environment: WorkflowEnvironment;
	let published: PublishedWorkflow;
	let people = 0;
	/** Somebody who has finished, and whose browser was closed before it came back. */
	let closed: { email: string; id: string };

	beforeAll(async () => {
		environment = await startWorkflowEnvironment({
			rateLimit: { maxRequests: 10_000, windowSeconds: 60 },
		});
		published = await environment.publishWorkflow(NAME);
		const email = createEmail();
		await goToPersona(email);
		const { id } = findInquiry(email);
		const meta = { 'simulate-actions': [{ type: 'start_inquiry' }, { type: 'complete_inquiry' }] };
		await send(environment.sandbox, 'POST', `/inquiries/${id}/perform-simulate-actions`, { meta });
		closed = { email, id };
	});
	afterAll(async () => await environment?.close());
	afterEach(() => environment.sandbox.control.clearFaults());

	const getControl = () => environment.sandbox.control;

	const createEmail = () => `person${++people}@example.com`;

	const getReferenceId = (email: string) =>
		`form-${createHash('sha256').update(email).digest('hex')}`;

	const findInquiries = (email: string) =>
		getControl()
			.store.getCollection('inquiry')
			.findAll(({ relationships = {} }) => {
				const { data } = relationships.account;
				const account = data && 'id' in data ? getControl().find(data.id) : undefined;
				return account?.attributes['reference-id'] === getReferenceId(email);
			});

	const countInquiries = () => getControl().store.getCollection('inquiry').findAll().length;

	/** Finds the newest inquiry of a person. */
	const findInquiry = (email: string) => findInquiries(email).at(-1) as StoredObject;

	const getStatus = ({ id }: { id: string }) =>
		(getControl().find(id) as StoredObject).attributes.status;

	/** Sends the form as a browser does, and waits for the page that it shows next. */
	async function submitForm(email: string): Promise<Page> {
		const body = new FormData();
		body.append('field-0', email);
		const submitted = await fetch(`${environment.n8n.url}/form/persona-onboarding`, {
			method: 'POST',
			body,
		});
		const { formWaitingUrl } = (await submitted.json()) as { formWaitingUrl: string };
		const status = new URL(formWaitingUrl);
		status.pathname += '/n8n-execution-status';
		await waitFor('the next page', async () => {
			return (await (await fetch(status)).text()) === 'form-waiting';
		});
		const html = await (await fetch(formWaitingUrl)).text();
		// The page itself lets the execution go on.
		expect((await fetch(formWaitingUrl, { method: 'POST' })).status).toBe(200);
		const find = (pattern: RegExp) => unescapeHtml(pattern.exec(html)?.[1] ?? '');
		return {
			executionId: String(new URL(formWaitingUrl).pathname.split('/').at(-1)),
			title: find(/<h1>(.*?)<\/h1>/s),
			text: find(/<p style="white-space: pre-line;">(.*?)<\/p>/s),
			link: find(/id='redirectUrl' href='([^']*)'/),
		};
	}

	/** Sends the form, and waits until n8n waits for the person. */
	async function goToPersona(email: string): Promise<Page> {
		const page = await submitForm(email);
		expect(page.link).toMatch(/\/verify\?code=/);
		await waitFor('n8n waits for the person', async () => {
			const { status, lastNode } = await environment.client.fetchExecution(page.executionId);
			return status === 'waiting' && lastNode === 'Wait for Person';
		});
		return page;
	}

	/** Lets a person with this last name, which decides about the outcome, go through the flow. */
	async function verify(email: string, lastName = 'Doe') {
		const page = await goToPersona(email);
		const inquiry = findInquiry(email);
		const fields = inquiry.attributes.fields as Record<string, unknown>;
		fields['name-last'] = { type: 'string', value: lastName };
		await completeHostedFlow(page.link);
		return { ...page, id: inquiry.id };
	}

	const waitForStatus = async (inquiry: { id: string }, status: string, timeoutMs = 30_000) =>
		await waitFor(`the inquiry is ${status}`, async () => getStatus(inquiry) === status, timeoutMs);

	const waitForEnd = async ({ executionId }: Pick<Page, 'executionId'>): Promise<Execution> =>
		await waitFor(
			'the execution has ended',
			async () => {
				const execution = await environment.client.fetchExecution(executionId);
				return ['success', 'error'].includes(execution.status) && execution;
			},
			60_000,
		);

	/** Opens the page with the result. */
	async function openResult(query: string) {
		const response = await fetch(
			`${environment.n8n.url}/webhook/persona-onboarding-result?${query}`,
		);
		const html = await response.text();
		expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store']);
		return {
			html,
			title: /<h1>(.*?)<\/h1>/.exec(html)?.[1],
			text: /<p>(.*?)<\/p>/.exec(html)?.[1],
			form: /<a href="([^"]*)">/.exec(html)?.[1],
			reload: /http-equiv="refresh" content="(\d+)"/.exec(html)?.[1],
		};
	}

	const openResultOf = async ({ id }: { id: string }) => await openResult(`inquiry-id=${id}`);

	it('takes a phone from the form through Persona to a page that says that the person is verified', async () => {
		const email = createEmail();
		let browser: Browser | undefined;
		try {
			browser = await openBrowser();
			const phone = { width: 360, height: 640 };
			const page = await (await browser.newContext({ viewport: phone })).newPage();
			await page.goto(`${environment.n8n.url}/form/persona-onboarding`);
			await page.locator('#field-0').fill(` ${email.replace('p', 'P')}`);
			await page.locator('#submit-btn').click();
			for (let screen = 0; screen < 3; screen++) {
				await page.locator('main button[type="submit"], form button[name="step"]').first().click();
				if (screen > 0) continue;
				// A person is slower than n8n, this test is not.
				await waitFor('n8n waits for the person', async () => {
					const [newest] = await environment.client.fetchExecutions(published.workflow.id, 1);
					const { status, lastNode } = await environment.client.fetchExecution(newest.id);
					return status === 'waiting' && lastNode === 'Wait for Person';
				});
			}
			await page.getByRole('heading', { name: 'You are verified' }).waitFor();
			expect(new URL(page.url()).origin).toBe(environment.n8n.url);
			const width = await page.evaluate(() => document.documentElement.scrollWidth);
			expect(width).toBe(phone.width);
			await page.reload();
			await page.getByRole('heading', { name: 'You are verified' }).waitFor();
			expect(await page.content()).not.toContain(email);
		} finally {
			await browser?.close();
		}
		const [inquiry, ...others] = findInquiries(email);
		expect(others).toEqual([]);
		expect(inquiry.attributes).toMatchObject({ status: 'approved', tags: ['by-form'] });
		expect(countActions(environment.sandbox, inquiry.id, 'approve')).toBe(1);
	});

	it('sends nobody to Persona whose address is none, and creates nothing', async () => {
		const before = [countInquiries(), getControl().requests.length];
		for (const email of ['jane@example.com, joe@example.com', '[object Object]']) {
			const page = await submitForm(email);
			expect(page).toMatchObject({ title: 'Please check your email address', link: '' });
			expect((await waitForEnd(page)).status).toBe('success');
		}
		expect([countInquiries(), getControl().requests.length]).toEqual(before);
	});

	it('leaves a doubt to a person, and says that somebody looks at it', async () => {
		const person = await verify(createEmail(), 'Proxy');
		await waitForStatus(person, 'needs_review');
		expect(await openResultOf(person)).toMatchObject({
			title: 'Thank you',
			text: expect.stringContaining('A person on our team is looking at it'),
			reload: undefined,
			form: undefined,
		});
		expect(countActions(environment.sandbox, person.id, 'approve')).toBe(0);
	});

	describe('someone who fills in the form again', () => {
		it('gets another link to the inquiry that was not begun, whatever the capitals', async () => {
			const email = createEmail();
			const first = await goToPersona(email);
			const second = await goToPersona(`${email.toUpperCase()} `);
			expect(second.link).not.toBe(first.link);
			const [inquiry, ...others] = findInquiries(email);
			expect(others).toEqual([]);
			await completeHostedFlow(second.link);
			await waitForStatus(inquiry, 'approved');
		});

		it('has one inquiry after two clicks, and both links open it', async () => {
			const email = createEmail();
			const pages = await Promise.all([submitForm(email), submitForm(email)]);
			expect(findInquiries(email)).toHaveLength(1);
			for (const { link } of pages) expect((await fetch(link)).status).toBe(200);
		});

		it('begins anew after having begun, so that nobody sees what was entered, and one inquiry is open', async () => {
			const email = createEmail();
			await goToPersona(email);
			const { id } = findInquiry(email);
			const meta = { 'simulate-actions': [{ type: 'start_inquiry' }] };
			const path = `/inquiries/${id}/perform-simulate-actions`;
			await send(environment.sandbox, 'POST', path, { meta });
			const second = await verify(email);
			expect(second.id).not.toBe(id);
			await waitForStatus(second, 'approved');
			expect(findInquiries(email).map(getStatus)).toEqual(['expired', 'approved']);
			expect((await openResultOf({ id })).title).toBe('Your time is up');
		});

		it.each(['approved', 'declined'])(
			'is told that there is nothing to do, and not that it was %s',
			async (status) => {
				const email = createEmail();
				const person = await verify(email, status === 'declined' ? 'Proxy' : 'Doe');
				if (status === 'declined') {
					await waitForStatus(person, 'needs_review');
					await decideAsPerson(environment.sandbox, person.id, 'decline', 'Signs of forgery');
				}
				await waitForStatus(person, status);
				expect(await submitForm(email)).toMatchObject({ title: DONE_BEFORE, link: '' });
				expect(findInquiries(email)).toHaveLength(1);
				const { title, html } = await openResultOf(person);
				expect(title).toBe(status === 'approved' ? 'You are verified' : 'We could not verify you');
				expect(html).not.toMatch(/forgery|declined/i);
			},
		);

		it('can try again after having failed, three times on a day', async () => {
			const email = createEmail();
			for (let attempt = 1; attempt <= 3; attempt++) {
				const person = await verify(email, 'Fail');
				await waitForStatus(person, 'failed');
				expect(await openResultOf(person)).toMatchObject({
					title: 'We could not verify you',
					text: 'You can try again, or write to us.',
					form: `${environment.n8n.url}/form/persona-onboarding`,
				});
			}
			expect(await submitForm(email)).toMatchObject({ title: DONE_BEFORE, link: '' });
			const [first] = findInquiries(email);
			first.attributes['created-at'] = new Date(Date.now() - 90_000_000).toISOString();
			await waitForStatus(await verify(email), 'approved');
		});

		it('gets a new inquiry when the one before was redacted', async () => {
			const email = createEmail();
			await goToPersona(email);
			const { id } = findInquiry(email);
			await send(environment.sandbox, 'DELETE', `/inquiries/${id}`);
			expect((await openResultOf({ id })).title).toBe('There is nothing here');
			const person = await verify(email);
			expect(person.id).not.toBe(id);
			await waitForStatus(person, 'approved');
		});
	});

	describe('while Persona does not answer', () => {
		it.each([
			['the account', 'POST', '/accounts'],
			['the inquiries of the person', 'GET', '/inquiries'],
			['the new inquiry', 'POST', '/inquiries'],
			['the link', 'POST', /\/generate-one-time-link$/],
		])(
			'about %s, the form asks to try again later, the execution fails, and the next try works',
			async (_, method, path) => {
				const email = createEmail();
				// Persona keeps its own refusals for a while, but not those of what stands before it.
				getControl().addFault({ method, path, kind: 'proxy', status: 403 });
				const page = await submitForm(email);
				expect(page).toMatchObject({ title: DOWN, link: '' });
				const { status, error } = await waitForEnd(page);
				expect(status).toBe('error');
				expect(error?.message).toMatch(/^The person could not be sent to Persona: .{20}/);
				expect(error?.message).not.toContain(email);
				await goToPersona(email);
				expect(findInquiries(email)).toHaveLength(1);
			},
		);

		it('the page with the result tries again by itself', async () => {
			const person = await verify(createEmail());
			await waitForStatus(person, 'approved');
			const path = `/inquiries/${person.id}`;
			getControl().addFault({ method: 'GET', path, kind: 'status', status: 403 });
			expect(await openResultOf(person)).toMatchObject({
				title: 'We cannot show the result right now',
				reload: '30',
			});
			expect((await openResultOf(person)).title).toBe('You are verified');
		});

		it('a decision is taken by a retry, and the page waits for it, but not for long', async () => {
			const fault = { method: 'POST', path: /\/approve$/, kind: 'proxy', status: 403 } as const;
			getControl().addFault(fault);
			const person = await verify(createEmail());
			const failed = await waitForEnd(person);
			expect([failed.status, failed.lastNode]).toEqual(['error', 'Approve']);
			expect(await openResultOf(person)).toMatchObject({
				title: 'One moment, please',
				reload: '3',
			});
			const { attributes } = getControl().find(person.id) as StoredObject;
			attributes['completed-at'] = new Date(Date.now() - 130_000).toISOString();
			expect(await openResultOf(person)).toMatchObject({ title: 'Thank you', reload: undefined });
			expect(await published.retryExecution(failed)).toMatchObject({ status: 'success' });
			expect(getStatus(person)).toBe('approved');
		});
	});

	it('shows nothing about an inquiry of another workflow, or what is none', async () => {
		const { data } = await send(environment.sandbox, 'POST', '/inquiries', buildInquiry({}));
		for (const query of [
			`inquiry-id=${data.id}`,
			'inquiry-id=act_1',
			`inquiry-id=${data.id}&inquiry-id=${data.id}`,
			'inquiry-id=../accounts',
			'',
		]) {
			const { title, form } = await openResult(query);
			expect([query, title]).toEqual([query, 'There is nothing here']);
			expect(form).toBe(`${environment.n8n.url}/form/persona-onboarding`);
		}
	});

	it('uses the template of "Create inquiry", and a reference ID that does not show the address', async () => {
		const email = createEmail();
		await goToPersona(email);
		const [{ relationships = {}, attributes }] = findInquiries(email);
		expect(relationships['inquiry-template']).toMatchObject({
			data: { id: fixtures.inquiryTemplate },
		});
		expect(attributes.fields).toMatchObject({ 'email-address': { value: email } });
	});

	it('decides about somebody whose browser was closed before it came back', async () => {
		await waitForStatus(closed, 'approved', FIRST_CHECK_MS);
		expect((await openResultOf(closed)).title).toBe('You are verified');
		expect(await submitForm(closed.email)).toMatchObject({ title: DONE_BEFORE });
	});

	it('decides nothing about somebody who does not finish in time, and says so', async () => {
		await environment.client.unpublish(published.workflow.id);
		const { nodes } = await readWorkflow(NAME);
		const wait = nodes.find(({ name }) => name === 'Wait for Person');
		Object.assign(wait?.parameters ?? {}, { waitAtMost: 3, waitAtMostUnit: 'seconds' });
		await environment.publishWorkflow(NAME, { nodes });
		const email = createEmail();
		const page = await goToPersona(email);
		const inquiry = findInquiry(email);
		const execution = await waitForEnd(page);
		expect(execution.status).toBe('success');
		expect(getExecutedNodes(execution)).not.toContain('Get decision summary');
		expect(await openResultOf(inquiry)).toMatchObject({ title: 'You have not finished yet' });
		// Who comes back later sees the same page, and goes on by the form.
		await send(environment.sandbox, 'POST', `/inquiries/${inquiry.id}/expire`);
		const { title, form } = await openResultOf(inquiry);
		expect([title, form]).toEqual([
			'Your time is up',
			`${environment.n8n.url}/form/persona-onboarding`,
		]);
		await goToPersona(email);
		expect(findInquiries(email).map(getStatus)).toEqual(['expired', 'created']);
	});
});
