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
} from './scenarioSteps.mts';

const LIST = 'lst_Sandbox-email-address';

const ALL_TRIES = 5;

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

	const find = (id: string) => environment.sandbox.control.find(id) as StoredObject;

	const all = (family: string) => environment.sandbox.control.store.getCollection(family).findAll();

	const post = async (path: string, body?: unknown) =>
		await send(environment.sandbox, 'POST', path, body);

	const texts = () => environment.slack.messages.map(({ text }) => text);

	/** The name and address of a person whom nobody has seen yet. */
	const newPerson = (lastName: string): JsonObject => {
		people += 1;
		return {
			'name-first': 'Jane',
			'name-last': lastName,
			'email-address': `jane${people}@example.com`,
		};
	};

	const blocked = ({ 'email-address': address }: JsonObject) =>
		all('list-item').filter(({ attributes }) => attributes.value === address);

	/** The cases that an inquiry is in. */
	const casesOf = (id: string) =>
		all('case').filter(({ relationships }) => JSON.stringify(relationships).includes(`"${id}"`));

	/** The inquiries of an account, but for one. */
	const othersOf = (id: string) => {
		const account = find(id).relationships?.account;
		return all('inquiry').filter(
			({ id: other, relationships }) =>
				other !== id && JSON.stringify(relationships?.account) === JSON.stringify(account),
		);
	};

	/** Makes an inquiry fail at its government ID, because of these checks. */
	const failAt = async (id: string, checks: string[]) => {
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
		const [verification] = [find(id).relationships?.verifications.data ?? []].flat();
		find(verification.id).attributes.checks = checks.map((name) => ({
			name,
			status: 'failed',
			reasons: [],
			requirement: 'required',
			metadata: {},
		}));
		control.releaseDeliveries();
	};

	/** Lets somebody fail because of these checks; gives the ID of the inquiry. */
	const failed = async (checks: string[], fields = newPerson('Doe')): Promise<string> => {
		const { data } = await post('/inquiries', buildInquiry(fields));
		await failAt(data.id, checks);
		return data.id;
	};

	/** The address and the text of the only mail. */
	const mail = () => {
		const [{ to, source }, ...others] = environment.smtp.mails;
		expect(others).toEqual([]);
		const text = source
			.replace(/=\r\n/g, '')
			.replace(/=([0-9A-F]{2})/g, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
		return { to, text };
	};

	const linkIn = (text: string) => /http\S+/.exec(text)?.[0] ?? '';

	it('leaves an inquiry alone that was not failed or declined', async () => {
		const passed = await completeInquiry(environment.sandbox, newPerson('Doe'));
		const later = await failed(['id_tamper_detection']);
		await published.waitForExecutions(later);
		expect(await published.waitForExecutions(passed, 0)).toEqual([]);
		expect(find(passed).attributes).toMatchObject({ status: 'completed', tags: [] });
	});

	it('blocks the address of who shows a forged ID, and warns compliance', async () => {
		const person = newPerson('Fail');
		const id = await completeInquiry(environment.sandbox, person);
		const [{ status }] = await published.waitForExecutions(id);
		expect(status).toBe('success');
		expect(blocked(person)).toHaveLength(1);
		expect(environment.slack.messages).toEqual([
			{
				channel: 'compliance',
				text: expect.stringMatching(
					/^Signs of a forged document\. The email address is blocked\. inq_.*: failed · .*ID tamper/,
				),
			},
		]);
		const [text] = texts();
		expect(text).toContain(buildDashboardUrl(id));
		expect(text).not.toMatch(/Jane|@/);
		expect([environment.smtp.mails, casesOf(id), othersOf(id)]).toEqual([[], [], []]);
	});

	it('takes an address that is blocked already as it is', async () => {
		const person = newPerson('Fail');
		for (const id of [
			await completeInquiry(environment.sandbox, person),
			await completeInquiry(environment.sandbox, person),
		]) {
			const [{ status }] = await published.waitForExecutions(id);
			expect(status).toBe('success');
		}
		expect(blocked(person)).toHaveLength(1);
		expect(texts()).toHaveLength(2);
	});

	it('warns of a forged ID where there is no address to block', async () => {
		const before = all('list-item').length;
		const id = await completeInquiry(environment.sandbox, { 'name-last': 'Fail' });
		await published.waitForExecutions(id);
		expect(texts()).toEqual([
			expect.stringContaining('Signs of a forged document. There is no email address to block.'),
		]);
		expect(all('list-item')).toHaveLength(before);
	});

	it('opens a case for a reviewer where the face is not that of the ID', async () => {
		const person = newPerson('Mask');
		const id = await completeInquiry(environment.sandbox, person);
		const [{ status }] = await published.waitForExecutions(id);
		expect(status).toBe('success');
		const [only, ...others] = casesOf(id);
		expect(others).toEqual([]);
		expect(only.attributes['assignee-id']).toBe(fixtures.user);
		expect([texts(), blocked(person), environment.smtp.mails]).toEqual([[], [], []]);
	});

	it('opens a case about the report that has a match, whatever the person could mend', async () => {
		const { data: report } = await post('/reports', {
			data: { type: 'report/watchlist', attributes: { query: { term: 'Match' } } },
		});
		await waitFor('the report is ready', async () => find(report.id).attributes.status === 'ready');
		const { data: inquiry } = await post('/inquiries', buildInquiry(newPerson('Doe')));
		const { relationships = {} } = find(inquiry.id);
		relationships.reports = { data: [{ type: report.type, id: report.id }] };
		await failAt(inquiry.id, ['id_blur_detection']);
		await published.waitForExecutions(inquiry.id);
		const [{ relationships: about }] = casesOf(inquiry.id);
		expect(about).toMatchObject({ reports: { data: [{ id: report.id }] } });
		expect(environment.smtp.mails).toEqual([]);
	});

	it('sends a new link to who has shown a document that another one can mend', async () => {
		const person = newPerson('Doe');
		const id = await failed(['id_expired_detection', 'id_blur_detection'], person);
		const [{ status }] = await published.waitForExecutions(id);
		expect(status).toBe('success');
		const [another, ...others] = othersOf(id);
		expect(others).toEqual([]);
		expect(another.attributes.tags).toEqual(['another-document']);
		const { to, text } = mail();
		expect(to).toEqual([person['email-address']]);
		expect(text).toContain('ID expired');

		await completeHostedFlow(linkIn(text));
		expect(find(another.id).attributes).toMatchObject({ status: 'completed' });
		expect([texts(), casesOf(id), blocked(person)]).toEqual([[], [], []]);
	});

	it('sends a new link also to who has no account', async () => {
		const { data } = await post(
			'/inquiries',
			buildInquiry(newPerson('Doe'), {}, { 'auto-create-account': false }),
		);
		expect(data.relationships?.account).toEqual({ data: null });
		await failAt(data.id, ['id_blur_detection']);
		const [{ status }] = await published.waitForExecutions(data.id);
		expect(status).toBe('success');
		await completeHostedFlow(linkIn(mail().text));
	});

	it('sends no third link, but tells the team', async () => {
		const first = await failed(['id_blur_detection']);
		await published.waitForExecutions(first);
		const [{ id: second }] = othersOf(first);
		await failAt(second, ['id_blur_detection']);
		await published.waitForExecutions(second);
		expect(environment.smtp.mails).toHaveLength(1);
		expect(texts()).toEqual([
			expect.stringMatching(/^A verification has not succeeded\. inq_.*: failed · failed: ID blur/),
		]);
	});

	it.each([
		['a check that no document mends', ['id_blur_detection', 'id_age_comparison']],
		['no check at all', []],
	])('tells the team of a failure with %s', async (_, checks) => {
		const id = await failed(checks);
		await published.waitForExecutions(id);
		expect(texts()).toEqual([expect.stringContaining(buildDashboardUrl(id))]);
		expect(othersOf(id)).toEqual([]);
	});

	it('sends no link while something about the inquiry cannot be read', async () => {
		const { data } = await post('/inquiries', buildInquiry(newPerson('Doe')));
		const { relationships = {} } = find(data.id);
		relationships.reports = { data: [{ type: 'report/watchlist', id: 'rep_Gone' }] };
		await failAt(data.id, ['id_blur_detection']);
		await published.waitForExecutions(data.id);
		expect(texts()).toEqual([expect.stringContaining('watchlist report unknown')]);
		expect(othersOf(data.id)).toEqual([]);
	});

	it('tells the team where there is no address to send a link to', async () => {
		const id = await failed(['id_blur_detection'], { 'name-last': 'Doe' });
		await published.waitForExecutions(id);
		expect(texts()).toHaveLength(1);
		expect(environment.smtp.mails).toEqual([]);
	});

	it('tells the team of a decline, and asks the person for nothing', async () => {
		const id = await completeInquiry(environment.sandbox, newPerson('Doe'));
		await post(`/inquiries/${id}/decline`);
		await published.waitForExecutions(id);
		expect(texts()).toEqual([
			expect.stringMatching(/^A verification has not succeeded\. inq_.*: declined by review/),
		]);
		expect(othersOf(id)).toEqual([]);
	});

	it('does nothing about a failure that was approved before the event came', async () => {
		const { control } = environment.sandbox;
		const person = newPerson('Fail');
		control.holdDeliveries();
		const id = await completeInquiry(environment.sandbox, person);
		await post(`/inquiries/${id}/approve`);
		control.releaseDeliveries();
		const [{ status }] = await published.waitForExecutions(id);
		expect(status).toBe('success');
		expect(find(id).attributes.tags).toEqual([]);
		expect([texts(), blocked(person)]).toEqual([[], []]);
	});

	it('does nothing again when an event comes twice, or a failed inquiry is declined as well', async () => {
		const id = await failed(['id_blur_detection']);
		await published.waitForExecutions(id);
		await redeliverEvent(environment.sandbox, 'inquiry.failed', id);
		await published.waitForExecutions(id, 2);
		await post(`/inquiries/${id}/decline`);
		const executions = await published.waitForExecutions(id, 3);
		expect(executions.map(({ status }) => status)).toEqual(['success', 'success', 'success']);
		expect(othersOf(id)).toHaveLength(1);
		expect(environment.smtp.mails).toHaveLength(1);
		expect(texts()).toEqual([]);
	});

	it('waits until Slack takes the message', async () => {
		environment.slack.failNext({ status: 503 });
		const id = await failed([]);
		const [{ status }] = await published.waitForExecutions(id);
		expect(status).toBe('success');
		expect(texts()).toHaveLength(1);
	});

	it('keeps the address blocked while Slack is down, and a retry sends the warning alone', async () => {
		environment.slack.failNext({ status: 503 }, ALL_TRIES);
		const person = newPerson('Fail');
		const id = await completeInquiry(environment.sandbox, person);
		const [broken] = await published.waitForExecutions(id);
		expect([broken.status, broken.lastNode]).toEqual(['error', 'Warn of a forgery']);
		expect(blocked(person)).toHaveLength(1);
		expect(texts()).toEqual([]);

		const retried = await published.retryExecution(broken);
		expect(retried.status).toBe('success');
		expect(texts()).toHaveLength(1);
		expect(countActions(environment.sandbox, id, 'add-tag')).toBe(1);
	});

	it('opens the case by a retry when Persona has refused it', async () => {
		environment.sandbox.control.addFault({
			method: 'POST',
			path: '/cases',
			kind: 'status',
			status: 403,
		});
		const id = await completeInquiry(environment.sandbox, newPerson('Mask'));
		const [broken] = await published.waitForExecutions(id);
		expect([broken.status, broken.lastNode]).toEqual(['error', 'Open a case']);
		expect(casesOf(id)).toEqual([]);

		const retried = await published.retryExecution(broken);
		expect(retried.status).toBe('success');
		expect(casesOf(id).map(({ attributes }) => attributes['assignee-id'])).toEqual([fixtures.user]);
	});
});
