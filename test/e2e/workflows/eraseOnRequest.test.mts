import type { Browser, Page } from 'playwright-core';
import { openBrowser, openEditor } from '../../../tools/n8n/browser.mts';
import { waitFor, type Execution } from '../../../tools/n8n/n8nClient.mts';
import { completeHostedFlow } from '../../../tools/completeHostedFlow.mts';
import { fixtures, type StoredObject } from '../../../sandbox/sandbox.mts';
import { buildInquiry, send } from '../../support/apiClient.mts';
import { account } from '../account.mts';
import { fetchRows } from './dataTable.mts';
import {
	startWorkflowEnvironment,
	type WorkflowEnvironment,
	type PublishedWorkflow,
} from './workflowEnvironment.mts';
import type { SlackMessage } from './slack.mts';
import { slackUser } from './slackButtons.mts';

/** So long does n8n sleep at most before it looks for executions whose time is over. */
const LATE_MS = 90_000;

/** One line of the data table. */
interface Row {
	id: number;
	referenceId: string;
	reason: string;
	askedBy: string;
	askedAt: string;
	decideBy: string | null;
	accountId: string | null;
	result: string;
	decidedBy: string;
	decidedAt: string | null;
	finishedAt: string | null;
	redacted: string | null;
	notRedacted: string | null;
}

describe('"Erase a person on request"', () => {
	let environment: WorkflowEnvironment;
	let published: PublishedWorkflow;
	let browser: Browser;
	let page: Page;
	let formUrl: string;
	let token: string;
	let people = 0;

	beforeAll(async () => {
		environment = await startWorkflowEnvironment({
			rateLimit: { maxRequests: 10_000, windowSeconds: 60 },
		});
		published = await environment.publishWorkflow('13-erase-on-request');
		await published.runOnce();
		formUrl = `${environment.n8n.url}/form/persona-erasure`;
		browser = await openBrowser();
		({ page } = await openEditor(browser, environment.n8n.url, account));
		await page.goto(formUrl);
		await page.getByTestId('consent-allow-button').click();
		await page.locator('#submit-btn').waitFor();
		// What the page sends along with the form, and shows that somebody has signed in.
		[, token] = /const authToken = '([^']+)'/.exec(await page.content()) ?? ['', ''];
	});
	afterAll(async () => {
		await browser?.close();
		await environment?.close();
	});
	beforeEach(() => {
		environment.slack.messages.length = 0;
	});

	const control = () => environment.sandbox.control;

	const find = (id: string) => control().find(id) as StoredObject;

	const relatedTo = (id: string, name: string) =>
		control()
			.store.getRelated(find(id), name)
			.map((thing) => thing.id);

	const inquiryOf = async (referenceId: string, lastName: string) => {
		const fields = { 'name-first': 'Jane', 'name-last': lastName, birthdate: '1994-04-12' };
		const meta = {
			'auto-create-account-reference-id': referenceId,
			'auto-create-one-time-link': true,
		};
		const created = await send(
			environment.sandbox,
			'POST',
			'/inquiries',
			buildInquiry(fields, {}, meta),
		);
		await completeHostedFlow(created.meta['one-time-link']);
		return created.data.id;
	};

	/** Somebody who was verified once, with a name that nobody else has. */
	const person = async () => {
		people += 1;
		const lastName = `Doe-${people}`;
		const referenceId = `person-${people}`;
		const inquiry = await inquiryOf(referenceId, lastName);
		const [accountId] = relatedTo(inquiry, 'account');
		return { referenceId, inquiry, accountId, lastName };
	};

	const newCase = async (...ids: string[]) => {
		const attributes = { 'case-template-id': fixtures.caseTemplate, fields: {} };
		const body = { data: { attributes }, meta: { 'object-ids': ids } };
		return (await send(environment.sandbox, 'POST', '/cases', body)).data.id;
	};

	/** What the page of the form sends when a colleague presses its button. */
	const ask = async (referenceId: string, days = 3, auth = token) => {
		const body = new FormData();
		body.append('field-0', referenceId);
		body.append('field-1', 'Asked by mail');
		body.append('field-2', String(days));
		const { status } = await fetch(formUrl, {
			method: 'POST',
			body,
			headers: { 'x-auth-token': auth },
		});
		return status;
	};

	/** What the data table has about somebody, oldest first. */
	const rowsOf = async (referenceId: string) =>
		(await fetchRows<Row>(environment.client)).filter((row) => row.referenceId === referenceId);

	/** Waits until the newest request about somebody has this result. */
	const becomes = async (referenceId: string, result: string, withinMs = 30_000) =>
		await waitFor(
			`the request about ${referenceId} is ${result}`,
			async () => {
				const row = (await rowsOf(referenceId)).at(-1);
				return row?.result === result && row;
			},
			withinMs,
		);

	const wordsOf = ({ text, blocks = [] }: SlackMessage) =>
		[text, ...blocks.map((block) => block.text?.text ?? '')].join('\n').trim();

	const isQuestion = ({ blocks = [] }: SlackMessage) =>
		blocks.some(({ type }) => type === 'actions');

	/** The questions about somebody that still have their buttons. */
	const questionsAbout = (referenceId: string) =>
		environment.slack.messages.filter(
			(message) => isQuestion(message) && wordsOf(message).includes(`\`${referenceId}\``),
		);

	/** Waits until the execution that has asked about somebody sleeps, so that n8n takes an answer. */
	const questionAbout = async (referenceId: string) => {
		const [question] = await waitFor(`Slack is asked about ${referenceId}`, async () => {
			const found = questionsAbout(referenceId);
			return found.length > 0 && found;
		});
		await waitFor('the execution sleeps', async () => {
			const [newest] = await environment.client.fetchExecutions(published.workflow.id, 1);
			return newest.status === 'waiting';
		});
		return question;
	};

	const press = async (question: SlackMessage, label: string, secret?: string) =>
		await environment.slack.pressButton(environment.n8n.url, question, label, secret);

	/** Asks for the erasure of somebody, and waits for the question in Slack. */
	const asked = async (referenceId: string) => {
		expect(await ask(referenceId)).toBe(200);
		return await questionAbout(referenceId);
	};

	/** Waits for a message that says what came of a request. */
	const told = async (referenceId: string, what: string) =>
		await waitFor(`Slack hears "${what}" about ${referenceId}`, async () =>
			environment.slack.messages.find(
				(message) => message.text.includes(what) && message.text.includes(`\`${referenceId}\``),
			),
		);

	const failedAt = async (nodeName: string): Promise<Execution> =>
		await waitFor(
			`an execution fails at "${nodeName}"`,
			async () => {
				const [newest] = await environment.client.fetchExecutions(published.workflow.id, 1);
				const execution =
					newest.status === 'error' && (await environment.client.fetchExecution(newest.id));
				return execution && execution.lastNode === nodeName && execution;
			},
			60_000,
		);

	const redactions = () => control().requests.filter(({ method }) => method === 'DELETE').length;

	const isRedacted = (id: string) => find(id).attributes['redacted-at'] !== null;

	/** Everything but what happened and what was asked that has a name in it. */
	const tracesOf = (lastName: string) =>
		Object.keys(control().store.countByFamily())
			.filter((family) => !['event', 'api-log'].includes(family))
			.flatMap((family) => control().store.getCollection(family).findAll())
			.filter((thing) => new RegExp(`${lastName}\\b`).test(JSON.stringify(thing)))
			.map(({ id }) => id);

	it('takes no request of somebody who is not signed in', async () => {
		const { status, headers } = await fetch(formUrl, { redirect: 'manual' });
		expect(status).toBe(302);
		expect(headers.get('location')).toContain('/oauth/authorize');
		expect(await ask('stranger', 3, '')).toBe(401);
		expect(await ask('stranger', 3, `${token.slice(0, -4)}AAAA`)).toBe(401);
		expect(await rowsOf('stranger')).toEqual([]);
	});

	it('erases what was approved, and keeps who asked, who decided, when and what', async () => {
		const { referenceId, inquiry, accountId, lastName } = await person();
		expect(tracesOf(lastName)).not.toEqual([]);
		await page.locator('#field-0').fill(referenceId);
		await page.locator('#field-1').fill('Asked by mail');
		await page.locator('#submit-btn').click();
		await page.locator('#submitted-form').waitFor();

		const question = await questionAbout(referenceId);
		expect(question.channel).toBe('compliance');
		const words = wordsOf(question);
		expect(words).toContain(`${account.email} asks to erase \`${referenceId}\`: Asked by mail`);
		expect(words).toMatch(/\*What would be redacted:\* .*1 × inquiry, 1 × account\n/);
		expect(words).toContain('*What would stay:* Nothing');
		expect(redactions()).toBe(0);

		expect(await press(question, 'Erase')).toBe(200);
		const row = await becomes(referenceId, 'erased');
		expect(row).toMatchObject({
			...{ reason: 'Asked by mail', askedBy: account.email, accountId, notRedacted: '' },
			decidedBy: slackUser.email,
		});
		const times = [row.askedAt, row.decidedAt, row.finishedAt].map((time) =>
			new Date(String(time)).getTime(),
		);
		expect(times.every((time) => time > 0)).toBe(true);
		expect(times).toEqual([...times].sort());
		const redacted = String(row.redacted).split(' ');
		expect(redacted).toEqual(expect.arrayContaining([inquiry, accountId]));
		expect(redacted).toHaveLength(redactions());
		expect(tracesOf(lastName)).toEqual([]);

		await told(referenceId, 'All of it is erased');
		expect(wordsOf(question)).toContain(`*Approved* by <@${slackUser.id}>`);
		expect(isQuestion(question)).toBe(false);
	});

	it('redacts nothing of who was declined, whatever is pressed afterwards', async () => {
		const { referenceId, accountId } = await person();
		const before = redactions();
		const question = await asked(referenceId);
		const again = { ...question };
		expect(await press(question, 'Decline')).toBe(200);
		expect(await becomes(referenceId, 'declined')).toMatchObject({ decidedBy: slackUser.email });
		await told(referenceId, 'declined');
		expect(await press(again, 'Erase')).toBe(409);
		expect(await rowsOf(referenceId)).toMatchObject([{ result: 'declined' }]);
		expect([redactions(), isRedacted(accountId)]).toEqual([before, false]);
	});

	it('redacts nothing when nobody decides in time, whatever is pressed afterwards', async () => {
		const { referenceId, accountId } = await person();
		const before = redactions();
		const tenSeconds = 10 / 86_400;
		expect(await ask(referenceId, tenSeconds)).toBe(200);
		const question = await questionAbout(referenceId);
		expect(await becomes(referenceId, 'late', LATE_MS)).toMatchObject({
			decidedBy: '',
			decidedAt: null,
		});
		await told(referenceId, 'Nobody has decided in time');
		expect(await press(question, 'Erase')).toBe(409);
		expect([redactions(), isRedacted(accountId)]).toEqual([before, false]);
	});

	it('believes no answer that Slack has not signed', async () => {
		const { referenceId, accountId } = await person();
		const question = await asked(referenceId);
		expect(await press(question, 'Erase', 'another-secret')).toBe(401);
		expect(await rowsOf(referenceId)).toMatchObject([{ result: 'waiting' }]);
		expect(isRedacted(accountId)).toBe(false);
		expect(await press(question, 'Decline')).toBe(200);
		await becomes(referenceId, 'declined');
	});

	it('says that it does not know somebody, and asks nobody', async () => {
		expect(await ask('nobody-1')).toBe(200);
		const row = await becomes('nobody-1', 'unknown');
		expect(row).toMatchObject({ askedBy: account.email, accountId: null, notRedacted: '' });
		await told('nobody-1', 'no account with this reference ID');
		expect(questionsAbout('nobody-1')).toEqual([]);
	});

	it('redacts nothing when there is something new since the preview, and asks again', async () => {
		const { referenceId, accountId, lastName } = await person();
		const before = redactions();
		const question = await asked(referenceId);
		const later = await inquiryOf(referenceId, lastName);
		expect(await press(question, 'Erase')).toBe(200);

		const next = await questionAbout(referenceId);
		expect(next).not.toBe(question);
		expect(wordsOf(next)).toContain('Something has changed since it was approved');
		expect(wordsOf(next)).toContain('2 × inquiry');
		expect(redactions()).toBe(before);
		expect(await rowsOf(referenceId)).toMatchObject([{ result: 'waiting', decidedBy: '' }]);

		expect(await press(next, 'Erase')).toBe(200);
		const { redacted } = await becomes(referenceId, 'erased');
		expect(String(redacted).split(' ')).toEqual(expect.arrayContaining([later, accountId]));
		expect(tracesOf(lastName)).toEqual([]);
	});

	it('keeps a case that is also about others, and says so before and after', async () => {
		const jane = await person();
		const other = await person();
		const shared = await newCase(jane.accountId, other.inquiry);
		const question = await asked(jane.referenceId);
		expect(wordsOf(question)).toContain(`*What would stay:* ${shared}: It also involves`);
		await press(question, 'Erase');
		const { notRedacted } = await becomes(jane.referenceId, 'incomplete');
		expect(notRedacted).toContain(`${shared}: It also involves`);
		const { text } = await told(jane.referenceId, 'Not all of it could be erased');
		expect(text).toContain(shared);
		expect([isRedacted(jane.accountId), isRedacted(other.accountId)]).toEqual([true, false]);
	});

	it('goes on with a second request where Persona has cut the first one short', async () => {
		const { referenceId, inquiry, accountId, lastName } = await person();
		const question = await asked(referenceId);
		// Of an outage the node would make several tries.
		const fault = { method: 'DELETE', path: `/inquiries/${inquiry}`, status: 520 };
		control().addFault({ ...fault, kind: 'status' });
		await press(question, 'Erase');
		const { notRedacted } = await becomes(referenceId, 'incomplete');
		expect(notRedacted).toContain(`${inquiry}: Persona is unavailable`);
		expect(isRedacted(accountId)).toBe(false);

		environment.slack.messages.length = 0;
		const next = await asked(referenceId);
		expect(wordsOf(next)).toMatch(/of which \d redacted before/);
		const before = redactions();
		await press(next, 'Erase');
		await becomes(referenceId, 'erased');
		expect(redactions()).toBe(before + 2);
		expect(tracesOf(lastName)).toEqual([]);
	});

	it('asks once about somebody who is asked for twice', async () => {
		const { referenceId } = await person();
		const question = await asked(referenceId);
		expect(await ask(referenceId)).toBe(200);
		await told(referenceId, 'asked for once more');
		expect(questionsAbout(referenceId)).toEqual([question]);
		expect(await rowsOf(referenceId)).toHaveLength(1);
		await press(question, 'Decline');
		await becomes(referenceId, 'declined');
	});

	it('redacts nothing while Persona refuses, and a retry goes on from there', async () => {
		const { referenceId, accountId } = await person();
		const question = await asked(referenceId);
		control().addFault({
			method: 'GET',
			path: `/accounts/${accountId}`,
			kind: 'status',
			status: 403,
		});
		await press(question, 'Erase');
		const failed = await failedAt('Preview again');
		expect(await rowsOf(referenceId)).toMatchObject([
			{ result: 'approved', decidedBy: slackUser.email },
		]);
		expect(isRedacted(accountId)).toBe(false);
		expect(await published.retryExecution(failed)).toMatchObject({ status: 'success' });
		expect(await rowsOf(referenceId)).toMatchObject([{ result: 'erased' }]);
	});

	it('asks later where Slack does not know the channel', async () => {
		const channels = environment.slack.channels.splice(0);
		const { referenceId } = await person();
		expect(await ask(referenceId)).toBe(200);
		const failed = await failedAt('Ask for approval');
		environment.slack.channels.push(...channels);
		expect(failed.error?.message).toContain('channel_not_found');
		expect(await rowsOf(referenceId)).toMatchObject([{ result: 'waiting' }]);

		expect(await published.retryExecution(failed)).toMatchObject({ status: 'waiting' });
		await press(await questionAbout(referenceId), 'Erase');
		await becomes(referenceId, 'erased');
	});
});
