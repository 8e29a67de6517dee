import type { IDataObject } from 'n8n-workflow';
import { completeHostedFlow } from '../../../tools/completeHostedFlow.mts';
import { fixtures, type StoredObject } from '../../../sandbox/sandbox.mts';
import { send } from '../../support/apiClient.mts';
import { fetchRows } from './dataTable.mts';
import { requestDecision, waitForDecision, type Decision } from './decision.mts';
import {
	startWorkflowEnvironment,
	type WorkflowEnvironment,
	type PublishedWorkflow,
} from './workflowEnvironment.mts';
import { appKey } from '../../../tools/services/services.mts';
import { redeliverEvent, completeInquiry, countActions } from './scenarioSteps.mts';
import { testDecisions } from './decisionScenarios.mts';

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

	const findObject = (id?: string) => environment.sandbox.control.find(String(id)) as StoredObject;

	const getStatus = (id?: string) => findObject(id).attributes.status;

	/** Creates the data of a new user. */
	const createUser = (more: IDataObject = {}): IDataObject => {
		users += 1;
		const userId = `payer-${users}`;
		return { userId, email: `${userId}@example.com`, firstName: 'Jane', lastName: 'Doe', ...more };
	};

	const createPayment = (
		user: IDataObject,
		amount: unknown,
		more: IDataObject = {},
	): IDataObject => {
		payments += 1;
		return { ...user, paymentId: `payment-${payments}`, amount, ...more } as IDataObject;
	};

	/** Requests a decision as your app does before a payment. */
	const requestPayment = async (body: IDataObject, headers?: Record<string, string>) =>
		await requestDecision(environment, PATH, body, headers);

	/** Requests the decision until it is this one. */
	const waitForResult = async (body: IDataObject, decision: string) =>
		await waitForDecision(async () => await requestPayment(body), decision);

	const getTemplateId = ({ inquiryId }: Decision) => {
		const { relationships = {} } = findObject(inquiryId);
		return Object(relationships['inquiry-template'].data).id as string;
	};

	/** Starts a payment that needs a verification. */
	const startRiskyPayment = async (lastName = 'Doe') => {
		const body = createPayment(createUser({ lastName }), 1_000);
		const { inquiryId = '', link = '' } = await requestPayment(body);
		return { body, id: inquiryId, link };
	};

	it('rejects a payment without the app key', async () => {
		const body = createPayment(createUser(), 10);
		expect(await requestPayment(body, {})).toMatchObject({ status: 403 });
		expect(await requestPayment(body, { [appKey.name]: 'wrong' })).toMatchObject({ status: 403 });
	});

	it.each([
		[{ amount: '1000' }],
		[{ amount: 0 }],
		[{ amount: -5 }],
		[{ amount: null }],
		[{ email: { address: 'jane@example.com' } }],
		[{ firstName: ['Jane'] }],
	])('rejects a payment with %p', async (more) => {
		expect(
			await requestPayment({ ...createPayment(createUser(), 10), ...more } as IDataObject),
		).toEqual({
			status: 400,
			error: expect.stringMatching(
				/^A payment needs .+ amount, a number above 0\. Names and the other details are text\.$/,
			),
		});
	});

	it('passes a payment of low risk without a request to Persona', async () => {
		const { requests } = environment.sandbox.control;
		const before = requests.length;
		const body = createPayment(createUser(), 199.99);
		expect(await requestPayment(body)).toEqual({ status: 200, decision: 'pass' });
		expect(await requestPayment(body)).toEqual({ status: 200, decision: 'pass' });
		expect(requests).toHaveLength(before);
	});

	it.each([
		[200, ID],
		[999.99, ID],
		[1_000, ID_AND_SELFIE],
	])('verifies a payment of %p with the template %s', async (amount, template) => {
		const user = createUser();
		const response = await requestPayment(createPayment(user, amount));
		expect(response).toMatchObject({ status: 200, decision: 'verify' });
		expect(getTemplateId(response)).toBe(template);
		expect(findObject(response.inquiryId).attributes['reference-id']).toBe(user.userId);
	});

	it('adds up the payments of a user within a day', async () => {
		const user = createUser();
		expect(await requestPayment(createPayment(user, 150))).toMatchObject({ decision: 'pass' });
		expect(getTemplateId(await requestPayment(createPayment(user, 50)))).toBe(ID);
		expect(getTemplateId(await requestPayment(createPayment(user, 800)))).toBe(ID_AND_SELFIE);
	});

	it('asks for an ID at the fifth payment within a day', async () => {
		const user = createUser();
		for (let count = 1; count < 5; count++) {
			expect(await requestPayment(createPayment(user, 1))).toMatchObject({ decision: 'pass' });
		}
		expect(getTemplateId(await requestPayment(createPayment(user, 1)))).toBe(ID);
	});

	it.each([['email'], ['phone'], ['bankAccount']])(
		'asks for an ID when the %s differs from the last passed payment',
		async (name) => {
			const user = createUser({ phone: '+15555550100', bankAccount: 'DE02120300000000202051' });
			expect(await requestPayment(createPayment(user, 1))).toMatchObject({ decision: 'pass' });
			const changed = { ...user, [name]: 'new@example.com' };
			expect(getTemplateId(await requestPayment(createPayment(changed, 1)))).toBe(ID);
			// Details without a verification are not remembered.
			expect(getTemplateId(await requestPayment(createPayment(changed, 2)))).toBe(ID);
			expect(getTemplateId(await requestPayment(createPayment(changed, 300)))).toBe(ID_AND_SELFIE);
		},
	);

	it('remembers changed details once their payment has passed', async () => {
		const user = createUser();
		await requestPayment(createPayment(user, 1));
		const changed = { ...user, email: 'changed@example.com' };
		const body = createPayment(changed, 1);
		await completeHostedFlow(String((await requestPayment(body)).link));
		await waitForResult(body, 'pass');
		expect(await requestPayment(createPayment(changed, 1))).toEqual({
			status: 200,
			decision: 'pass',
		});
	});

	it('stores no account details in its table', async () => {
		const user = createUser({ bankAccount: 'DE02500105170137075030' });
		await requestPayment(createPayment(user, 1));
		const rows = await fetchRows(environment.client);
		expect(JSON.stringify(rows)).toContain(user.userId);
		expect(JSON.stringify(rows)).not.toMatch(/@example\.com|DE02500105170137075030|Jane/);
	});

	it('passes the payment of a clear case', async () => {
		const { body, id, link } = await startRiskyPayment();
		await completeHostedFlow(link);
		await waitForResult(body, 'pass');
		expect(await requestPayment(body)).toEqual({ status: 200, decision: 'pass', inquiryId: id });
		expect(findObject(id).attributes).toMatchObject({
			status: 'approved',
			'reviewer-comment': 'All checks passed',
		});
	});

	it.each([
		['approve', 'pass'],
		['decline', 'stop'],
	])('sends a doubtful case to review, where a person may %s it', async (decision, end) => {
		const { body, id, link } = await startRiskyPayment('Proxy');
		await completeHostedFlow(link);
		await waitForResult(body, 'review');
		expect(getStatus(id)).toBe('needs_review');
		await send(environment.sandbox, 'POST', `/inquiries/${id}/${decision}`);
		await waitForResult(body, end);
	});

	it.each([
		['failed', 'Fail'],
		['expired', 'Doe'],
	])('stops a payment whose inquiry has %s', async (end, lastName) => {
		const { body, id, link } = await startRiskyPayment(lastName);
		if (end === 'expired') await send(environment.sandbox, 'POST', `/inquiries/${id}/expire`);
		else await completeHostedFlow(link);
		await waitForResult(body, 'stop');
		expect(getStatus(id)).toBe(end);
	});

	it('repeats its decision without a request to Persona', async () => {
		const { body, id } = await startRiskyPayment();
		const { requests } = environment.sandbox.control;
		const before = requests.length;
		expect(await requestPayment(body)).toEqual({ status: 200, decision: 'verify', inquiryId: id });
		expect(requests).toHaveLength(before);
	});

	it('treats a payment with another amount as a new one', async () => {
		const user = createUser();
		const body = createPayment(user, 1);
		expect(await requestPayment(body)).toMatchObject({ decision: 'pass' });
		expect(await requestPayment({ ...body, amount: 5_000 })).toMatchObject({ decision: 'verify' });
		expect(await requestPayment(body)).toMatchObject({ decision: 'pass' });
	});

	it('does nothing about inquiries without a payment', async () => {
		const id = await completeInquiry(environment.sandbox, { 'name-last': 'Doe' });
		const [execution] = await published.waitForExecutions(id);
		expect([execution.status, execution.lastNode]).toEqual(['success', 'Is it about a payment?']);
		expect(getStatus(id)).toBe('completed');
	});

	it('keeps a decision that was made before the event arrived', async () => {
		const { control } = environment.sandbox;
		const { body, id, link } = await startRiskyPayment();
		control.holdDeliveries();
		await completeHostedFlow(link);
		await send(environment.sandbox, 'POST', `/inquiries/${id}/decline`);
		control.releaseDeliveries();
		await waitForResult(body, 'stop');
		await published.waitForExecutions(id, 2);
		expect(getStatus(id)).toBe('declined');
		expect(countActions(environment.sandbox, id, 'approve')).toBe(0);
		expect(await requestPayment(body)).toMatchObject({ decision: 'stop' });
	});

	it('does nothing again when Persona delivers events twice', async () => {
		const { body, id, link } = await startRiskyPayment();
		await completeHostedFlow(link);
		await waitForResult(body, 'pass');
		const before = await published.waitForExecutions(id, 2);
		await redeliverEvent(environment.sandbox, 'inquiry.completed', id);
		await redeliverEvent(environment.sandbox, 'inquiry.approved', id);
		const executions = await published.waitForExecutions(id, before.length + 2);
		expect(new Set(executions.map(({ status }) => status))).toEqual(new Set(['success']));
		expect(countActions(environment.sandbox, id, 'approve')).toBe(1);
		expect(await requestPayment(body)).toMatchObject({ decision: 'pass' });
	});

	testDecisions(PATH, ['userId', 'paymentId'], () => ({
		environment,
		published,
		createBody: () => createPayment(createUser(), 1_000),
		start: startRiskyPayment,
	}));
});
