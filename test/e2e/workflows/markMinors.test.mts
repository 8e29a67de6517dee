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
	let library: WorkflowEnvironment;
	let played: PublishedWorkflow;

	beforeAll(async () => {
		library = await startWorkflowEnvironment({ webhookRetrySeconds: [1, 1, 2, 4] });
		played = await library.publishWorkflow('05-mark-minors-for-review');
	});
	afterAll(async () => await library?.close());
	beforeEach(() => {
		library.slack.messages.length = 0;
	});

	const inquiry = (id: string) => library.sandbox.control.find(id)?.attributes ?? {};

	const times = (id: string, action: string) => countActions(library.sandbox, id, action);

	const minor = async () =>
		await completeInquiry(library.sandbox, {
			'name-first': 'Robin',
			'name-last': 'Young',
			birthdate: getBirthdate(17),
		});

	it('lets those pass whose ID says that they are 18', async () => {
		const id = await completeInquiry(library.sandbox, {
			'name-first': 'Jane',
			'name-last': 'Doe',
			birthdate: getBirthdate(18),
		});
		const [execution] = await played.waitForExecutions(id);
		expect(execution.status).toBe('success');
		expect(getExecutedNodes(execution)).toEqual([
			'When an inquiry is completed',
			'Get decision summary',
			'Under 18, and new?',
		]);
		expect(inquiry(id)).toMatchObject({ status: 'completed', tags: [] });
		expect(library.slack.messages).toEqual([]);
	});

	it('marks a minor for review and sends the team a link and no name', async () => {
		const id = await minor();
		const [{ status }] = await played.waitForExecutions(id);
		expect(status).toBe('success');
		expect(inquiry(id)).toMatchObject({ status: 'needs_review', tags: ['age-review'] });
		expect(library.slack.messages).toEqual([
			{
				channel: 'compliance',
				text: `A person is 17 years old. The inquiry waits for your review: ${buildDashboardUrl(id)}`,
			},
		]);
	});

	it('asks for a review where no ID tells the age, whatever the person has typed', async () => {
		const { control } = library.sandbox;
		const [id] = control.seedInquiries(1, { fields: [{ birthdate: '1980-01-01' }] });
		control.emitEvent('inquiry.completed', id);
		await played.waitForExecutions(id);
		expect(inquiry(id).status).toBe('needs_review');
		expect(library.slack.messages.map(({ text }) => text)).toEqual([
			`The age of a person could not be read from an ID. The inquiry waits for your review: ${buildDashboardUrl(id)}`,
		]);
	});

	it('tells the team of a minor whom somebody else has marked, and does not mark again', async () => {
		const id = await completeInquiry(library.sandbox, {
			'name-last': 'Review',
			birthdate: getBirthdate(16),
		});
		await played.waitForExecutions(id);
		expect(times(id, 'mark-for-review')).toBe(0);
		expect(library.slack.messages.map(({ text }) => text)).toEqual([
			`A person is 16 years old. The inquiry waits for your review: ${buildDashboardUrl(id)}`,
		]);
	});

	it('does nothing about an inquiry that has failed', async () => {
		const id = await completeInquiry(library.sandbox, {
			'name-last': 'Fail',
			birthdate: getBirthdate(17),
		});
		const later = await minor();
		await played.waitForExecutions(later);
		expect(await played.waitForExecutions(id, 0)).toEqual([]);
		expect(inquiry(id)).toMatchObject({ status: 'failed', tags: [] });
	});

	it('warns where a minor was approved before the event came', async () => {
		const { control } = library.sandbox;
		control.holdDeliveries();
		const id = await minor();
		await send(library.sandbox, 'POST', `/inquiries/${id}/approve`);
		control.releaseDeliveries();
		await played.waitForExecutions(id);
		expect(inquiry(id)).toMatchObject({ status: 'approved', tags: ['age-review'] });
		expect(times(id, 'mark-for-review')).toBe(0);
		expect(library.slack.messages.map(({ text }) => text)).toEqual([
			`A person is 17 years old. The inquiry has been approved already. Please look at it: ${buildDashboardUrl(id)}`,
		]);
	});

	it('leaves a minor alone who was declined before the event came', async () => {
		const { control } = library.sandbox;
		control.holdDeliveries();
		const id = await minor();
		await send(library.sandbox, 'POST', `/inquiries/${id}/decline`);
		control.releaseDeliveries();
		await played.waitForExecutions(id);
		expect(inquiry(id).status).toBe('declined');
		expect(library.slack.messages).toEqual([]);
	});

	it('does nothing again when Persona delivers an event twice', async () => {
		const id = await minor();
		await played.waitForExecutions(id);
		await redeliverEvent(library.sandbox, 'inquiry.completed', id);
		const executions = await played.waitForExecutions(id, 2);
		expect(executions.map(({ status }) => status)).toEqual(['success', 'success']);
		expect(times(id, 'mark-for-review')).toBe(1);
		expect(library.slack.messages).toHaveLength(1);
	});

	it('waits until Slack takes the message', async () => {
		library.slack.failNext({ status: 429, headers: { 'retry-after': '1' } });
		library.slack.failNext({ status: 503 });
		const id = await minor();
		const [{ status }] = await played.waitForExecutions(id);
		expect(status).toBe('success');
		expect(library.slack.messages).toHaveLength(1);
	});

	it('keeps the decision while Slack is down, and a retry sends the message alone', async () => {
		library.slack.failNext({ status: 503 }, ALL_TRIES);
		const id = await minor();
		const [failed] = await played.waitForExecutions(id);
		expect([failed.status, failed.lastNode]).toEqual(['error', 'Ask the team to review']);
		expect(inquiry(id).status).toBe('needs_review');
		expect(library.slack.messages).toEqual([]);

		const retried = await played.retryExecution(failed);
		expect(retried.status).toBe('success');
		expect(library.slack.messages).toHaveLength(1);
		expect([times(id, 'mark-for-review'), times(id, 'add-tag')]).toEqual([1, 1]);
	});
});
