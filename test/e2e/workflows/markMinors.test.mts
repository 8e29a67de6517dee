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

/** How often the workflow calls a service that fails. */
const MAX_TRIES = 5;

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

	const getAttributes = (id: string) => environment.sandbox.control.find(id)?.attributes ?? {};

	const count = (id: string, action: string) => countActions(environment.sandbox, id, action);

	const completeMinorInquiry = async () =>
		await completeInquiry(environment.sandbox, {
			'name-first': 'Robin',
			'name-last': 'Young',
			birthdate: getBirthdate(17),
		});

	it('does nothing about a person who is 18 according to the ID', async () => {
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
		expect(getAttributes(id)).toMatchObject({ status: 'completed', tags: [] });
		expect(environment.slack.messages).toEqual([]);
	});

	it('marks a minor for review and sends the team a link without a name', async () => {
		const id = await completeMinorInquiry();
		const [{ status }] = await published.waitForExecutions(id);
		expect(status).toBe('success');
		expect(getAttributes(id)).toMatchObject({ status: 'needs_review', tags: ['age-review'] });
		expect(environment.slack.messages).toEqual([
			{
				channel: 'compliance',
				text: `A person is 17 years old. The inquiry is waiting for your review: ${buildDashboardUrl(id)}`,
			},
		]);
	});

	it('asks for a review when no ID shows the age, whatever the person has entered', async () => {
		const { control } = environment.sandbox;
		const [id] = control.seedInquiries(1, { fields: [{ birthdate: '1980-01-01' }] });
		control.emitEvent('inquiry.completed', id);
		await published.waitForExecutions(id);
		expect(getAttributes(id).status).toBe('needs_review');
		expect(environment.slack.messages.map(({ text }) => text)).toEqual([
			`The age of a person could not be read from an accepted ID. The inquiry is waiting for your review: ${buildDashboardUrl(id)}`,
		]);
	});

	it('asks for a review when the only ID that shows an adult was rejected', async () => {
		const { control } = environment.sandbox;
		control.holdDeliveries();
		const id = await completeInquiry(environment.sandbox, {
			'name-last': 'Doe',
			birthdate: getBirthdate(40),
		});
		const related = control.find(id)?.relationships?.verifications.data ?? [];
		for (const { id: verificationId, type } of [related].flat()) {
			const verification = control.find(verificationId);
			if (type === 'verification/government-id' && verification)
				verification.attributes.status = 'failed';
		}
		control.releaseDeliveries();
		await published.waitForExecutions(id);
		expect(getAttributes(id).status).toBe('needs_review');
		expect(environment.slack.messages.map(({ text }) => text)).toEqual([
			`The age of a person could not be read from an accepted ID. The inquiry is waiting for your review: ${buildDashboardUrl(id)}`,
		]);
	});

	it('notifies the team of a minor who is already in review, and does not mark again', async () => {
		const id = await completeInquiry(environment.sandbox, {
			'name-last': 'Review',
			birthdate: getBirthdate(16),
		});
		await published.waitForExecutions(id);
		expect(count(id, 'mark-for-review')).toBe(0);
		expect(environment.slack.messages.map(({ text }) => text)).toEqual([
			`A person is 16 years old. The inquiry is waiting for your review: ${buildDashboardUrl(id)}`,
		]);
	});

	it('does nothing about a failed inquiry', async () => {
		const id = await completeInquiry(environment.sandbox, {
			'name-last': 'Fail',
			birthdate: getBirthdate(17),
		});
		const later = await completeMinorInquiry();
		await published.waitForExecutions(later);
		expect(await published.waitForExecutions(id, 0)).toEqual([]);
		expect(getAttributes(id)).toMatchObject({ status: 'failed', tags: [] });
	});

	it('warns when a minor was approved before the event arrived', async () => {
		const { control } = environment.sandbox;
		control.holdDeliveries();
		const id = await completeMinorInquiry();
		await send(environment.sandbox, 'POST', `/inquiries/${id}/approve`);
		control.releaseDeliveries();
		await published.waitForExecutions(id);
		expect(getAttributes(id)).toMatchObject({ status: 'approved', tags: ['age-review'] });
		expect(count(id, 'mark-for-review')).toBe(0);
		expect(environment.slack.messages.map(({ text }) => text)).toEqual([
			`A person is 17 years old. The inquiry has already been approved. Please look at it: ${buildDashboardUrl(id)}`,
		]);
	});

	it('does nothing about a minor who was declined before the event arrived', async () => {
		const { control } = environment.sandbox;
		control.holdDeliveries();
		const id = await completeMinorInquiry();
		await send(environment.sandbox, 'POST', `/inquiries/${id}/decline`);
		control.releaseDeliveries();
		await published.waitForExecutions(id);
		expect(getAttributes(id).status).toBe('declined');
		expect(environment.slack.messages).toEqual([]);
	});

	it('does nothing again when Persona delivers an event twice', async () => {
		const id = await completeMinorInquiry();
		await published.waitForExecutions(id);
		await redeliverEvent(environment.sandbox, 'inquiry.completed', id);
		const executions = await published.waitForExecutions(id, 2);
		expect(executions.map(({ status }) => status)).toEqual(['success', 'success']);
		expect(count(id, 'mark-for-review')).toBe(1);
		expect(environment.slack.messages).toHaveLength(1);
	});

	it('retries until Slack accepts the message', async () => {
		environment.slack.failNext({ status: 429, headers: { 'retry-after': '1' } });
		environment.slack.failNext({ status: 503 });
		const id = await completeMinorInquiry();
		const [{ status }] = await published.waitForExecutions(id);
		expect(status).toBe('success');
		expect(environment.slack.messages).toHaveLength(1);
	});

	it('keeps the decision while Slack is down, and a retry sends the message alone', async () => {
		environment.slack.failNext({ status: 503 }, MAX_TRIES);
		const id = await completeMinorInquiry();
		const [failed] = await published.waitForExecutions(id);
		expect([failed.status, failed.lastNode]).toEqual(['error', 'Ask the team to review']);
		expect(getAttributes(id).status).toBe('needs_review');
		expect(environment.slack.messages).toEqual([]);

		const retried = await published.retryExecution(failed);
		expect(retried.status).toBe('success');
		expect(environment.slack.messages).toHaveLength(1);
		expect([count(id, 'mark-for-review'), count(id, 'add-tag')]).toEqual([1, 1]);
	});
});
