import type { IDataObject } from 'n8n-workflow';
import { waitFor } from '../../../tools/n8n/n8nClient.mts';
import { completeHostedFlow } from '../../../tools/completeHostedFlow.mts';
import { fixtures, type StoredObject } from '../../../sandbox/sandbox.mts';
import { send } from '../../support/apiClient.mts';
import {
	getExecutedNodes,
	startWorkflowEnvironment,
	type WorkflowEnvironment,
	type PublishedWorkflow,
} from './workflowEnvironment.mts';
import { findContact, postSignUp, waitForContactStatus } from './signUp.mts';
import { buildDashboardUrl, countActions } from './scenarioSteps.mts';
import { readWorkflow } from './workflowFiles.mts';

/** n8n polls every minute. */
const A_POLL_MS = 75_000;

/** How often the workflow asks a service that does not answer. */
const ALL_TRIES = 5;

const NAME = '15-onboard-users-without-public-address';

describe('"Onboard users without a public address"', () => {
	let environment: WorkflowEnvironment;
	let published: PublishedWorkflow;
	let users = 0;

	beforeAll(async () => {
		environment = await startWorkflowEnvironment({
			rateLimit: { maxRequests: 10_000, windowSeconds: 60 },
		});
		environment.hubspot.properties.push('persona_status');
		published = await environment.publishWorkflow(NAME);
	});
	afterAll(async () => await environment?.close());
	beforeEach(() => {
		environment.slack.messages.length = 0;
	});

	const control = () => environment.sandbox.control;

	const inquiries = () => control().store.getCollection('inquiry').findAll();

	const statusOf = (id: string) => (control().find(id) as StoredObject).attributes.status as string;

	/** The data of a user whom nobody has seen yet. */
	const newUser = (more: IDataObject = {}) => {
		users += 1;
		const email = `polled${users}@example.com`;
		const names = { firstName: 'Jane', lastName: 'Doe' };
		return { userId: `polled-${users}`, email, plan: 'premium', ...names, ...more };
	};

	/** What your app does when somebody signs up. */
	const signUp = async (user: IDataObject, headers?: Record<string, string>) =>
		await postSignUp(environment, 'persona-sign-up-inside', user, headers);

	/** Somebody who has signed up and gone through the inquiry. */
	const finished = async (more: IDataObject = {}) => {
		const user = newUser(more);
		const { id, link } = await signUp(user);
		await completeHostedFlow(link);
		return { user, id };
	};

	/** Takes the workflow back and publishes it again, upon which n8n asks Persona at once. */
	const poll = async () => {
		await environment.client.unpublish(published.workflow.id);
		const { status } = await environment.client.publish(published.workflow.id);
		expect(status).toBe('published');
	};

	const becomes = async (user: IDataObject, status: string) =>
		await waitForContactStatus(environment, user, status);

	/** Waits until Persona has the decision about an inquiry. */
	const decided = async (id: string, status: string, withinMs?: number) =>
		await waitFor(`the inquiry ${id} is ${status}`, async () => statusOf(id) === status, withinMs);

	/** The executions that events of Persona have started, once none is under way. */
	const polled = async () =>
		await waitFor('no execution is under way', async () => {
			const all = await environment.client.fetchExecutions(published.workflow.id, 100);
			if (all.some(({ status }) => ['new', 'running'].includes(status))) return false;
			const whole = await Promise.all(all.map(({ id }) => environment.client.fetchExecution(id)));
			return whole.filter((each) => getExecutedNodes(each).includes('When an inquiry changes'));
		});

	it('is the workflow "Onboard users" in all that works, but for its trigger', async () => {
		const [own, first] = [await readWorkflow(NAME), await readWorkflow('01-onboard-users')];
		expect(own.connections).toEqual(first.connections);
		const steps = ({ nodes }: typeof own) =>
			nodes
				.filter(({ type }) => !/stickyNote|webhook$|Trigger$/.test(type))
				.map(({ name, type, parameters }) => {
					const text = JSON.stringify(parameters).replace(/"id":"[-0-9a-f]{36}"/g, '');
					return [name, type, text];
				});
		expect(steps(own)).toEqual(steps(first));
		const trigger = ({ nodes }: typeof own) =>
			nodes.find(({ type }) => /persona.*Trigger$/.test(type));
		expect(trigger(own)?.parameters).toEqual({
			pollTimes: { item: [{ mode: 'everyMinute' }] },
			...trigger(first)?.parameters,
		});
	});

	it('registers no webhook in Persona', () => {
		expect(control().store.getCollection('webhook').findAll()).toEqual([]);
	});

	it('answers nobody who does not have the key', async () => {
		const before = inquiries().length;
		expect(await signUp(newUser(), {})).toMatchObject({ status: 403 });
		expect(inquiries()).toHaveLength(before);
	});

	it.each([
		['basic', fixtures.idOnlyInquiryTemplate],
		['premium', fixtures.inquiryTemplate],
	])('asks a user of the plan %s for what it needs, once', async (plan, template) => {
		const user = newUser({ plan });
		const first = await signUp(user);
		expect(first.status).toBe(200);
		const { relationships = {} } = control().find(first.id) as StoredObject;
		expect(relationships['inquiry-template']).toMatchObject({ data: { id: template } });
		expect(await signUp(user)).toEqual(first);
	});

	it('approves who leaves no doubt within a minute or so, by itself', async () => {
		const { user, id } = await finished();
		await decided(id, 'approved', A_POLL_MS);
		await poll();
		await becomes(user, 'approved');
		expect(control().find(id)?.attributes['reviewer-comment']).toBe('All checks passed');
		expect(environment.slack.messages).toEqual([]);
	});

	it('asks the team about who hides where they are, and follows its decision', async () => {
		const { user, id } = await finished({ lastName: 'Proxy' });
		await poll();
		await decided(id, 'needs_review');
		await poll();
		await becomes(user, 'needs_review');
		await waitFor('the team is asked', async () => environment.slack.messages.length > 0);
		expect(environment.slack.messages).toEqual([
			{ channel: 'compliance', text: `A sign-up waits for your review: ${buildDashboardUrl(id)}` },
		]);
		await send(environment.sandbox, 'POST', `/inquiries/${id}/approve`);
		await poll();
		await becomes(user, 'approved');
		expect(environment.slack.messages).toHaveLength(1);
	});

	it('tells apart all whose events come with one poll', async () => {
		const passed = [await finished(), await finished(), await finished()];
		const doubtful = await finished({ lastName: 'Proxy' });
		const failed = await finished({ lastName: 'Fail' });
		const left = newUser();
		const { id: leftId } = await signUp(left);
		await send(environment.sandbox, 'POST', `/inquiries/${leftId}/expire`);
		await poll();
		await becomes(failed.user, 'failed');
		await becomes(left, 'expired');
		for (const { id } of passed) await decided(id, 'approved');
		await decided(doubtful.id, 'needs_review');
		await poll();
		for (const { user } of passed) await becomes(user, 'approved');
		await becomes(doubtful.user, 'needs_review');
		await waitFor('the team is asked', async () => environment.slack.messages.length > 0);
		expect(environment.slack.messages).toHaveLength(1);
		expect(environment.slack.messages[0].text).toContain(doubtful.id);
	});

	it('does not decide again what was decided before the poll', async () => {
		const { user, id } = await finished({ lastName: 'Proxy' });
		await send(environment.sandbox, 'POST', `/inquiries/${id}/decline`);
		await poll();
		await becomes(user, 'declined');
		await polled();
		expect(statusOf(id)).toBe('declined');
		expect(countActions(environment.sandbox, id, 'mark-for-review')).toBe(0);
		expect(environment.slack.messages).toEqual([]);
	});

	it('passes each event on once', async () => {
		const { user, id } = await finished();
		await poll();
		await decided(id, 'approved');
		await poll();
		await becomes(user, 'approved');
		const before = (await polled()).length;
		await poll();
		await poll();
		expect(await polled()).toHaveLength(before);
		expect(countActions(environment.sandbox, id, 'approve')).toBe(1);
	});

	it('loses nothing when Persona does not answer a poll', async () => {
		control().addFault({ path: '/events', kind: 'status', status: 403 });
		const { id } = await finished();
		const refused = () =>
			control().requests.some(({ path, status }) => path.endsWith('/events') && status === 403);
		await waitFor('a poll is refused', async () => refused(), A_POLL_MS);
		expect(statusOf(id)).toBe('completed');
		await poll();
		await decided(id, 'approved');
	});

	it('decides while HubSpot is down, and a retry tells it the status', async () => {
		const { user, id } = await finished();
		await waitFor('the contact is entered', async () => findContact(environment, user));
		await poll();
		await decided(id, 'approved');
		environment.hubspot.failNext({ status: 503, path: user.email }, ALL_TRIES);
		await poll();
		const failed = await waitFor(
			'the execution fails',
			async () => (await polled()).find(({ status }) => status === 'error'),
			60_000,
		);
		expect(failed.lastNode).toBe('Update the contact');
		expect(findContact(environment, user)?.persona_status).toBeUndefined();
		expect(await published.retryExecution(failed)).toMatchObject({ status: 'success' });
		expect(findContact(environment, user)?.persona_status).toBe('approved');
		expect(countActions(environment.sandbox, id, 'approve')).toBe(1);
	});
});
