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
import { pollOften, POLL_TIMEOUT_MS } from '../pollOften.mts';
import { findContact, postSignUp, waitForContactStatus } from './signUp.mts';
import { wrongIds } from '../../support/wrongIds.mts';
import { buildDashboardUrl, countActions } from './scenarioSteps.mts';
import { readWorkflow } from './workflowFiles.mts';

/** How often the workflow calls a service that fails. */
const MAX_TRIES = 5;

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
		const { nodes } = await readWorkflow(NAME);
		for (const { parameters } of nodes) {
			if (parameters.pollTimes) parameters.pollTimes = pollOften;
		}
		published = await environment.publishWorkflow(NAME, { nodes });
	});
	afterAll(async () => await environment?.close());
	beforeEach(() => {
		environment.slack.messages.length = 0;
	});

	const getControl = () => environment.sandbox.control;

	const findInquiries = () => getControl().store.getCollection('inquiry').findAll();

	const getStatus = (id: string) =>
		(getControl().find(id) as StoredObject).attributes.status as string;

	/** Creates the data of a new user. */
	const createUser = (more: IDataObject = {}) => {
		users += 1;
		const email = `polled${users}@example.com`;
		const names = { firstName: 'Jane', lastName: 'Doe' };
		return { userId: `polled-${users}`, email, plan: 'premium', ...names, ...more };
	};

	/** Calls the workflow as your app does when a user signs up. */
	const signUp = async (user: IDataObject, headers?: Record<string, string>) =>
		await postSignUp(environment, 'persona-sign-up-inside', user, headers);

	/** Signs up a new user and completes the inquiry. */
	const signUpAndComplete = async (more: IDataObject = {}) => {
		const user = createUser(more);
		const { id, link } = await signUp(user);
		await completeHostedFlow(link);
		return { user, id };
	};

	/** Unpublishes and publishes the workflow, which makes n8n poll at once. */
	const poll = async () => {
		await environment.client.unpublish(published.workflow.id);
		const { status } = await environment.client.publish(published.workflow.id);
		expect(status).toBe('published');
	};

	const waitForContact = async (user: IDataObject, status: string) =>
		await waitForContactStatus(environment, user, status);

	/** Waits until an inquiry has this status in Persona. */
	const waitForStatus = async (id: string, status: string, timeoutMs?: number) =>
		await waitFor(
			`the inquiry ${id} is ${status}`,
			async () => getStatus(id) === status,
			timeoutMs,
		);

	/** Waits until no execution is running, and returns those that events of Persona have started. */
	const fetchPolledExecutions = async () =>
		await waitFor('no execution is running', async () => {
			const all = await environment.client.fetchExecutions(published.workflow.id, 100);
			if (all.some(({ status }) => ['new', 'running'].includes(status))) return false;
			const executions = await Promise.all(
				all.map(({ id }) => environment.client.fetchExecution(id)),
			);
			return executions.filter((execution) =>
				getExecutedNodes(execution).includes('When an inquiry changes'),
			);
		});

	it('differs from "Onboard users" only in its trigger and its notes', async () => {
		const [own, first] = [await readWorkflow(NAME), await readWorkflow('01-onboard-users')];
		expect(own.connections).toEqual(first.connections);
		const getSteps = ({ nodes }: typeof own) =>
			nodes
				.filter(({ type }) => !/stickyNote|webhook$|Trigger$/.test(type))
				.map(({ name, type, parameters }) => {
					const text = JSON.stringify(parameters).replace(/"id":"[-0-9a-f]{36}"/g, '');
					return [name, type, text];
				});
		expect(getSteps(own)).toEqual(getSteps(first));
		const findTrigger = ({ nodes }: typeof own) =>
			nodes.find(({ type }) => /persona.*Trigger$/.test(type));
		expect(findTrigger(own)?.parameters).toEqual({
			pollTimes: { item: [{ mode: 'everyMinute' }] },
			...findTrigger(first)?.parameters,
		});
	});

	it('registers no webhook in Persona', () => {
		expect(getControl().store.getCollection('webhook').findAll()).toEqual([]);
	});

	it('rejects a sign-up without the app key', async () => {
		const before = findInquiries().length;
		expect(await signUp(createUser(), {})).toMatchObject({ status: 403 });
		expect(findInquiries()).toHaveLength(before);
	});

	it.each([
		['basic', fixtures.idOnlyInquiryTemplate],
		['premium', fixtures.inquiryTemplate],
	])(
		'uses the inquiry template of the plan %s, and creates one inquiry per sign-up',
		async (plan, template) => {
			const user = createUser({ plan });
			const first = await signUp(user);
			expect(first.status).toBe(200);
			const { relationships = {} } = getControl().find(first.id) as StoredObject;
			expect(relationships['inquiry-template']).toMatchObject({ data: { id: template } });
			const again = await signUp(user);
			expect(again).toMatchObject({ status: 200, id: first.id });
			expect(again.link).not.toBe(first.link);
		},
	);

	it.each(wrongIds)('rejects a sign-up whose user ID is %j', async (userId) => {
		const before = findInquiries().length;
		const user = createUser({ userId: userId as IDataObject[string] });
		expect(await signUp(user)).toMatchObject({
			status: 400,
			error: expect.stringMatching(/userId/),
		});
		expect(findInquiries()).toHaveLength(before);
	});

	it('keeps people approved whose older inquiries end in the same poll or later', async () => {
		const people = await Promise.all(
			[1, 2, 3].map(async () => {
				const user = createUser({ plan: 'basic' });
				const older = await signUp(user);
				const newer = await signUp({ ...user, plan: 'premium' });
				await completeHostedFlow(newer.link);
				return { user, older, newer };
			}),
		);
		await poll();
		for (const { newer } of people) await waitForStatus(newer.id, 'approved');
		await send(environment.sandbox, 'POST', `/inquiries/${people[0].older.id}/expire`);
		await poll();
		for (const { user } of people) await waitForContact(user, 'approved');
		for (const { older } of people.slice(1))
			await send(environment.sandbox, 'POST', `/inquiries/${older.id}/expire`);
		await send(environment.sandbox, 'POST', `/inquiries/${people[2].newer.id}/decline`);
		await poll();
		await waitForContact(people[2].user, 'declined');
		await fetchPolledExecutions();
		for (const { user } of people.slice(0, 2))
			expect(findContact(environment, user)?.persona_status).toBe('approved');
	});

	it('gives a new inquiry to someone whose inquiry has expired, and the status to who is approved', async () => {
		const user = createUser();
		const first = await signUp(user);
		await send(environment.sandbox, 'POST', `/inquiries/${first.id}/expire`);
		const second = await signUp(user);
		expect(second.id).not.toBe(first.id);
		await completeHostedFlow(second.link);
		await poll();
		await waitForStatus(second.id, 'approved');
		expect(await signUp(user)).toMatchObject({
			status: 200,
			standing: 'approved',
			id: second.id,
			link: 'undefined',
		});
	});

	it('approves clear cases with the next scheduled poll', async () => {
		const { user, id } = await signUpAndComplete();
		await waitForStatus(id, 'approved', POLL_TIMEOUT_MS);
		await poll();
		await waitForContact(user, 'approved');
		expect(getControl().find(id)?.attributes['reviewer-comment']).toBe('All checks passed');
		expect(environment.slack.messages).toEqual([]);
	});

	it('sends a person behind a proxy to the team, and follows its decision', async () => {
		const { user, id } = await signUpAndComplete({ lastName: 'Proxy' });
		await poll();
		await waitForStatus(id, 'needs_review');
		await poll();
		await waitForContact(user, 'needs_review');
		await waitFor('the team is asked', async () => environment.slack.messages.length > 0);
		expect(environment.slack.messages).toEqual([
			{
				channel: 'compliance',
				text: `A sign-up is waiting for your review: ${buildDashboardUrl(id)}`,
			},
		]);
		await send(environment.sandbox, 'POST', `/inquiries/${id}/approve`);
		await poll();
		await waitForContact(user, 'approved');
		expect(environment.slack.messages).toHaveLength(1);
	});

	it('handles each inquiry by its own event when one poll returns many', async () => {
		const passed = [
			await signUpAndComplete(),
			await signUpAndComplete(),
			await signUpAndComplete(),
		];
		const doubtful = await signUpAndComplete({ lastName: 'Proxy' });
		const failed = await signUpAndComplete({ lastName: 'Fail' });
		const expiredUser = createUser();
		const { id: expiredId } = await signUp(expiredUser);
		await send(environment.sandbox, 'POST', `/inquiries/${expiredId}/expire`);
		await poll();
		await waitForContact(failed.user, 'failed');
		await waitForContact(expiredUser, 'expired');
		for (const { id } of passed) await waitForStatus(id, 'approved');
		await waitForStatus(doubtful.id, 'needs_review');
		await poll();
		for (const { user } of passed) await waitForContact(user, 'approved');
		await waitForContact(doubtful.user, 'needs_review');
		await waitFor('the team is asked', async () => environment.slack.messages.length > 0);
		expect(environment.slack.messages).toHaveLength(1);
		expect(environment.slack.messages[0].text).toContain(doubtful.id);
	});

	it('keeps a decision that was made before the poll', async () => {
		const { user, id } = await signUpAndComplete({ lastName: 'Proxy' });
		await send(environment.sandbox, 'POST', `/inquiries/${id}/decline`);
		await poll();
		await waitForContact(user, 'declined');
		await fetchPolledExecutions();
		expect(getStatus(id)).toBe('declined');
		expect(countActions(environment.sandbox, id, 'mark-for-review')).toBe(0);
		expect(environment.slack.messages).toEqual([]);
	});

	it('emits each event once', async () => {
		const { user, id } = await signUpAndComplete();
		await poll();
		await waitForStatus(id, 'approved');
		await poll();
		await waitForContact(user, 'approved');
		const before = (await fetchPolledExecutions()).length;
		await poll();
		await poll();
		expect(await fetchPolledExecutions()).toHaveLength(before);
		expect(countActions(environment.sandbox, id, 'approve')).toBe(1);
	});

	it('loses no event when a poll fails', async () => {
		getControl().addFault({ path: '/events', kind: 'status', status: 403 });
		const { id } = await signUpAndComplete();
		const hasFailed = () =>
			getControl().requests.some(({ path, status }) => path.endsWith('/events') && status === 403);
		await waitFor('a poll fails', async () => hasFailed(), POLL_TIMEOUT_MS);
		expect(getStatus(id)).toBe('completed');
		await poll();
		await waitForStatus(id, 'approved');
	});

	it('decides while HubSpot is down, and a retry updates the contact', async () => {
		const { user, id } = await signUpAndComplete();
		await waitFor('the contact is entered', async () => findContact(environment, user));
		await poll();
		await waitForStatus(id, 'approved');
		environment.hubspot.failNext({ status: 503, path: user.email }, MAX_TRIES);
		await poll();
		const failed = await waitFor(
			'the execution fails',
			async () => (await fetchPolledExecutions()).find(({ status }) => status === 'error'),
			60_000,
		);
		expect(failed.lastNode).toBe('Update the contact');
		expect(findContact(environment, user)?.persona_status).toBeUndefined();
		expect(await published.retryExecution(failed)).toMatchObject({ status: 'success' });
		expect(findContact(environment, user)?.persona_status).toBe('approved');
		expect(countActions(environment.sandbox, id, 'approve')).toBe(1);
	});
});
