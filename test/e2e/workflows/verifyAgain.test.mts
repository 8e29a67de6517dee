import type { IDataObject } from 'n8n-workflow';
import { waitFor } from '../../../tools/n8n/n8nClient.mts';
import { completeHostedFlow } from '../../../tools/completeHostedFlow.mts';
import { fixtures, type StoredObject } from '../../../sandbox/sandbox.mts';
import { buildInquiry, send } from '../../support/apiClient.mts';
import { requestDecision, requestNewLink, waitForDecision } from './decision.mts';
import {
	getExecutedNodes,
	startWorkflowEnvironment,
	type WorkflowEnvironment,
	type PublishedWorkflow,
} from './workflowEnvironment.mts';
import { appKey } from './services.mts';
import { redeliverEvent } from './scenarioSteps.mts';

const PATH = 'persona-transaction';

const DAY = 86_400_000;

/** From this amount on a recent approval is needed. */
const LARGE = 1_000;

describe('"Verify again before large transactions"', () => {
	let environment: WorkflowEnvironment;
	let published: PublishedWorkflow;
	let users = 0;

	beforeAll(async () => {
		environment = await startWorkflowEnvironment({
			webhookRetrySeconds: [1, 1, 2, 4],
			rateLimit: { maxRequests: 10_000, windowSeconds: 60 },
		});
		published = await environment.publishWorkflow('03-verify-again-before-large-transactions');
		await published.runOnce();
	});
	afterAll(async () => await environment?.close());

	const inquiries = () => environment.sandbox.control.store.getCollection('inquiry').findAll();

	const attributesOf = (id: string) =>
		(environment.sandbox.control.find(id) as StoredObject).attributes;

	const decide = async (id: string, decision: 'approve' | 'decline') =>
		await send(environment.sandbox, 'POST', `/inquiries/${id}/${decision}`);

	/** A user whom nobody has seen yet. */
	const newUser = (lastName = 'Doe') => {
		users += 1;
		return { userId: `client-${users}`, firstName: 'Jane', lastName };
	};

	let transactions = 0;

	const transaction = (user: IDataObject, amount: unknown = LARGE): IDataObject => {
		transactions += 1;
		return { ...user, transactionId: `transaction-${transactions}`, amount } as IDataObject;
	};

	/** What your app does before it carries out a transaction. */
	const ask = async (body: IDataObject, headers?: Record<string, string>) =>
		await requestDecision(environment, PATH, body, headers);

	/** Asks again until it is told this decision. */
	const becomes = async (body: IDataObject, decision: string) =>
		await waitForDecision(async () => await ask(body), decision);

	/** A transaction for which an execution sleeps, and what the app was told about it. */
	const asleep = async (lastName?: string, more: IDataObject = {}) => {
		const body = { ...transaction(newUser(lastName)), ...more };
		const { status, decision, inquiryId: id = '', link = '' } = await ask(body);
		expect([status, decision]).toEqual([200, 'verify']);
		await waitFor('Persona knows where the person returns to', async () =>
			environment.sandbox.control.requests.some(
				({ method, path }) => method === 'PATCH' && path.endsWith(`/inquiries/${id}`),
			),
		);
		return { body, id, link };
	};

	/** The newest failed execution, once it is one that ended at this node. */
	const failedAt = async (nodeName: string) =>
		await waitFor(`an execution fails at "${nodeName}"`, async () => {
			const executions = await environment.client.fetchExecutions(published.workflow.id, 100);
			const newest = executions.find(({ status }) => status === 'error');
			const execution = newest && (await environment.client.fetchExecution(newest.id));
			return execution?.lastNode === nodeName && execution;
		});

	/** Has a user approved somewhere else, so many days ago. */
	const approved = async (userId: string, daysAgo = 0) => {
		const { control } = environment.sandbox;
		const { data } = await send(
			environment.sandbox,
			'POST',
			'/inquiries',
			buildInquiry({}, { 'reference-id': userId }),
		);
		control.holdDeliveries();
		await decide(data.id, 'approve');
		attributesOf(data.id)['decisioned-at'] = new Date(Date.now() - daysAgo * DAY).toISOString();
		control.releaseDeliveries();
		const [{ status }] = await published.waitForExecutions(data.id);
		expect(status).toBe('success');
		return data.id;
	};

	it('answers nobody who does not have the key', async () => {
		const body = transaction(newUser());
		expect(await ask(body, {})).toMatchObject({ status: 403 });
		expect(await ask(body, { [appKey.name]: 'wrong' })).toMatchObject({ status: 403 });
	});

	it.each([
		[{ userId: null }],
		[{ transactionId: '' }],
		[{ amount: '1000' }],
		[{ amount: -1_000 }],
		[{ waitMinutes: 0 }],
		[{ waitMinutes: 1_441 }],
	])('refuses a transaction with %p', async (more) => {
		const before = inquiries().length;
		expect(await ask({ ...transaction(newUser()), ...more } as IDataObject)).toEqual({
			status: 400,
			error: 'A transaction needs userId, transactionId, an amount, and no more than a day to wait',
		});
		expect(inquiries()).toHaveLength(before);
	});

	it('lets what is not large go on without asking Persona anything', async () => {
		const { requests } = environment.sandbox.control;
		const before = requests.length;
		const body = transaction(newUser(), LARGE - 0.01);
		expect(await ask(body)).toEqual({ status: 200, decision: 'pass' });
		expect(await ask(body)).toEqual({ status: 200, decision: 'pass' });
		expect(requests).toHaveLength(before);
	});

	it('lets a large transaction go on of who was approved within 90 days', async () => {
		const user = newUser();
		await approved(user.userId, 89);
		expect(await ask(transaction(user))).toEqual({ status: 200, decision: 'pass' });
	});

	it('asks again who was approved more than 90 days ago', async () => {
		const user = newUser();
		await approved(user.userId, 91);
		const { decision, inquiryId = '' } = await ask(transaction(user));
		expect(decision).toBe('verify');
		expect(
			(environment.sandbox.control.find(inquiryId) as StoredObject).relationships,
		).toMatchObject({
			'inquiry-template': { data: { id: fixtures.inquiryTemplate } },
		});
		expect(attributesOf(inquiryId)['reference-id']).toBe(user.userId);
	});

	it('counts the newest approval, whichever event comes last', async () => {
		const user = newUser();
		await approved(user.userId, 1);
		await approved(user.userId, 200);
		expect(await ask(transaction(user))).toMatchObject({ decision: 'pass' });
	});

	it('counts no approval that was taken back', async () => {
		const user = newUser();
		const id = await approved(user.userId);
		await decide(id, 'decline');
		await published.waitForExecutions(id, 2);
		await redeliverEvent(environment.sandbox, 'inquiry.approved', id);
		await published.waitForExecutions(id, 3);
		expect(await ask(transaction(user))).toMatchObject({ decision: 'verify' });
	});

	it('does not count the approval of somebody else', async () => {
		const user = newUser();
		await approved(user.userId);
		expect(await ask(transaction(newUser()))).toMatchObject({ decision: 'verify' });
	});

	it('sleeps until the person is back, and lets the transaction go on and the next one too', async () => {
		const { body, id, link } = await asleep();
		await completeHostedFlow(link);
		expect(await becomes(body, 'pass')).toEqual({ status: 200, decision: 'pass', inquiryId: id });
		expect(attributesOf(id)).toMatchObject({
			status: 'approved',
			'reviewer-comment': 'All checks passed',
		});
		await published.waitForExecutions(id);
		expect(await ask(transaction(body))).toEqual({
			status: 200,
			decision: 'pass',
		});
	});

	it.each([
		['approve', 'pass'],
		['decline', 'stop'],
	] as const)('leaves a doubt to a person, who may %s it', async (decision, end) => {
		const { body, id, link } = await asleep('Proxy');
		await completeHostedFlow(link);
		await becomes(body, 'review');
		expect(attributesOf(id).status).toBe('needs_review');
		await decide(id, decision);
		await becomes(body, end);
	});

	it('does not approve what Persona itself has marked for review', async () => {
		const { body, id, link } = await asleep('Review');
		await completeHostedFlow(link);
		await becomes(body, 'review');
		expect(attributesOf(id).status).toBe('needs_review');
	});

	it('stops the transaction of who fails', async () => {
		const { body, id, link } = await asleep('Fail');
		await completeHostedFlow(link);
		await becomes(body, 'stop');
		expect(attributesOf(id).status).toBe('failed');
	});

	it('stops the transaction of who does not come in time, for good', async () => {
		const { body, id } = await asleep('Doe', { waitMinutes: 0.1 });
		await becomes(body, 'stop');
		await waitFor('the inquiry is expired', async () => attributesOf(id).status === 'expired');
		await decide(id, 'approve');
		await published.waitForExecutions(id);
		expect(await ask(body)).toMatchObject({ decision: 'stop' });
		expect(await ask(transaction(body))).toMatchObject({ decision: 'pass' });
	});

	it('tells who asks again what it knows, without asking Persona anything or sleeping twice', async () => {
		const { body, id } = await asleep();
		const { requests } = environment.sandbox.control;
		const before = requests.length;
		expect(await ask(body)).toEqual({ status: 200, decision: 'verify', inquiryId: id });
		expect(requests).toHaveLength(before);
		const [{ id: newest }] = await environment.client.fetchExecutions(published.workflow.id, 1);
		const execution = await environment.client.waitForExecution(newest);
		expect(execution.status).toBe('success');
		expect(getExecutedNodes(execution)).not.toContain('Wait for the person');
	});

	it('gives the same inquiry a new link where the old one is lost, until it is decided', async () => {
		const { body, id, link } = await asleep();
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

	it('makes one inquiry of a transaction that is sent twice at the same moment', async () => {
		const before = inquiries().length;
		const body = transaction(newUser());
		const [one, other] = await Promise.all([ask(body), ask(body)]);
		expect(one).toMatchObject({ status: 200, decision: 'verify' });
		expect(other.inquiryId).toBe(one.inquiryId);
		expect(inquiries()).toHaveLength(before + 1);
	});

	it('takes a transaction whose amount has changed for another one', async () => {
		const body = transaction(newUser(), 1);
		expect(await ask(body)).toMatchObject({ decision: 'pass' });
		expect(await ask({ ...body, amount: LARGE })).toMatchObject({ decision: 'verify' });
	});

	it('stops nothing and lets nothing pass while Persona refuses, and takes it again', async () => {
		const body = transaction(newUser());
		const before = inquiries().length;
		environment.sandbox.control.addFault({ path: '/inquiries', kind: 'status', status: 403 });
		const refused = await ask(body);
		expect([refused.status, refused.decision]).toEqual([500, undefined]);
		expect(inquiries()).toHaveLength(before);
		expect(await ask(body)).toMatchObject({ status: 200, decision: 'verify' });
		expect(inquiries()).toHaveLength(before + 1);
	});

	it('lets nothing pass while a decision fails, and a retry goes on from there', async () => {
		const { body, id, link } = await asleep();
		environment.sandbox.control.addFault({
			path: '/inquiries/.+/approve',
			kind: 'status',
			status: 403,
		});
		await completeHostedFlow(link);
		const failed = await failedAt('Approve');
		expect(await ask(body)).toEqual({ status: 200, decision: 'verify', inquiryId: id });
		expect(await published.retryExecution(failed)).toMatchObject({ status: 'success' });
		await becomes(body, 'pass');
	});

	it('gives the link though nobody can be waited for, and a retry waits', async () => {
		const body = transaction(newUser());
		environment.sandbox.control.addFault({
			method: 'PATCH',
			path: '/inquiries/.+',
			kind: 'status',
			status: 403,
		});
		const { decision, link } = await ask(body);
		expect(decision).toBe('verify');
		const failed = await failedAt('Wait for the person');
		expect(await published.retryExecution(failed)).toMatchObject({ status: 'waiting' });
		await completeHostedFlow(String(link));
		await becomes(body, 'pass');
	});
});
