import type { IDataObject } from 'n8n-workflow';
import { waitFor } from '../../../tools/n8n/n8nClient.mts';
import { completeHostedFlow } from '../../../tools/completeHostedFlow.mts';
import { fixtures, type StoredObject } from '../../../sandbox/sandbox.mts';
import { buildInquiry, send } from '../../support/apiClient.mts';
import { requestDecision, waitForDecision } from './decision.mts';
import {
	getExecutedNodes,
	startWorkflowEnvironment,
	type WorkflowEnvironment,
	type PublishedWorkflow,
} from './workflowEnvironment.mts';
import { appKey } from '../../../tools/services/services.mts';
import { redeliverEvent } from './scenarioSteps.mts';
import { testDecisions, waitForFailureAt } from './decisionScenarios.mts';

const PATH = 'persona-transaction';

const DAY_MS = 86_400_000;

/** From this amount on a transaction needs a recent approval. */
const LARGE_AMOUNT = 1_000;

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

	const findInquiries = () => environment.sandbox.control.store.getCollection('inquiry').findAll();

	const getAttributes = (id: string) =>
		(environment.sandbox.control.find(id) as StoredObject).attributes;

	const decide = async (id: string, decision: 'approve' | 'decline') =>
		await send(environment.sandbox, 'POST', `/inquiries/${id}/${decision}`);

	/** Creates the data of a new user. */
	const createUser = (lastName = 'Doe') => {
		users += 1;
		return { userId: `client-${users}`, firstName: 'Jane', lastName };
	};

	let transactions = 0;

	const createTransaction = (user: IDataObject, amount: unknown = LARGE_AMOUNT): IDataObject => {
		transactions += 1;
		return { ...user, transactionId: `transaction-${transactions}`, amount } as IDataObject;
	};

	/** Requests a decision as your app does before a transaction. */
	const requestTransaction = async (body: IDataObject, headers?: Record<string, string>) =>
		await requestDecision(environment, PATH, body, headers);

	/** Requests the decision until it is this one. */
	const waitForResult = async (body: IDataObject, decision: string) =>
		await waitForDecision(async () => await requestTransaction(body), decision);

	/** Starts a transaction whose execution waits for the person. */
	const startWaiting = async (lastName?: string, more: IDataObject = {}) => {
		const body = { ...createTransaction(createUser(lastName)), ...more };
		const { status, decision, inquiryId: id = '', link = '' } = await requestTransaction(body);
		expect([status, decision]).toEqual([200, 'verify']);
		await waitFor('Persona has the return address', async () =>
			environment.sandbox.control.requests.some(
				({ method, path }) => method === 'PATCH' && path.endsWith(`/inquiries/${id}`),
			),
		);
		return { body, id, link };
	};

	/** Creates an approval of a user in another process, this many days ago. */
	const createApproval = async (userId: string, daysAgo = 0) => {
		const { control } = environment.sandbox;
		const { data } = await send(
			environment.sandbox,
			'POST',
			'/inquiries',
			buildInquiry({}, { 'reference-id': userId }),
		);
		control.holdDeliveries();
		await decide(data.id, 'approve');
		getAttributes(data.id)['decisioned-at'] = new Date(Date.now() - daysAgo * DAY_MS).toISOString();
		control.releaseDeliveries();
		const [{ status }] = await published.waitForExecutions(data.id);
		expect(status).toBe('success');
		return data.id;
	};

	it('rejects a transaction without the app key', async () => {
		const body = createTransaction(createUser());
		expect(await requestTransaction(body, {})).toMatchObject({ status: 403 });
		expect(await requestTransaction(body, { [appKey.name]: 'wrong' })).toMatchObject({
			status: 403,
		});
	});

	it.each([
		[{ amount: '1000' }],
		[{ amount: -1_000 }],
		[{ waitMinutes: 0 }],
		[{ waitMinutes: 1_441 }],
		[{ waitMinutes: '60' }],
		[{ firstName: { first: 'Jane' } }],
	])('rejects a transaction with %p', async (more) => {
		const before = findInquiries().length;
		expect(
			await requestTransaction({ ...createTransaction(createUser()), ...more } as IDataObject),
		).toEqual({
			status: 400,
			error: expect.stringMatching(
				/^A transaction needs .+ waitMinutes is a number of up to 1440, and names are text\.$/,
			),
		});
		expect(findInquiries()).toHaveLength(before);
	});

	it('passes a small transaction without a request to Persona', async () => {
		const { requests } = environment.sandbox.control;
		const before = requests.length;
		const body = createTransaction(createUser(), LARGE_AMOUNT - 0.01);
		expect(await requestTransaction(body)).toEqual({ status: 200, decision: 'pass' });
		expect(await requestTransaction(body)).toEqual({ status: 200, decision: 'pass' });
		expect(requests).toHaveLength(before);
	});

	it('passes a large transaction of a user who was approved within 90 days', async () => {
		const user = createUser();
		await createApproval(user.userId, 89);
		expect(await requestTransaction(createTransaction(user))).toEqual({
			status: 200,
			decision: 'pass',
		});
	});

	it('verifies a user again who was approved more than 90 days ago', async () => {
		const user = createUser();
		await createApproval(user.userId, 91);
		const { decision, inquiryId = '' } = await requestTransaction(createTransaction(user));
		expect(decision).toBe('verify');
		expect(
			(environment.sandbox.control.find(inquiryId) as StoredObject).relationships,
		).toMatchObject({
			'inquiry-template': { data: { id: fixtures.inquiryTemplate } },
		});
		expect(getAttributes(inquiryId)['reference-id']).toBe(user.userId);
	});

	it('uses the latest approval, whichever event arrives last', async () => {
		const user = createUser();
		await createApproval(user.userId, 1);
		await createApproval(user.userId, 200);
		expect(await requestTransaction(createTransaction(user))).toMatchObject({ decision: 'pass' });
	});

	it('ignores an approval that was replaced by a decline', async () => {
		const user = createUser();
		const id = await createApproval(user.userId);
		await decide(id, 'decline');
		await published.waitForExecutions(id, 2);
		await redeliverEvent(environment.sandbox, 'inquiry.approved', id);
		await published.waitForExecutions(id, 3);
		expect(await requestTransaction(createTransaction(user))).toMatchObject({ decision: 'verify' });
	});

	describe('of a user with several inquiries', () => {
		/** Creates an inquiry of a user whom another process verifies, and returns its ID. */
		const createOther = async (userId: string, attributes: IDataObject = {}) => {
			const other = { 'reference-id': userId, ...attributes };
			const { data } = await send(
				environment.sandbox,
				'POST',
				'/inquiries',
				buildInquiry({}, other),
			);
			return data.id;
		};

		const end = async (id: string, action: string) => {
			await send(environment.sandbox, 'POST', `/inquiries/${id}/${action}`);
			if (action !== 'expire') await published.waitForExecutions(id);
		};

		it('passes nothing after a decline of the newer one, in whatever order the events arrive', async () => {
			for (const actions of [
				['older approve', 'newer decline'],
				['newer decline', 'older approve'],
			]) {
				const user = createUser();
				const ids: Record<string, string> = { older: await createOther(user.userId) };
				ids.newer = await createOther(user.userId);
				for (const [which, action] of actions.map((each) => each.split(' ')))
					await end(ids[which], action);
				const { decision } = await requestTransaction(createTransaction(user));
				expect([actions, decision]).toEqual([actions, 'verify']);
			}
		});

		it.each(['decline', 'expire'])(
			'passes after an approval of the newer one, also when %s is done to the older one',
			async (action) => {
				const user = createUser();
				const older = await createOther(user.userId);
				const newer = await createOther(user.userId);
				await end(newer, 'approve');
				await end(older, action);
				expect(await requestTransaction(createTransaction(user))).toMatchObject({
					decision: 'pass',
				});
			},
		);

		it('counts an inquiry that was created by the account alone', async () => {
			const user = createUser();
			const first = await createOther(user.userId);
			await end(first, 'approve');
			const { relationships = {} } = environment.sandbox.control.find(first) as StoredObject;
			const accountId = Object(relationships.account.data).id as string;
			const second = await createOther(user.userId, {
				'reference-id': null,
				'account-id': accountId,
			});
			await end(second, 'decline');
			expect(await requestTransaction(createTransaction(user))).toMatchObject({
				decision: 'verify',
			});
		});
	});

	it('ignores the approval of another user', async () => {
		const user = createUser();
		await createApproval(user.userId);
		expect(await requestTransaction(createTransaction(createUser()))).toMatchObject({
			decision: 'verify',
		});
	});

	it('waits until the person returns, and passes the transaction and the next one', async () => {
		const { body, id, link } = await startWaiting();
		await completeHostedFlow(link);
		expect(await waitForResult(body, 'pass')).toEqual({
			status: 200,
			decision: 'pass',
			inquiryId: id,
		});
		expect(getAttributes(id)).toMatchObject({
			status: 'approved',
			'reviewer-comment': 'All checks passed',
		});
		await published.waitForExecutions(id);
		expect(await requestTransaction(createTransaction(body))).toEqual({
			status: 200,
			decision: 'pass',
		});
	});

	it.each([
		['approve', 'pass'],
		['decline', 'stop'],
	] as const)(
		'sends a doubtful case to review, where a person may %s it',
		async (decision, end) => {
			const { body, id, link } = await startWaiting('Proxy');
			await completeHostedFlow(link);
			await waitForResult(body, 'review');
			expect(getAttributes(id).status).toBe('needs_review');
			await decide(id, decision);
			await waitForResult(body, end);
		},
	);

	it('does not approve an inquiry that Persona has marked for review', async () => {
		const { body, id, link } = await startWaiting('Review');
		await completeHostedFlow(link);
		await waitForResult(body, 'review');
		expect(getAttributes(id).status).toBe('needs_review');
	});

	it('stops the transaction of a person who fails', async () => {
		const { body, id, link } = await startWaiting('Fail');
		await completeHostedFlow(link);
		await waitForResult(body, 'stop');
		expect(getAttributes(id).status).toBe('failed');
	});

	it('stops the transaction of a person who does not return in time, permanently', async () => {
		const { body, id } = await startWaiting('Doe', { waitMinutes: 0.1 });
		await waitForResult(body, 'stop');
		await waitFor('the inquiry is expired', async () => getAttributes(id).status === 'expired');
		await decide(id, 'approve');
		await published.waitForExecutions(id);
		expect(await requestTransaction(body)).toMatchObject({ decision: 'stop' });
		expect(await requestTransaction(createTransaction(body))).toMatchObject({ decision: 'pass' });
	});

	it('repeats its decision without a request to Persona and without waiting twice', async () => {
		const { body, id } = await startWaiting();
		const { requests } = environment.sandbox.control;
		const before = requests.length;
		expect(await requestTransaction(body)).toEqual({
			status: 200,
			decision: 'verify',
			inquiryId: id,
		});
		expect(requests).toHaveLength(before);
		const [{ id: newest }] = await environment.client.fetchExecutions(published.workflow.id, 1);
		const execution = await environment.client.waitForExecution(newest);
		expect(execution.status).toBe('success');
		expect(getExecutedNodes(execution)).not.toContain('Wait for the person');
	});

	it('treats a transaction with another amount as a new one', async () => {
		const body = createTransaction(createUser(), 1);
		expect(await requestTransaction(body)).toMatchObject({ decision: 'pass' });
		expect(await requestTransaction({ ...body, amount: LARGE_AMOUNT })).toMatchObject({
			decision: 'verify',
		});
	});

	it('returns the link even if the wait fails, and a retry waits', async () => {
		const body = createTransaction(createUser());
		environment.sandbox.control.addFault({
			method: 'PATCH',
			path: '/inquiries/.+',
			kind: 'status',
			status: 403,
		});
		const { decision, link } = await requestTransaction(body);
		expect(decision).toBe('verify');
		const failed = await waitForFailureAt({ environment, published }, 'Wait for the person');
		expect(await published.retryExecution(failed)).toMatchObject({ status: 'waiting' });
		await completeHostedFlow(String(link));
		await waitForResult(body, 'pass');
	});

	testDecisions(PATH, ['userId', 'transactionId'], () => ({
		environment,
		published,
		createBody: () => createTransaction(createUser()),
		start: startWaiting,
	}));
});
