import { send } from '../../support/apiClient.mts';
import {
	getExecutedNodes,
	startWorkflowEnvironment,
	type WorkflowEnvironment,
	type PublishedWorkflow,
} from './workflowEnvironment.mts';
import {
	getBirthdate,
	redeliverEvent,
	completeInquiry,
	buildDashboardUrl,
	countActions,
} from './scenarioSteps.mts';

/** How often the workflow asks a service that does not answer. */
const ALL_TRIES = 5;

describe('"Mark minors for review and tell the team"', () => {
	let environment: WorkflowEnvironment;
	let published: PublishedWorkflow;

	beforeAll(async () => {
		environment = await startWorkflowEnvironment({ webhookRetrySeconds: [1, 1, 2, 4] });
		published = await environment.publishWorkflow('05-mark-minors-for-review');
	});
	afterAll(async () => await environment?.close());
	beforeEach(() => {
		environment.slack.messages.length = 0;
	});

	const inquiry = (id: string) => environment.sandbox.control.find(id)?.attributes ?? {};

	const times = (id: string, action: string) => countActions(environment.sandbox, id, action);

	const minor = async () =>
		await completeInquiry(environment.sandbox, {
			'name-first': 'Robin',
			'name-last': 'Young',
			birthdate: getBirthdate(17),
		});

	it('lets those pass whose ID says that they are 18', async () => {
		const id = await completeInquiry(environment.sandbox, {
			'name-first': 'Jane',
			'name-last': 'Doe',
			birthdate: getBirthdate(18),
		});
		const [execution] = await published.waitForExecutions(id);
		expect(execution.status).toBe('success');
		expect(getExecutedNodes(execution)).toEqual([
			'When an inquiry is completed',
			'Get decision summary',
			'Under 18, and new?',
		]);
		expect(inquiry(id)).toMatchObject({ status: 'completed', tags: [] });
		expect(environment.slack.messages).toEqual([]);
	});

	it('marks a minor for review and sends the team a link and no name', async () => {
		const id = await minor();
		const [{ status }] = await published.waitForExecutions(id);
		expect(status).toBe('success');
		expect(inquiry(id)).toMatchObject({ status: 'needs_review', tags: ['age-review'] });
		expect(environment.slack.messages).toEqual([
			{
				channel: 'compliance',
				text: `A person is 17 years old. The inquiry waits for your review: ${buildDashboardUrl(id)}`,
			},
		]);
	});

	it('asks for a review where no ID tells the age, whatever the person has typed', async () => {
		const { control } = environment.sandbox;
		const [id] = control.seedInquiries(1, { fields: [{ birthdate: '1980-01-01' }] });
		control.emitEvent('inquiry.completed', id);
		await published.waitForExecutions(id);
		expect(inquiry(id).status).toBe('needs_review');
		expect(environment.slack.messages.map(({ text }) => text)).toEqual([
			`The age of a person could not be read from an ID. The inquiry waits for your review: ${buildDashboardUrl(id)}`,
		]);
	});

	it('tells the team of a minor whom somebody else has marked, and does not mark again', async () => {
		const id = await completeInquiry(environment.sandbox, {
			'name-last': 'Review',
			birthdate: getBirthdate(16),
		});
		await published.waitForExecutions(id);
		expect(times(id, 'mark-for-review')).toBe(0);
		expect(environment.slack.messages.map(({ text }) => text)).toEqual([
			`A person is 16 years old. The inquiry waits for your review: ${buildDashboardUrl(id)}`,
		]);
	});

	it('does nothing about an inquiry that has failed', async () => {
		const id = await completeInquiry(environment.sandbox, {
			'name-last': 'Fail',
			birthdate: getBirthdate(17),
		});
		const later = await minor();
		await published.waitForExecutions(later);
		expect(await published.waitForExecutions(id, 0)).toEqual([]);
		expect(inquiry(id)).toMatchObject({ status: 'failed', tags: [] });
	});

	it('warns where a minor was approved before the event came', async () => {
		const { control } = environment.sandbox;
		control.holdDeliveries();
		const id = await minor();
		await send(environment.sandbox, 'POST', `/inquiries/${id}/approve`);
		control.releaseDeliveries();
		await published.waitForExecutions(id);
		expect(inquiry(id)).toMatchObject({ status: 'approved', tags: ['age-review'] });
		expect(times(id, 'mark-for-review')).toBe(0);
		expect(environment.slack.messages.map(({ text }) => text)).toEqual([
			`A person is 17 years old. The inquiry has been approved already. Please look at it: ${buildDashboardUrl(id)}`,
		]);
	});

	it('leaves a minor alone who was declined before the event came', async () => {
		const { control } = environment.sandbox;
		control.holdDeliveries();
		const id = await minor();
		await send(environment.sandbox, 'POST', `/inquiries/${id}/decline`);
		control.releaseDeliveries();
		await published.waitForExecutions(id);
		expect(inquiry(id).status).toBe('declined');
		expect(environment.slack.messages).toEqual([]);
	});

	it('does nothing again when Persona delivers an event twice', async () => {
		const id = await minor();
		await published.waitForExecutions(id);
		await redeliverEvent(environment.sandbox, 'inquiry.completed', id);
		const executions = await published.waitForExecutions(id, 2);
		expect(executions.map(({ status }) => status)).toEqual(['success', 'success']);
		expect(times(id, 'mark-for-review')).toBe(1);
		expect(environment.slack.messages).toHaveLength(1);
	});

	it('waits until Slack takes the message', async () => {
		environment.slack.failNext({ status: 429, headers: { 'retry-after': '1' } });
		environment.slack.failNext({ status: 503 });
		const id = await minor();
		const [{ status }] = await published.waitForExecutions(id);
		expect(status).toBe('success');
		expect(environment.slack.messages).toHaveLength(1);
	});

	it('keeps the decision while Slack is down, and a retry sends the message alone', async () => {
		environment.slack.failNext({ status: 503 }, ALL_TRIES);
		const id = await minor();
		const [failed] = await published.waitForExecutions(id);
		expect([failed.status, failed.lastNode]).toEqual(['error', 'Ask the team to review']);
		expect(inquiry(id).status).toBe('needs_review');
		expect(environment.slack.messages).toEqual([]);

		const retried = await published.retryExecution(failed);
		expect(retried.status).toBe('success');
		expect(environment.slack.messages).toHaveLength(1);
		expect([times(id, 'mark-for-review'), times(id, 'add-tag')]).toEqual([1, 1]);
	});
});
