import type { IDataObject } from 'n8n-workflow';
import { completeHostedFlow } from '../../../tools/completeHostedFlow.mts';
import { fixtures, type StoredObject } from '../../../sandbox/sandbox.mts';
import { send } from '../../support/apiClient.mts';
import { fetchRows } from './dataTable.mts';
import { requestDecision, requestNewLink, waitForDecision, type Decision } from './decision.mts';
import {
	startWorkflowEnvironment,
	type WorkflowEnvironment,
	type PublishedWorkflow,
} from './workflowEnvironment.mts';
import { appKey } from './services.mts';
import { redeliverEvent, completeInquiry, countActions } from './scenarioSteps.mts';

const { inquiryTemplate: ID_AND_SELFIE, idOnlyInquiryTemplate: ID } = fixtures;

const PATH = 'persona-payment';

describe('"Verify by risk"', () => {
	let environment: WorkflowEnvironment;
	let published: PublishedWorkflow;
	let users = 0;
	let payments = 0;

	beforeAll(async () => {
		environment = await startWorkflowEnvironment({
			webhookRetrySeconds: [1, 1, 2, 4],
			rateLimit: { maxRequests: 10_000, windowSeconds: 60 },
		});
		published = await environment.publishWorkflow('02-verify-by-risk');
		await published.runOnce();
	});
	afterAll(async () => await environment?.close());

	const inquiries = () => environment.sandbox.control.store.getCollection('inquiry').findAll();

	const find = (id?: string) => environment.sandbox.control.find(String(id)) as StoredObject;

	const statusOf = (id?: string) => find(id).attributes.status;

	/** A user whom nobody has seen yet, with what belongs to the account. */
	const newUser = (more: IDataObject = {}): IDataObject => {
		users += 1;
		const userId = `payer-${users}`;
		return { userId, email: `${userId}@example.com`, firstName: 'Jane', lastName: 'Doe', ...more };
	};

	const payment = (user: IDataObject, amount: unknown, more: IDataObject = {}): IDataObject => {
		payments += 1;
		return { ...user, paymentId: `payment-${payments}`, amount, ...more } as IDataObject;
	};

	/** What your app does before it carries out a payment. */
	const ask = async (body: IDataObject, headers?: Record<string, string>) =>
		await requestDecision(environment, PATH, body, headers);

	/** Asks again until it is told this decision. */
	const becomes = async (body: IDataObject, decision: string) =>
		await waitForDecision(async () => await ask(body), decision);

	const templateOf = ({ inquiryId }: Decision) => {
		const { relationships = {} } = find(inquiryId);
		return Object(relationships['inquiry-template'].data).id as string;
	};

	/** A payment that needs a verification, and what the app was told about it. */
	const risky = async (lastName = 'Doe') => {
		const body = payment(newUser({ lastName }), 1_000);
		const { inquiryId = '', link = '' } = await ask(body);
		return { body, id: inquiryId, link };
	};

	it('answers nobody who does not have the key', async () => {
		const body = payment(newUser(), 10);
		expect(await ask(body, {})).toMatchObject({ status: 403 });
		expect(await ask(body, { [appKey.name]: 'wrong' })).toMatchObject({ status: 403 });
	});

	it.each([
		[{ userId: '' }],
		[{ paymentId: undefined }],
		[{ amount: '1000' }],
		[{ amount: 0 }],
		[{ amount: -5 }],
		[{ amount: null }],
	])('refuses a payment with %p', async (more) => {
		expect(await ask({ ...payment(newUser(), 10), ...more } as IDataObject)).toEqual({
			status: 400,
			error: 'A payment needs userId, paymentId and an amount',
		});
	});

	it('lets a payment of low risk pass without asking Persona anything', async () => {
		const { requests } = environment.sandbox.control;
		const before = requests.length;
		const body = payment(newUser(), 199.99);
		expect(await ask(body)).toEqual({ status: 200, decision: 'pass' });
		expect(await ask(body)).toEqual({ status: 200, decision: 'pass' });
		expect(requests).toHaveLength(before);
	});

	it.each([
		[200, ID],
		[999.99, ID],
		[1_000, ID_AND_SELFIE],
	])('asks who pays %p for what the template %s asks for', async (amount, template) => {
		const user = newUser();
		const answer = await ask(payment(user, amount));
		expect(answer).toMatchObject({ status: 200, decision: 'verify' });
		expect(templateOf(answer)).toBe(template);
		expect(find(answer.inquiryId).attributes['reference-id']).toBe(user.userId);
	});

	it('counts what a user pays within a day as one amount', async () => {
		const user = newUser();
		expect(await ask(payment(user, 150))).toMatchObject({ decision: 'pass' });
		expect(templateOf(await ask(payment(user, 50)))).toBe(ID);
		expect(templateOf(await ask(payment(user, 800)))).toBe(ID_AND_SELFIE);
	});

	it('asks for an ID at the fifth payment within a day', async () => {
		const user = newUser();
		for (let count = 1; count < 5; count++) {
			expect(await ask(payment(user, 1))).toMatchObject({ decision: 'pass' });
		}
		expect(templateOf(await ask(payment(user, 1)))).toBe(ID);
	});

	it.each([['email'], ['phone'], ['bankAccount']])(
		'asks for an ID when the %s is not that of the last payment that passed',
		async (name) => {
			const user = newUser({ phone: '+15555550100', bankAccount: 'DE02120300000000202051' });
			expect(await ask(payment(user, 1))).toMatchObject({ decision: 'pass' });
			const changed = { ...user, [name]: 'new@example.com' };
			expect(templateOf(await ask(payment(changed, 1)))).toBe(ID);
			// What is not proven yet is not known from then on.
			expect(templateOf(await ask(payment(changed, 2)))).toBe(ID);
			expect(templateOf(await ask(payment(changed, 300)))).toBe(ID_AND_SELFIE);
		},
	);

	it('knows changed details once their payment has passed', async () => {
		const user = newUser();
		await ask(payment(user, 1));
		const changed = { ...user, email: 'changed@example.com' };
		const body = payment(changed, 1);
		await completeHostedFlow(String((await ask(body)).link));
		await becomes(body, 'pass');
		expect(await ask(payment(changed, 1))).toEqual({ status: 200, decision: 'pass' });
	});

	it('keeps no details of the account in its table', async () => {
		const user = newUser({ bankAccount: 'DE02500105170137075030' });
		await ask(payment(user, 1));
		const rows = await fetchRows(environment.client);
		expect(JSON.stringify(rows)).toContain(user.userId);
		expect(JSON.stringify(rows)).not.toMatch(/@example\.com|DE02500105170137075030|Jane/);
	});

	it('lets the payment pass of who leaves no doubt', async () => {
		const { body, id, link } = await risky();
		await completeHostedFlow(link);
		await becomes(body, 'pass');
		expect(await ask(body)).toEqual({ status: 200, decision: 'pass', inquiryId: id });
		expect(find(id).attributes).toMatchObject({
			status: 'approved',
			'reviewer-comment': 'All checks passed',
		});
	});

	it.each([
		['approve', 'pass'],
		['decline', 'stop'],
	])('leaves a doubt to a person, who may %s it', async (decision, end) => {
		const { body, id, link } = await risky('Proxy');
		await completeHostedFlow(link);
		await becomes(body, 'review');
		expect(statusOf(id)).toBe('needs_review');
		await send(environment.sandbox, 'POST', `/inquiries/${id}/${decision}`);
		await becomes(body, end);
	});

	it.each([
		['failed', 'Fail'],
		['expired', 'Doe'],
	])('stops a payment whose inquiry has %s', async (end, lastName) => {
		const { body, id, link } = await risky(lastName);
		if (end === 'expired') await send(environment.sandbox, 'POST', `/inquiries/${id}/expire`);
		else await completeHostedFlow(link);
		await becomes(body, 'stop');
		expect(statusOf(id)).toBe(end);
	});

	it('tells who asks again what it knows, without asking Persona anything', async () => {
		const { body, id } = await risky();
		const { requests } = environment.sandbox.control;
		const before = requests.length;
		expect(await ask(body)).toEqual({ status: 200, decision: 'verify', inquiryId: id });
		expect(requests).toHaveLength(before);
	});

	it('gives the same inquiry a new link where the old one is lost, until it is decided', async () => {
		const { body, id, link } = await risky();
		const again = await requestNewLink(environment, PATH, body);
		expect(again).toMatchObject({ status: 200, decision: 'verify', inquiryId: id });
		expect(again.link).not.toBe(link);
		await completeHostedFlow(String(again.link));
		await becomes(body, 'pass');
		expect(await requestNewLink(environment, PATH, body)).toEqual({
			status: 200,
			decision: 'pass',
			inquiryId: id,
		});
	});

	it('makes one inquiry of a payment that is sent twice at the same moment', async () => {
		const before = inquiries().length;
		const body = payment(newUser(), 1_000);
		const [one, other] = await Promise.all([ask(body), ask(body)]);
		expect(one).toMatchObject({ status: 200, decision: 'verify' });
		expect(other.inquiryId).toBe(one.inquiryId);
		expect(inquiries()).toHaveLength(before + 1);
	});

	it('takes a payment whose amount has changed for another one', async () => {
		const user = newUser();
		const body = payment(user, 1);
		expect(await ask(body)).toMatchObject({ decision: 'pass' });
		expect(await ask({ ...body, amount: 5_000 })).toMatchObject({ decision: 'verify' });
		expect(await ask(body)).toMatchObject({ decision: 'pass' });
	});

	it('leaves inquiries alone that no payment has asked for', async () => {
		const id = await completeInquiry(environment.sandbox, { 'name-last': 'Doe' });
		const [execution] = await published.waitForExecutions(id);
		expect([execution.status, execution.lastNode]).toEqual(['success', 'Is it about a payment?']);
		expect(statusOf(id)).toBe('completed');
	});

	it('does not decide again what was decided before the event came', async () => {
		const { control } = environment.sandbox;
		const { body, id, link } = await risky();
		control.holdDeliveries();
		await completeHostedFlow(link);
		await send(environment.sandbox, 'POST', `/inquiries/${id}/decline`);
		control.releaseDeliveries();
		await becomes(body, 'stop');
		await published.waitForExecutions(id, 2);
		expect(statusOf(id)).toBe('declined');
		expect(countActions(environment.sandbox, id, 'approve')).toBe(0);
		expect(await ask(body)).toMatchObject({ decision: 'stop' });
	});

	it('does nothing again when Persona delivers events twice', async () => {
		const { body, id, link } = await risky();
		await completeHostedFlow(link);
		await becomes(body, 'pass');
		const before = await published.waitForExecutions(id, 2);
		await redeliverEvent(environment.sandbox, 'inquiry.completed', id);
		await redeliverEvent(environment.sandbox, 'inquiry.approved', id);
		const executions = await published.waitForExecutions(id, before.length + 2);
		expect(new Set(executions.map(({ status }) => status))).toEqual(new Set(['success']));
		expect(countActions(environment.sandbox, id, 'approve')).toBe(1);
		expect(await ask(body)).toMatchObject({ decision: 'pass' });
	});

	it('lets nothing pass while a decision fails, and a retry goes on from there', async () => {
		const { body, id, link } = await risky();
		environment.sandbox.control.addFault({
			path: '/inquiries/.+/approve',
			kind: 'status',
			status: 403,
		});
		await completeHostedFlow(link);
		const [failed] = await published.waitForExecutions(id);
		expect([failed.status, failed.lastNode]).toEqual(['error', 'Approve']);
		expect(await ask(body)).toEqual({ status: 200, decision: 'verify', inquiryId: id });

		expect(await published.retryExecution(failed)).toMatchObject({ status: 'success' });
		await becomes(body, 'pass');
	});

	it('lets nothing pass while Persona refuses, and takes the payment again', async () => {
		const body = payment(newUser(), 1_000);
		const before = inquiries().length;
		environment.sandbox.control.addFault({ path: '/inquiries', kind: 'status', status: 403 });
		const refused = await ask(body);
		expect([refused.status, refused.decision]).toEqual([500, undefined]);
		expect(inquiries()).toHaveLength(before);
		expect(await ask(body)).toMatchObject({ status: 200, decision: 'verify' });
		expect(inquiries()).toHaveLength(before + 1);
	});
});
