import type { IDataObject } from 'n8n-workflow';
import { completeHostedFlow } from '../../../tools/completeHostedFlow.mts';
import { waitFor } from '../../../tools/n8n/n8nClient.mts';
import type { JsonObject, StoredObject } from '../../../sandbox/sandbox.mts';
import { buildInquiry, send } from '../../support/apiClient.mts';
import { addRow, changeRows, deleteRows, fetchRows } from './dataTable.mts';
import {
	buildDashboardUrl,
	completeInquiry,
	countActions,
	decideAsPerson,
	redeliverEvent,
} from './scenarioSteps.mts';
import {
	NOWHERE,
	startWorkflowEnvironment,
	type PublishedWorkflow,
	type WorkflowEnvironment,
} from './workflowEnvironment.mts';

const TEXTS = 'Texts for customers';
const MAILS = 'Mails to customers';
const TAG = 'something-missing';

/** A text of the table. */
interface TextRow {
	id: number;
	language: string;
	state: string;
	subject: string;
	text: string;
}

/** A mail that was sent, or told to the team. */
interface MailRow {
	id: number;
	mail: string;
	inquiryId: string;
	state: string;
	handling: string;
}

describe('"Tell the customer"', () => {
	let environment: WorkflowEnvironment;
	let published: PublishedWorkflow;
	let people = 0;

	beforeAll(async () => {
		environment = await startWorkflowEnvironment({
			webhookRetrySeconds: [1, 1, 2, 4],
			rateLimit: { maxRequests: 10_000, windowSeconds: 60 },
		});
		published = await environment.publishWorkflow('30-tell-the-customer');
		await published.runOnce();
	});
	afterAll(async () => await environment?.close());
	beforeEach(() => {
		environment.slack.messages.length = 0;
		environment.smtp.mails.length = 0;
	});

	const findObject = (id: string) => environment.sandbox.control.find(id) as StoredObject;

	const post = async (path: string, body?: unknown) =>
		await send(environment.sandbox, 'POST', path, body);

	/** Creates the fields of a new person. */
	const createPerson = (more: JsonObject = {}): JsonObject => {
		people += 1;
		return { 'name-first': 'Jane', 'email-address': `jane${people}@example.com`, ...more };
	};

	/** Creates an inquiry that nobody has begun, and returns its ID. */
	const createInquiry = async (...[fields, more, meta]: Parameters<typeof buildInquiry>) =>
		(await post('/inquiries', buildInquiry(fields ?? createPerson(), more, meta))).data.id;

	/** Creates an inquiry and approves or declines it, and returns its ID. */
	const decide = async (decision: 'approve' | 'decline', fields = createPerson(), more = {}) => {
		const id = await createInquiry(fields, more);
		await post(`/inquiries/${id}/${decision}`);
		return id;
	};

	const addTag = async (id: string, tag = TAG) =>
		await post(`/inquiries/${id}/add-tag`, { meta: { 'tag-name': tag } });

	const getAccountId = (id: string) => Object(findObject(id).relationships?.account.data).id;

	const findOtherInquiries = (id: string) =>
		environment.sandbox.control.store
			.getCollection('inquiry')
			.findAll()
			.filter((other) => other.id !== id && getAccountId(other.id) === getAccountId(id));

	const waitForSuccess = async (id: string, count = 1) => {
		const executions = await published.waitForExecutions(id, count);
		expect(executions.map(({ status }) => status)).toEqual(executions.map(() => 'success'));
		return executions;
	};

	const getTexts = () => environment.slack.messages.map(({ text }) => text);

	const getMails = () => environment.smtp.mails;

	const getOnlyMail = () => {
		const [only, ...others] = getMails();
		expect(others).toEqual([]);
		return only;
	};

	const extractLink = (text: string) => /http\S+/.exec(text)?.[0] ?? '';

	const fetchMailRows = async (inquiryId: string) =>
		(await fetchRows<MailRow>(environment.client, MAILS)).filter(
			(row) => row.inquiryId === inquiryId,
		);

	it('makes its tables once, and keeps the texts that somebody has changed', async () => {
		await changeRows(
			environment.client,
			TEXTS,
			{ language: 'es', state: 'approved' },
			{ subject: 'Listo' },
		);
		await published.runOnce();
		const texts = await fetchRows<TextRow>(environment.client, TEXTS);
		expect(texts).toHaveLength(12);
		expect(texts.filter(({ subject }) => subject === 'Listo')).toHaveLength(1);
	});

	it.each([
		['de-AT', 'Guten Tag Jane,'],
		['DE', 'Guten Tag Jane,'],
		['es_MX', 'Hola Jane:'],
		['en', 'Hello Jane,'],
		['tlh', 'Hello Jane,'],
		['null', 'Hello Jane,'],
	])(
		'mails an approval to a person with the language %s, or else in the language of the settings',
		async (language, greeting) => {
			const person = createPerson({ language });
			await waitForSuccess(await decide('approve', person));
			const { to, text, html } = getOnlyMail();
			expect(to).toEqual([person['email-address']]);
			expect(text.startsWith(greeting)).toBe(true);
			expect(html.startsWith(`${greeting}<br>`)).toBe(true);
			expect(`${text}${html}`).not.toMatch(/http|\[/);
			expect(getTexts()).toEqual([]);
		},
	);

	it('escapes a name in HTML, and greets without a name that is missing or holds a link', async () => {
		const greetings: [JsonObject, string, string][] = [
			[
				{ 'name-first': '<b>Jane & "Co"' },
				'Hello <b>Jane & "Co",',
				'Hello &lt;b&gt;Jane &amp; &quot;Co&quot;,',
			],
			[{ 'name-first': 'Win at www.example.net' }, 'Hello,', 'Hello,'],
			[{ 'name-first': '[link]' }, 'Hello,', 'Hello,'],
			[{ 'name-first': 'null' }, 'Hello,', 'Hello,'],
			[{ 'name-first': null }, 'Hello,', 'Hello,'],
			[{ 'name-first': 'Zoë\r\nBcc: x' }, 'Hello,', 'Hello,'],
		];
		const ids: string[] = [];
		for (const [fields] of greetings) ids.push(await decide('approve', createPerson(fields)));
		for (const id of ids) await waitForSuccess(id);
		const mails = getMails();
		const sent = ids.map((id) => {
			const address = Object(findObject(id).attributes.fields)['email-address'].value;
			const { text, html } = mails.find(({ to }) => to[0] === address) ?? { text: '', html: '' };
			return [text.split('\n')[0], html.split('<br>')[0]];
		});
		expect(sent).toEqual(greetings.map(([, text, html]) => [text, html]));
	});

	it('says the same to everyone who is declined, and nothing of the reason', async () => {
		const first = await completeInquiry(
			environment.sandbox,
			createPerson({ 'name-last': 'Proxy' }),
		);
		await post(`/inquiries/${first}/add-tag`, { meta: { 'tag-name': 'fraud-ring-7' } });
		await decideAsPerson(environment.sandbox, first, 'decline', 'Matches a watchlist');
		const second = await decide('decline');
		await waitForSuccess(first, 2);
		await waitForSuccess(second);
		const [one, other, ...more] = getMails();
		expect(more).toEqual([]);
		expect({ ...one, to: [] }).toEqual({ ...other, to: [] });
		expect(one.subject).toBe('About your verification');
		expect(`${one.text}${one.html}`).not.toMatch(
			/fraud|watchlist|risk|match|tor|vpn|document|selfie|inq_|http/i,
		);
	});

	it('tells only what is true now when a decline becomes an approval before its event arrives', async () => {
		const { control } = environment.sandbox;
		control.holdDeliveries();
		const id = await decide('decline');
		await post(`/inquiries/${id}/approve`);
		control.releaseDeliveries();
		await waitForSuccess(id, 2);
		expect(getOnlyMail().subject).toBe('Your verification is complete');
	});

	it('tells an approval that comes after a decline was told, and each event once', async () => {
		const id = await decide('decline');
		await waitForSuccess(id);
		await post(`/inquiries/${id}/approve`);
		await waitForSuccess(id, 2);
		await redeliverEvent(environment.sandbox, 'inquiry.declined', id);
		await redeliverEvent(environment.sandbox, 'inquiry.approved', id);
		await waitForSuccess(id, 4);
		expect(getMails().map(({ subject }) => subject)).toEqual([
			'About your verification',
			'Your verification is complete',
		]);
	});

	it('tells nothing about an inquiry when a newer decision about the person is known', async () => {
		const person = createPerson();
		const older = await createInquiry(person);
		const accountId = getAccountId(older);
		const { control } = environment.sandbox;
		control.holdDeliveries();
		await post(`/inquiries/${older}/decline`);
		const newer = await decide('approve', person, { 'account-id': accountId });
		control.releaseDeliveries();
		await waitForSuccess(older);
		await waitForSuccess(newer);
		expect(getOnlyMail().subject).toBe('Your verification is complete');

		const another = await createInquiry(person, { 'account-id': accountId });
		await post(`/inquiries/${another}/expire`);
		const [{ lastNode }] = await waitForSuccess(another);
		expect(lastNode).toBe('Is it the newest?');
		expect(getMails()).toHaveLength(1);
	});

	it('mails a new link when an inquiry has expired, which continues it, and only once', async () => {
		const id = await createInquiry(createPerson({ language: 'de' }));
		await post(`/inquiries/${id}/expire`);
		await waitForSuccess(id);
		const { subject, text, html } = getOnlyMail();
		expect(subject).toBe('Ihre Verifizierung ist abgelaufen');
		const link = extractLink(text);
		expect(html).toContain(`<a href="${link.replace(/&/g, '&amp;')}">`);
		expect(findObject(id).attributes.status).toBe('pending');

		await post(`/inquiries/${id}/expire`);
		await waitForSuccess(id, 2);
		expect(getMails()).toHaveLength(1);
		await redeliverEvent(environment.sandbox, 'inquiry.expired', id);
		await waitForSuccess(id, 3);
		expect(getMails()).toHaveLength(1);
	});

	it('mails a link that completes an open inquiry when something is missing, and takes the tag away', async () => {
		const id = await createInquiry();
		await addTag(id);
		// The tag is removed, which is an event, too.
		await waitForSuccess(id, 2);
		const { subject, text } = getOnlyMail();
		expect(subject).toBe('We need something more from you');
		expect(findObject(id).attributes.tags).toEqual([]);
		await redeliverEvent(environment.sandbox, 'inquiry.updated-tags', id);
		await addTag(id, 'vip');
		await waitForSuccess(id, 4);
		await addTag(id);
		await waitForSuccess(id, 5);
		expect(getMails()).toHaveLength(1);
		expect(findOtherInquiries(id)).toEqual([]);
		await completeHostedFlow(extractLink(text));
		expect(findObject(id).attributes.status).toBe('completed');
	});

	it('begins another inquiry of the account when something is missing in one that the person has finished', async () => {
		const person = createPerson({ language: 'es', 'name-last': 'Review' });
		const id = await completeInquiry(environment.sandbox, person);
		await addTag(id);
		await waitForSuccess(id, 2);
		const [another, ...others] = findOtherInquiries(id);
		expect(others).toEqual([]);
		const { subject, text } = getOnlyMail();
		expect(subject).toBe('Necesitamos algo más de usted');
		expect(Object(another.attributes.fields)).toMatchObject({
			'name-last': { value: 'Review' },
			language: { value: 'es' },
		});
		await completeHostedFlow(extractLink(text));
		expect(findObject(another.id).attributes['completed-at']).not.toBeNull();
		expect(findObject(id).attributes.tags).toEqual([]);
	});

	it('asks for nothing more when the inquiry is decided, and tells nothing of one that is redacted', async () => {
		const decided = await decide('approve');
		await waitForSuccess(decided);
		environment.smtp.mails.length = 0;
		await addTag(decided);
		const { control } = environment.sandbox;
		const redacted = await createInquiry();
		control.holdDeliveries();
		await post(`/inquiries/${redacted}/decline`);
		await send(environment.sandbox, 'DELETE', `/inquiries/${redacted}`);
		control.releaseDeliveries();
		await waitForSuccess(decided, 2);
		await waitForSuccess(redacted);
		expect([getMails(), getTexts()]).toEqual([[], []]);
	});

	it('tells nothing to an employee whom the help desk has verified', async () => {
		const id = await createInquiry(createPerson(), { tags: ['help-desk'] });
		await post(`/inquiries/${id}/approve`);
		const [{ lastNode }] = await waitForSuccess(id);
		expect(lastNode).toBe('Anything to tell?');
		expect([getMails(), getTexts(), await fetchMailRows(id)]).toEqual([[], [], []]);
	});

	it.each([
		['no email address', { 'email-address': null }],
		['two email addresses', { 'email-address': 'jane@example.com, joe@example.com' }],
		['a value that is none', { 'email-address': 'undefined' }],
	])('tells the team once when there is %s', async (_, fields) => {
		const id = await decide('approve', createPerson(fields));
		await waitForSuccess(id);
		await redeliverEvent(environment.sandbox, 'inquiry.approved', id);
		await waitForSuccess(id, 2);
		expect(getMails()).toEqual([]);
		expect(getTexts()).toEqual([
			`A person could not be told that their inquiry is approved. The inquiry does not have exactly one email address. ${buildDashboardUrl(id)}`,
		]);
		expect(environment.slack.messages.map(({ channel }) => channel)).toEqual(['compliance']);
	});

	it('tells the team about someone without an account for whom no other inquiry can begin', async () => {
		const id = await createInquiry(createPerson(), {}, { 'auto-create-account': false });
		await post(`/inquiries/${id}/mark-for-review`);
		await addTag(id);
		await waitForSuccess(id);
		expect(getMails()).toEqual([]);
		expect(getTexts()).toEqual([expect.stringContaining('Without an account and a template')]);
		expect(findObject(id).attributes.tags).toEqual([TAG]);
	});

	it('never sends a mail without a text: it takes the other language, else it tells the team', async () => {
		const { client } = environment;
		const match: IDataObject = { state: 'declined' };
		await changeRows(client, TEXTS, { ...match, language: 'de' }, { text: ' \n ' });
		const other = await decide('decline', createPerson({ language: 'de' }));
		await waitForSuccess(other);
		expect(getOnlyMail().text).toMatch(/^Hello Jane,/);

		const broken: IDataObject[] = [
			{ text: null },
			{ subject: '' },
			{ text: 'Hello [nmae]' },
			{ text: 'Continue here: [link]' },
		];
		const [original] = (await fetchRows<TextRow>(client, TEXTS)).filter(
			({ language, state }) => language === 'en' && state === 'declined',
		);
		const { subject, text } = original;
		for (const change of broken) {
			await changeRows(client, TEXTS, { ...match, language: 'en' }, { subject, text, ...change });
			await waitForSuccess(await decide('decline'));
		}
		await deleteRows(client, TEXTS, match);
		const last = await decide('decline', createPerson({ language: 'es' }));
		await waitForSuccess(last);
		expect(getMails()).toHaveLength(1);
		expect(getTexts()).toHaveLength(broken.length + 1);
		expect(getTexts().at(-1)).toBe(
			`A person could not be told that their inquiry is declined. Texts for customers has no text that can be used. ${buildDashboardUrl(last)}`,
		);
		expect(await fetchMailRows(last)).toMatchObject([{ handling: 'told the team' }]);

		// The text is there again, and somebody follows the note.
		await addRow(client, TEXTS, { ...match, language: 'en', subject, text });
		await deleteRows(client, MAILS, { inquiryId: last });
		await redeliverEvent(environment.sandbox, 'inquiry.declined', last);
		await waitForSuccess(last, 2);
		expect(getMails()).toHaveLength(2);
	});

	it('does not mail twice when the mail server is down, and a retry sends the mail with its link', async () => {
		await environment.connectMail(NOWHERE);
		const id = await createInquiry();
		await post(`/inquiries/${id}/expire`);
		const [broken] = await published.waitForExecutions(id);
		await environment.connectMail();
		expect([broken.status, broken.lastNode]).toEqual(['error', 'Send the email']);
		await redeliverEvent(environment.sandbox, 'inquiry.expired', id);
		await published.waitForExecutions(id, 2);
		expect(getMails()).toEqual([]);

		expect(await published.retryExecution(broken)).toMatchObject({ status: 'success' });
		expect(countActions(environment.sandbox, id, 'generate-one-time-link')).toBe(1);
		await completeHostedFlow(extractLink(getOnlyMail().text));
		expect(findObject(id).attributes.status).toBe('completed');
		await waitFor('nothing more is sent', async () => getMails().length === 1);
	});
});
