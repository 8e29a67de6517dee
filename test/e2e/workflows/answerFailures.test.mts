import { waitFor } from '../../../tools/n8n/n8nClient.mts';
import { completeHostedFlow } from '../../../tools/completeHostedFlow.mts';
import { fixtures, type JsonObject, type StoredObject } from '../../../sandbox/sandbox.mts';
import { buildInquiry, send } from '../../support/apiClient.mts';
import {
	startWorkflowEnvironment,
	type WorkflowEnvironment,
	type PublishedWorkflow,
} from './workflowEnvironment.mts';
import {
	redeliverEvent,
	completeInquiry,
	buildDashboardUrl,
	countActions,
	decideAsPerson,
} from './scenarioSteps.mts';

const LIST = 'lst_Sandbox-email-address';

/** How often the workflow calls a service that fails. */
const MAX_TRIES = 5;

describe('"Answer failed verifications by their reason"', () => {
	let environment: WorkflowEnvironment;
	let published: PublishedWorkflow;
	let people = 0;

	beforeAll(async () => {
		environment = await startWorkflowEnvironment({
			webhookRetrySeconds: [1, 1, 2, 4],
			reportSeconds: 0.01,
			rateLimit: { maxRequests: 10_000, windowSeconds: 60 },
		});
		environment.sandbox.control.store.add({
			type: 'list/email-address',
			id: LIST,
			attributes: { name: 'Blocked addresses', status: 'active', 'archived-at': null },
			relationships: { 'list-items': { data: [] } },
		});
		published = await environment.publishWorkflow('08-answer-failed-verifications');
	});
	afterAll(async () => await environment?.close());
	beforeEach(() => {
		environment.slack.messages.length = 0;
		environment.smtp.mails.length = 0;
	});

	const findObject = (id: string) => environment.sandbox.control.find(id) as StoredObject;

	const findAll = (type: string) => environment.sandbox.control.store.getCollection(type).findAll();

	const post = async (path: string, body?: unknown) =>
		await send(environment.sandbox, 'POST', path, body);

	const getTexts = () => environment.slack.messages.map(({ text }) => text);

	/** Creates the name and email address of a new person. */
	const createPerson = (lastName: string): JsonObject => {
		people += 1;
		return {
			'name-first': 'Jane',
			'name-last': lastName,
			'email-address': `jane${people}@example.com`,
		};
	};

	const findBlockedItems = ({ 'email-address': address }: JsonObject) =>
		findAll('list-item').filter(({ attributes }) => attributes.value === address);

	/** Finds the cases of an inquiry. */
	const findCases = (id: string) =>
		findAll('case').filter(({ relationships }) =>
			JSON.stringify(relationships).includes(`"${id}"`),
		);

	/** Finds the other inquiries of an inquiry's account. */
	const findOtherInquiries = (id: string) => {
		const account = findObject(id).relationships?.account;
		return findAll('inquiry').filter(
			({ id: other, relationships }) =>
				other !== id && JSON.stringify(relationships?.account) === JSON.stringify(account),
		);
	};

	/** Makes an inquiry fail because of these checks of its government ID. */
	const failInquiry = async (id: string, checks: string[]) => {
		const { control } = environment.sandbox;
		const data = { 'verification-template-id': fixtures.getVerificationTemplate('government-id') };
		control.holdDeliveries();
		await post(`/inquiries/${id}/perform-simulate-actions`, {
			meta: {
				'simulate-actions': [
					{ type: 'start_inquiry' },
					{ type: 'create_failed_verification', data },
					{ type: 'fail_inquiry' },
				],
			},
		});
		const [verification] = [findObject(id).relationships?.verifications.data ?? []].flat();
		findObject(verification.id).attributes.checks = checks.map((name) => ({
			name,
			status: 'failed',
			reasons: [],
			requirement: 'required',
			metadata: {},
		}));
		control.releaseDeliveries();
	};

	/** Creates an inquiry that fails because of these checks, and returns its ID. */
	const createFailedInquiry = async (
		checks: string[],
		fields = createPerson('Doe'),
	): Promise<string> => {
		const { data } = await post('/inquiries', buildInquiry(fields));
		await failInquiry(data.id, checks);
		return data.id;
	};

	const getOnlyMail = () => {
		const [mail, ...others] = environment.smtp.mails;
		expect(others).toEqual([]);
		return mail;
	};

	const extractLink = (text: string) => /http\S+/.exec(text)?.[0] ?? '';

	it('does nothing about an inquiry that was neither failed nor declined', async () => {
		const passed = await completeInquiry(environment.sandbox, createPerson('Doe'));
		const later = await createFailedInquiry(['id_tamper_detection']);
		await published.waitForExecutions(later);
		expect(await published.waitForExecutions(passed, 0)).toEqual([]);
		expect(findObject(passed).attributes).toMatchObject({ status: 'completed', tags: [] });
	});

	it('blocks the email address behind a forged ID, and warns compliance', async () => {
		const person = createPerson('Fail');
		const id = await completeInquiry(environment.sandbox, person);
		const [{ status }] = await published.waitForExecutions(id);
		expect(status).toBe('success');
		expect(findBlockedItems(person)).toHaveLength(1);
		expect(environment.slack.messages).toEqual([
			{
				channel: 'compliance',
				text: expect.stringMatching(
					/^Signs of a forged document\. The email address is blocked\. inq_.*: failed · .*ID tamper/,
				),
			},
		]);
		const [text] = getTexts();
		expect(text).toContain(buildDashboardUrl(id));
		expect(text).not.toMatch(/Jane|@/);
		expect([environment.smtp.mails, findCases(id), findOtherInquiries(id)]).toEqual([[], [], []]);
	});

	it('accepts that an email address is already blocked', async () => {
		const person = createPerson('Fail');
		for (const id of [
			await completeInquiry(environment.sandbox, person),
			await completeInquiry(environment.sandbox, person),
		]) {
			const [{ status }] = await published.waitForExecutions(id);
			expect(status).toBe('success');
		}
		expect(findBlockedItems(person)).toHaveLength(1);
		expect(getTexts()).toHaveLength(2);
	});

	it('warns of a forged ID without an email address to block', async () => {
		const before = findAll('list-item').length;
		const id = await completeInquiry(environment.sandbox, { 'name-last': 'Fail' });
		await published.waitForExecutions(id);
		expect(getTexts()).toEqual([
			expect.stringContaining('Signs of a forged document. There is no email address to block.'),
		]);
		expect(findAll('list-item')).toHaveLength(before);
	});

	it('opens a case for a reviewer when the face differs from the ID', async () => {
		const person = createPerson('Mask');
		const id = await completeInquiry(environment.sandbox, person);
		const [{ status }] = await published.waitForExecutions(id);
		expect(status).toBe('success');
		const [only, ...others] = findCases(id);
		expect(others).toEqual([]);
		expect(only.attributes['assignee-id']).toBe(fixtures.user);
		expect([getTexts(), findBlockedItems(person), environment.smtp.mails]).toEqual([[], [], []]);
	});

	it('opens a case about a report with a match, even if the person could fix the rest', async () => {
		const { data: report } = await post('/reports', {
			data: { type: 'report/watchlist', attributes: { query: { term: 'Match' } } },
		});
		await waitFor(
			'the report is ready',
			async () => findObject(report.id).attributes.status === 'ready',
		);
		const { data: inquiry } = await post('/inquiries', buildInquiry(createPerson('Doe')));
		const { relationships = {} } = findObject(inquiry.id);
		relationships.reports = { data: [{ type: report.type, id: report.id }] };
		await failInquiry(inquiry.id, ['id_blur_detection']);
		await published.waitForExecutions(inquiry.id);
		const [{ relationships: about }] = findCases(inquiry.id);
		expect(about).toMatchObject({ reports: { data: [{ id: report.id }] } });
		expect(environment.smtp.mails).toEqual([]);
	});

	it('sends a new link when another document can fix the failure', async () => {
		const person = createPerson('Doe');
		const id = await createFailedInquiry(['id_expired_detection', 'id_blur_detection'], person);
		const [{ status }] = await published.waitForExecutions(id);
		expect(status).toBe('success');
		const [another, ...others] = findOtherInquiries(id);
		expect(others).toEqual([]);
		expect(another.attributes.tags).toEqual(['another-document']);
		const { to, text } = getOnlyMail();
		expect(to).toEqual([person['email-address']]);
		expect(text).toContain('ID expired');

		await completeHostedFlow(extractLink(text));
		expect(findObject(another.id).attributes).toMatchObject({ status: 'completed' });
		expect([getTexts(), findCases(id), findBlockedItems(person)]).toEqual([[], [], []]);
	});

	it('notifies the team about someone without an account, to whom no inquiry can be added', async () => {
		const { data } = await post(
			'/inquiries',
			buildInquiry(createPerson('Doe'), {}, { 'auto-create-account': false }),
		);
		expect(data.relationships?.account).toEqual({ data: null });
		await failInquiry(data.id, ['id_blur_detection']);
		const [{ status }] = await published.waitForExecutions(data.id);
		expect(status).toBe('success');
		expect(environment.smtp.mails).toEqual([]);
		expect(getTexts()).toEqual([expect.stringContaining(buildDashboardUrl(data.id))]);
	});

	it('notifies the team once when nobody uses the new link in time, and that is the end', async () => {
		const first = await createFailedInquiry(['id_blur_detection']);
		await published.waitForExecutions(first);
		const [{ id: second }] = findOtherInquiries(first);
		expect(getTexts()).toEqual([]);
		await post(`/inquiries/${second}/expire`);
		const [{ status }] = await published.waitForExecutions(second);
		expect(status).toBe('success');
		expect(getTexts()).toEqual([
			expect.stringMatching(/^The second link was not used in time\. inq_.*: expired/),
		]);
		expect(getTexts()[0]).toContain(buildDashboardUrl(second));
		await redeliverEvent(environment.sandbox, 'inquiry.expired', second);
		await published.waitForExecutions(second, 2);
		expect(getTexts()).toHaveLength(1);
		expect(environment.smtp.mails).toHaveLength(1);
		expect(findOtherInquiries(first)).toHaveLength(1);
	});

	it('does nothing about a first inquiry that expires', async () => {
		const { data } = await post('/inquiries', buildInquiry(createPerson('Doe')));
		await post(`/inquiries/${data.id}/expire`);
		const [execution] = await published.waitForExecutions(data.id);
		expect([execution.status, execution.lastNode]).toEqual(['success', 'Still so, and new?']);
		expect([getTexts(), findOtherInquiries(data.id)]).toEqual([[], []]);
	});

	it.each([
		['has begun a newer inquiry', false],
		['is approved by a newer inquiry', true],
	])('sends no link about an older inquiry of someone who %s', async (_, isApproved) => {
		const person = createPerson('Doe');
		const { data } = await post('/inquiries', buildInquiry(person));
		const accountId = Object(findObject(data.id).relationships?.account.data).id as string;
		const { data: newer } = await post(
			'/inquiries',
			buildInquiry(person, { 'account-id': accountId }),
		);
		if (isApproved) await post(`/inquiries/${newer.id}/approve`);
		await failInquiry(data.id, ['id_blur_detection']);
		const [{ status }] = await published.waitForExecutions(data.id);
		expect(status).toBe('success');
		expect(environment.smtp.mails).toEqual([]);
		expect(findOtherInquiries(data.id)).toHaveLength(1);
		expect(getTexts()).toEqual([expect.stringContaining(buildDashboardUrl(data.id))]);
	});

	it('sends no third link, but notifies the team', async () => {
		const first = await createFailedInquiry(['id_blur_detection']);
		await published.waitForExecutions(first);
		const [{ id: second }] = findOtherInquiries(first);
		await failInquiry(second, ['id_blur_detection']);
		await published.waitForExecutions(second);
		expect(environment.smtp.mails).toHaveLength(1);
		expect(getTexts()).toEqual([
			expect.stringMatching(/^A verification did not succeed\. inq_.*: failed · failed: ID blur/),
		]);
	});

	it.each([
		['a check that no document can fix', ['id_blur_detection', 'id_age_comparison']],
		['no check at all', []],
	])('notifies the team of a failure with %s', async (_, checks) => {
		const id = await createFailedInquiry(checks);
		await published.waitForExecutions(id);
		expect(getTexts()).toEqual([expect.stringContaining(buildDashboardUrl(id))]);
		expect(findOtherInquiries(id)).toEqual([]);
	});

	it('sends no link while part of the inquiry cannot be read', async () => {
		const { data } = await post('/inquiries', buildInquiry(createPerson('Doe')));
		const { relationships = {} } = findObject(data.id);
		relationships.reports = { data: [{ type: 'report/watchlist', id: 'rep_Gone' }] };
		await failInquiry(data.id, ['id_blur_detection']);
		await published.waitForExecutions(data.id);
		expect(getTexts()).toEqual([expect.stringContaining('watchlist report unknown')]);
		expect(findOtherInquiries(data.id)).toEqual([]);
	});

	it('notifies the team when there is no email address for a link', async () => {
		const id = await createFailedInquiry(['id_blur_detection'], { 'name-last': 'Doe' });
		await published.waitForExecutions(id);
		expect(getTexts()).toHaveLength(1);
		expect(environment.smtp.mails).toEqual([]);
	});

	it('notifies the team of a decline of which Persona does not say who made it, and asks the person for nothing', async () => {
		const id = await completeInquiry(environment.sandbox, createPerson('Doe'));
		await post(`/inquiries/${id}/decline`);
		await published.waitForExecutions(id);
		expect(getTexts()).toEqual([
			expect.stringMatching(
				/^An inquiry was declined, and Persona does not say by whom\. inq_.*: declined/,
			),
		]);
		expect(findOtherInquiries(id)).toEqual([]);
	});

	it.each([
		[
			'in Persona',
			async (id: string) => await decideAsPerson(environment.sandbox, id, 'decline', 'Other face'),
		],
		[
			'with "Decide in Slack"',
			async (id: string) => {
				const meta = { comment: 'Declined in Slack by robin@example.com: Other face' };
				await post(`/inquiries/${id}/decline`, { meta });
			},
		],
	])('does not tell the team what it has decided itself %s', async (_, decline) => {
		const id = await completeInquiry(environment.sandbox, createPerson('Doe'));
		await decline(id);
		const [{ status, lastNode }] = await published.waitForExecutions(id);
		expect([status, lastNode]).toEqual(['success', 'Which reason?']);
		expect([getTexts(), findCases(id), findOtherInquiries(id)]).toEqual([[], [], []]);
	});

	it('does nothing about a failure that was approved before the event arrived', async () => {
		const { control } = environment.sandbox;
		const person = createPerson('Fail');
		control.holdDeliveries();
		const id = await completeInquiry(environment.sandbox, person);
		await post(`/inquiries/${id}/approve`);
		control.releaseDeliveries();
		const [{ status }] = await published.waitForExecutions(id);
		expect(status).toBe('success');
		expect(findObject(id).attributes.tags).toEqual([]);
		expect([getTexts(), findBlockedItems(person)]).toEqual([[], []]);
	});

	it('does nothing again when an event arrives twice, or when a failed inquiry is also declined', async () => {
		const id = await createFailedInquiry(['id_blur_detection']);
		await published.waitForExecutions(id);
		await redeliverEvent(environment.sandbox, 'inquiry.failed', id);
		await published.waitForExecutions(id, 2);
		await post(`/inquiries/${id}/decline`);
		const executions = await published.waitForExecutions(id, 3);
		expect(executions.map(({ status }) => status)).toEqual(['success', 'success', 'success']);
		expect(findOtherInquiries(id)).toHaveLength(1);
		expect(environment.smtp.mails).toHaveLength(1);
		expect(getTexts()).toEqual([]);
	});

	it('retries until Slack accepts the message', async () => {
		environment.slack.failNext({ status: 503 });
		const id = await createFailedInquiry([]);
		const [{ status }] = await published.waitForExecutions(id);
		expect(status).toBe('success');
		expect(getTexts()).toHaveLength(1);
	});

	it('keeps the address blocked while Slack is down, and a retry sends the warning alone', async () => {
		environment.slack.failNext({ status: 503 }, MAX_TRIES);
		const person = createPerson('Fail');
		const id = await completeInquiry(environment.sandbox, person);
		const [broken] = await published.waitForExecutions(id);
		expect([broken.status, broken.lastNode]).toEqual(['error', 'Warn of a forgery']);
		expect(findBlockedItems(person)).toHaveLength(1);
		expect(getTexts()).toEqual([]);

		const retried = await published.retryExecution(broken);
		expect(retried.status).toBe('success');
		expect(getTexts()).toHaveLength(1);
		expect(countActions(environment.sandbox, id, 'add-tag')).toBe(1);
	});

	it('opens the case by a retry when Persona has rejected it', async () => {
		// Persona would repeat a 403 for this idempotency key, but not a 401.
		environment.sandbox.control.addFault({
			method: 'POST',
			path: '/cases',
			kind: 'status',
			status: 401,
		});
		const id = await completeInquiry(environment.sandbox, createPerson('Mask'));
		const [broken] = await published.waitForExecutions(id);
		expect([broken.status, broken.lastNode]).toEqual(['error', 'Open a case']);
		expect(findCases(id)).toEqual([]);

		const retried = await published.retryExecution(broken);
		expect(retried.status).toBe('success');
		expect(findCases(id).map(({ attributes }) => attributes['assignee-id'])).toEqual([
			fixtures.user,
		]);
	});
});
