import type { Browser, Page } from 'playwright-core';
import { openBrowser, openEditor } from '../../../tools/n8n/browser.mts';
import { waitFor, type Execution } from '../../../tools/n8n/n8nClient.mts';
import { completeHostedFlow } from '../../../tools/completeHostedFlow.mts';
import { fixtures, type StoredObject } from '../../../sandbox/sandbox.mts';
import { buildInquiry, send } from '../../support/apiClient.mts';
import { account } from '../account.mts';
import { openProtectedForm } from '../openProtectedForm.mts';
import { fetchRows } from './dataTable.mts';
import {
	startWorkflowEnvironment,
	type WorkflowEnvironment,
	type PublishedWorkflow,
} from './workflowEnvironment.mts';
import { slackUser, type SlackMessage } from '../../../tools/services/slackButtons.mts';

/** n8n looks once a minute for executions whose time-out is over. */
const TIMEOUT_CHECK_MS = 90_000;

/** The unit of the form is days. */
const TEN_SECONDS_IN_DAYS = 10 / 86_400;

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
	/** A request that nobody decides. */
	let expiringRequest: {
		person: Awaited<ReturnType<typeof createPerson>>;
		question: SlackMessage;
	};

	beforeAll(async () => {
		environment = await startWorkflowEnvironment({
			rateLimit: { maxRequests: 10_000, windowSeconds: 60 },
		});
		published = await environment.publishWorkflow('13-erase-on-request');
		await published.runOnce();
		formUrl = `${environment.n8n.url}/form/persona-erasure`;
		browser = await openBrowser();
		({ page } = await openEditor(browser, environment.n8n.url, account));
		token = await openProtectedForm(page, formUrl);
		const person = await createPerson();
		expect(await submitRequest(person.referenceId, TEN_SECONDS_IN_DAYS)).toBe(200);
		expiringRequest = { person, question: await waitForQuestion(person.referenceId) };
	});
	afterAll(async () => {
		await browser?.close();
		await environment?.close();
	});

	const getControl = () => environment.sandbox.control;

	const findObject = (id: string) => getControl().find(id) as StoredObject;

	const findRelatedIds = (id: string, name: string) =>
		getControl()
			.store.getRelated(findObject(id), name)
			.map((thing) => thing.id);

	const completeInquiry = async (referenceId: string, lastName: string) => {
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

	/** Creates a person with one inquiry and a unique name. */
	const createPerson = async () => {
		people += 1;
		const lastName = `Doe-${people}`;
		const referenceId = `person-${people}`;
		const inquiry = await completeInquiry(referenceId, lastName);
		const [accountId] = findRelatedIds(inquiry, 'account');
		return { referenceId, inquiry, accountId, lastName };
	};

	const createCase = async (...ids: string[]) => {
		const attributes = { 'case-template-id': fixtures.caseTemplate, fields: {} };
		const body = { data: { attributes }, meta: { 'object-ids': ids } };
		return (await send(environment.sandbox, 'POST', '/cases', body)).data.id;
	};

	/** Sends what the form sends when a colleague submits it. */
	const submitRequest = async (referenceId: string, days = 3, auth = token) => {
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

	/** Reads the rows about a person in the data table, oldest first. */
	const fetchRowsAbout = async (referenceId: string) =>
		(await fetchRows<Row>(environment.client)).filter((row) => row.referenceId === referenceId);

	/** Waits until the latest request about a person has this result. */
	const waitForResult = async (referenceId: string, result: string, timeoutMs = 30_000) =>
		await waitFor(
			`the request about ${referenceId} is ${result}`,
			async () => {
				const row = (await fetchRowsAbout(referenceId)).at(-1);
				return row?.result === result && row;
			},
			timeoutMs,
		);

	const getText = ({ text, blocks = [] }: SlackMessage) =>
		[text, ...blocks.map((block) => block.text?.text ?? '')].join('\n').trim();

	const isQuestion = ({ blocks = [] }: SlackMessage) =>
		blocks.some(({ type }) => type === 'actions');

	/** Finds the questions about a person that still have their buttons. */
	const findQuestions = (referenceId: string) =>
		environment.slack.messages.filter(
			(message) => isQuestion(message) && getText(message).includes(`\`${referenceId}\``),
		);

	/** Waits for the question about a person, and until its execution waits: only then n8n accepts a response. */
	const waitForQuestion = async (referenceId: string) => {
		const [question] = await waitFor(`Slack is asked about ${referenceId}`, async () => {
			const found = findQuestions(referenceId);
			return found.length > 0 && found;
		});
		await waitFor('the execution is waiting', async () => {
			const [newest] = await environment.client.fetchExecutions(published.workflow.id, 1);
			return newest.status === 'waiting';
		});
		return question;
	};

	const pressButton = async (question: SlackMessage, label: string, secret?: string) =>
		await environment.slack.pressButton(environment.n8n.url, question, label, secret);

	/** Requests the erasure of a person, and waits for the question in Slack. */
	const submitAndWaitForQuestion = async (referenceId: string) => {
		expect(await submitRequest(referenceId)).toBe(200);
		return await waitForQuestion(referenceId);
	};

	/** Waits for a message with the result of a request. */
	const waitForMessage = async (referenceId: string, what: string) =>
		await waitFor(`Slack receives "${what}" about ${referenceId}`, async () =>
			environment.slack.messages.find(
				(message) => message.text.includes(what) && message.text.includes(`\`${referenceId}\``),
			),
		);

	const waitForFailureAt = async (nodeName: string): Promise<Execution> =>
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

	const countRedactions = () =>
		getControl().requests.filter(({ method }) => method === 'DELETE').length;

	const isRedacted = (id: string) => findObject(id).attributes['redacted-at'] !== null;

	/** Finds the objects with this last name, except events and API logs. */
	const findTraces = (lastName: string) =>
		Object.keys(getControl().store.countByFamily())
			.filter((family) => !['event', 'api-log'].includes(family))
			.flatMap((family) => getControl().store.getCollection(family).findAll())
			.filter((thing) => new RegExp(`${lastName}\\b`).test(JSON.stringify(thing)))
			.map(({ id }) => id);

	it('rejects a request of a user who is not signed in', async () => {
		const { status, headers } = await fetch(formUrl, { redirect: 'manual' });
		expect(status).toBe(302);
		expect(headers.get('location')).toContain('/oauth/authorize');
		expect(await submitRequest('stranger', 3, '')).toBe(401);
		expect(await submitRequest('stranger', 3, `${token.slice(0, -4)}AAAA`)).toBe(401);
		expect(await fetchRowsAbout('stranger')).toEqual([]);
	});

	it('erases what was approved, and records who asked, who decided, when and what', async () => {
		const { referenceId, inquiry, accountId, lastName } = await createPerson();
		expect(findTraces(lastName)).not.toEqual([]);
		await page.locator('#field-0').fill(referenceId);
		await page.locator('#field-1').fill('Asked by mail');
		await page.locator('#submit-btn').click();
		await page.locator('#submitted-form').waitFor();

		const question = await waitForQuestion(referenceId);
		expect(question.channel).toBe('compliance');
		const words = getText(question);
		expect(words).toContain(`${account.email} asks to erase \`${referenceId}\`: Asked by mail`);
		expect(words).toMatch(
			/\*What would be redacted:\* .*1 government ID verification, .*1 inquiry, 1 account\n/,
		);
		expect(words).toMatch(/\*Decide by:\* \w+, \w+ \d+, \d{4}, \d+:\d\d [AP]M \S+\n/);
		expect(words).toContain('*What would stay:* Nothing');
		expect(countRedactions()).toBe(0);

		expect(await pressButton(question, 'Erase for good')).toBe(200);
		const row = await waitForResult(referenceId, 'erased');
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
		expect(redacted).toHaveLength(countRedactions());
		expect(findTraces(lastName)).toEqual([]);

		await waitForMessage(referenceId, 'Everything has been erased');
		expect(getText(question)).toContain(`*Approved* by <@${slackUser.id}>`);
		expect(isQuestion(question)).toBe(false);
	});

	it('redacts nothing after a decline, even if Erase is pressed later', async () => {
		const { referenceId, accountId } = await createPerson();
		const before = countRedactions();
		const question = await submitAndWaitForQuestion(referenceId);
		const again = { ...question };
		expect(await pressButton(question, 'Decline')).toBe(200);
		expect(await waitForResult(referenceId, 'declined')).toMatchObject({
			decidedBy: slackUser.email,
		});
		await waitForMessage(referenceId, `declined by ${slackUser.email}`);
		expect(await pressButton(again, 'Erase for good')).toBe(409);
		expect(await fetchRowsAbout(referenceId)).toMatchObject([{ result: 'declined' }]);
		expect([countRedactions(), isRedacted(accountId)]).toEqual([before, false]);
	});

	it('rejects an answer that Slack has not signed', async () => {
		const { referenceId, accountId } = await createPerson();
		const question = await submitAndWaitForQuestion(referenceId);
		expect(await pressButton(question, 'Erase for good', 'another-secret')).toBe(401);
		expect(await fetchRowsAbout(referenceId)).toMatchObject([{ result: 'waiting' }]);
		expect(isRedacted(accountId)).toBe(false);
		expect(await pressButton(question, 'Decline')).toBe(200);
		await waitForResult(referenceId, 'declined');
	});

	it('reports an unknown person, and asks no question', async () => {
		expect(await submitRequest('nobody-1')).toBe(200);
		const row = await waitForResult('nobody-1', 'unknown');
		expect(row).toMatchObject({ askedBy: account.email, accountId: null, notRedacted: '' });
		await waitForMessage('nobody-1', 'no account with this reference ID');
		expect(findQuestions('nobody-1')).toEqual([]);
	});

	it.each([
		['blanks alone', '   '],
		['an invisible mark alone', '\u200b'],
		['a value that is none', 'undefined'],
	])('tells the team that the form has %s in place of a reference ID', async (_, id) => {
		const isAbout = ({ text }: SlackMessage) =>
			text.startsWith('The form has no usable reference ID');
		const find = () => environment.slack.messages.filter(isAbout);
		const [rows, messages] = [(await fetchRows<Row>(environment.client)).length, find().length];
		expect(await submitRequest(id)).toBe(200);
		await waitFor('Slack hears of it', async () => find().length > messages);
		expect(findQuestions(id)).toEqual([]);
		expect(await fetchRows<Row>(environment.client)).toHaveLength(rows);
	});

	it('redacts nothing when data has changed since the preview, and asks again', async () => {
		const { referenceId, accountId, lastName } = await createPerson();
		const before = countRedactions();
		const question = await submitAndWaitForQuestion(referenceId);
		const later = await completeInquiry(referenceId, lastName);
		expect(await pressButton(question, 'Erase for good')).toBe(200);

		const next = await waitForQuestion(referenceId);
		expect(next).not.toBe(question);
		expect(getText(next)).toContain('Something has changed since it was approved');
		expect(getText(next)).toContain('2 inquiries');
		expect(countRedactions()).toBe(before);
		expect(await fetchRowsAbout(referenceId)).toMatchObject([{ result: 'waiting', decidedBy: '' }]);

		expect(await pressButton(next, 'Erase for good')).toBe(200);
		const { redacted } = await waitForResult(referenceId, 'erased');
		expect(String(redacted).split(' ')).toEqual(expect.arrayContaining([later, accountId]));
		expect(findTraces(lastName)).toEqual([]);
	});

	it('keeps a case that is also about others, and reports it before and after', async () => {
		const jane = await createPerson();
		const other = await createPerson();
		const shared = await createCase(jane.accountId, other.inquiry);
		const question = await submitAndWaitForQuestion(jane.referenceId);
		expect(getText(question)).toContain(`*What would stay:* ${shared}: It also involves`);
		await pressButton(question, 'Erase for good');
		const { notRedacted } = await waitForResult(jane.referenceId, 'incomplete');
		expect(notRedacted).toContain(`${shared}: It also involves`);
		const { text } = await waitForMessage(jane.referenceId, 'Not everything could be erased');
		expect(text).toContain(shared);
		expect([isRedacted(jane.accountId), isRedacted(other.accountId)]).toEqual([true, false]);
	});

	it('continues with a second request where Persona has interrupted the first one', async () => {
		const { referenceId, inquiry, accountId, lastName } = await createPerson();
		const question = await submitAndWaitForQuestion(referenceId);
		// The node tries most other failures again.
		const fault = { method: 'DELETE', path: `/inquiries/${inquiry}`, status: 501 };
		getControl().addFault({ ...fault, kind: 'status' });
		await pressButton(question, 'Erase for good');
		const { notRedacted } = await waitForResult(referenceId, 'incomplete');
		expect(notRedacted).toContain(`${inquiry}: The request was refused with status 501`);
		expect(isRedacted(accountId)).toBe(false);

		const next = await submitAndWaitForQuestion(referenceId);
		expect(getText(next)).toMatch(/of which \d redacted before/);
		const before = countRedactions();
		await pressButton(next, 'Erase for good');
		await waitForResult(referenceId, 'erased');
		expect(countRedactions()).toBe(before + 2);
		expect(findTraces(lastName)).toEqual([]);
	});

	it('asks one question when a person is requested twice', async () => {
		const { referenceId } = await createPerson();
		const question = await submitAndWaitForQuestion(referenceId);
		expect(await submitRequest(referenceId)).toBe(200);
		await waitForMessage(referenceId, 'was requested again');
		expect(findQuestions(referenceId)).toEqual([question]);
		expect(await fetchRowsAbout(referenceId)).toHaveLength(1);
		await pressButton(question, 'Decline');
		await waitForResult(referenceId, 'declined');
	});

	it('redacts nothing while Persona denies access, and a retry continues', async () => {
		const { referenceId, accountId } = await createPerson();
		const question = await submitAndWaitForQuestion(referenceId);
		getControl().addFault({
			method: 'GET',
			path: `/accounts/${accountId}`,
			kind: 'status',
			status: 403,
		});
		await pressButton(question, 'Erase for good');
		const failed = await waitForFailureAt('Preview again');
		expect(await fetchRowsAbout(referenceId)).toMatchObject([
			{ result: 'approved', decidedBy: slackUser.email },
		]);
		expect(isRedacted(accountId)).toBe(false);
		expect(await published.retryExecution(failed)).toMatchObject({ status: 'success' });
		expect(await fetchRowsAbout(referenceId)).toMatchObject([{ result: 'erased' }]);
	});

	// Late, since n8n looks for expired executions only once a minute; and before Slack loses its channels,
	// without which the message of this request would fail.
	it('redacts nothing when nobody decides in time, even if Erase is pressed later', async () => {
		const { referenceId, accountId } = expiringRequest.person;
		expect(await waitForResult(referenceId, 'late', TIMEOUT_CHECK_MS)).toMatchObject({
			decidedBy: '',
			decidedAt: null,
		});
		await waitForMessage(referenceId, 'Nobody decided in time');
		const before = countRedactions();
		expect(await pressButton(expiringRequest.question, 'Erase for good')).toBe(409);
		expect([countRedactions(), isRedacted(accountId)]).toEqual([before, false]);
	});

	it('asks by a retry when Slack did not know the channel', async () => {
		const channels = environment.slack.channels.splice(0);
		const { referenceId } = await createPerson();
		expect(await submitRequest(referenceId)).toBe(200);
		const failed = await waitForFailureAt('Ask for approval');
		environment.slack.channels.push(...channels);
		expect(failed.error?.message).toContain('channel_not_found');
		expect(await fetchRowsAbout(referenceId)).toMatchObject([{ result: 'waiting' }]);

		expect(await published.retryExecution(failed)).toMatchObject({ status: 'waiting' });
		await pressButton(await waitForQuestion(referenceId), 'Erase for good');
		await waitForResult(referenceId, 'erased');
	});
});
