import type { IDataObject } from 'n8n-workflow';
import { waitFor } from '../../../tools/n8n/n8nClient.mts';
import { completeHostedFlow } from '../../../tools/completeHostedFlow.mts';
import { fixtures, type StoredObject } from '../../../sandbox/sandbox.mts';
import { send } from '../../support/apiClient.mts';
import {
	startWorkflowEnvironment,
	type WorkflowEnvironment,
	type PublishedWorkflow,
} from './workflowEnvironment.mts';
import { appKey } from './services.mts';
import { findContact, postSignUp, waitForContactStatus } from './signUp.mts';
import { redeliverEvent, buildDashboardUrl, countActions } from './scenarioSteps.mts';

/** How often the workflow calls a service that fails. */
const MAX_TRIES = 5;

describe('"Onboard users"', () => {
	let environment: WorkflowEnvironment;
	let published: PublishedWorkflow;
	let users = 0;

	beforeAll(async () => {
		environment = await startWorkflowEnvironment({ webhookRetrySeconds: [1, 1, 2, 4] });
		environment.hubspot.properties.push('persona_status');
		published = await environment.publishWorkflow('01-onboard-users');
	});
	afterAll(async () => await environment?.close());
	beforeEach(() => {
		environment.slack.messages.length = 0;
	});

	const findInquiries = () => environment.sandbox.control.store.getCollection('inquiry').findAll();

	const getStatus = (id: string) =>
		(environment.sandbox.control.find(id) as StoredObject).attributes.status as string;

	/** Creates the data of a new user. */
	const createUser = (more: IDataObject = {}) => {
		users += 1;
		const email = `user${users}@example.com`;
		return { userId: `user-${users}`, email, firstName: 'Jane', lastName: 'Doe', ...more };
	};

	/** Calls the workflow as your app does when a user signs up. */
	const signUp = async (user: IDataObject, headers?: Record<string, string>) =>
		await postSignUp(environment, 'persona-sign-up', user, headers);

	const waitForContact = async (user: IDataObject, status: string) =>
		await waitForContactStatus(environment, user, status);

	it('rejects a sign-up without the app key', async () => {
		const before = findInquiries().length;
		expect(await signUp(createUser(), {})).toMatchObject({ status: 403 });
		expect(await signUp(createUser(), { [appKey.name]: 'wrong' })).toMatchObject({ status: 403 });
		expect(findInquiries()).toHaveLength(before);
	});

	it.each([[{ userId: '' }], [{ userId: undefined }], [{ email: 'jane' }], [{ email: null }]])(
		'rejects a sign-up with %p and creates nothing',
		async (more) => {
			const before = findInquiries().length;
			expect(await signUp(createUser(more))).toMatchObject({
				status: 400,
				error: 'A sign-up needs userId and email',
			});
			expect(findInquiries()).toHaveLength(before);
		},
	);

	it.each([
		['basic', fixtures.idOnlyInquiryTemplate],
		['premium', fixtures.inquiryTemplate],
	])('uses the inquiry template of the plan %s', async (plan, template) => {
		const user = createUser({ plan });
		const { status, id } = await signUp(user);
		expect(status).toBe(200);
		const { attributes, relationships = {} } = environment.sandbox.control.find(id) as StoredObject;
		expect(relationships['inquiry-template']).toMatchObject({ data: { id: template } });
		expect(attributes['reference-id']).toBe(user.userId);
		const { email } = user;
		await waitFor('the contact is entered', async () => findContact(environment, user));
		expect(findContact(environment, user)).toEqual({ email, firstname: 'Jane', lastname: 'Doe' });
	});

	it('returns the same inquiry and link for a sign-up that is sent twice', async () => {
		const user = createUser({ plan: 'premium' });
		const first = await signUp(user);
		expect(await signUp(user)).toEqual(first);
		const { id } = await signUp({ ...user, lastName: 'Roe' });
		expect(id).not.toBe(first.id);
	});

	it('approves clear cases without notifying the team', async () => {
		const user = createUser({ plan: 'premium' });
		const { id, link } = await signUp(user);
		await completeHostedFlow(link);
		await waitForContact(user, 'approved');
		expect(environment.sandbox.control.find(id)?.attributes).toMatchObject({
			status: 'approved',
			'reviewer-comment': 'All checks passed',
		});
		expect(environment.slack.messages).toEqual([]);
	});

	it('sends a person behind a proxy to the team, and follows its decision', async () => {
		const user = createUser({ plan: 'premium', lastName: 'Proxy' });
		const { id, link } = await signUp(user);
		await completeHostedFlow(link);
		await waitForContact(user, 'needs_review');
		await waitFor('the team is asked', async () => environment.slack.messages.length > 0);
		expect(environment.slack.messages).toEqual([
			{ channel: 'compliance', text: `A sign-up waits for your review: ${buildDashboardUrl(id)}` },
		]);
		await send(environment.sandbox, 'POST', `/inquiries/${id}/approve`);
		await waitForContact(user, 'approved');
		expect(environment.slack.messages).toHaveLength(1);
	});

	it.each([
		['failed', 'Fail'],
		['expired', 'Doe'],
	])('does not approve a user whose inquiry has %s', async (end, lastName) => {
		const user = createUser({ lastName });
		const { id, link } = await signUp(user);
		if (end === 'expired') await send(environment.sandbox, 'POST', `/inquiries/${id}/expire`);
		else await completeHostedFlow(link);
		await waitForContact(user, end);
		expect(environment.slack.messages).toEqual([]);
	});

	it('keeps a decision that was made before the event arrived', async () => {
		const { control } = environment.sandbox;
		const user = createUser({ plan: 'premium', lastName: 'Proxy' });
		const { id, link } = await signUp(user);
		control.holdDeliveries();
		await completeHostedFlow(link);
		await send(environment.sandbox, 'POST', `/inquiries/${id}/decline`);
		control.releaseDeliveries();
		await waitForContact(user, 'declined');
		const deliveryCount = control.deliveries.filter(({ body }) => body.includes(`"${id}"`)).length;
		await published.waitForExecutions(id, deliveryCount);
		expect(getStatus(id)).toBe('declined');
		expect(countActions(environment.sandbox, id, 'mark-for-review')).toBe(0);
		expect(environment.slack.messages).toEqual([]);
	});

	it('does nothing again when Persona delivers events twice', async () => {
		const user = createUser({ plan: 'premium', lastName: 'Proxy' });
		const { id, link } = await signUp(user);
		await completeHostedFlow(link);
		await waitFor('the team is asked', async () => environment.slack.messages.length > 0);
		const before = await published.waitForExecutions(id);
		await redeliverEvent(environment.sandbox, 'inquiry.completed', id);
		await redeliverEvent(environment.sandbox, 'inquiry.marked-for-review', id);
		const executions = await published.waitForExecutions(id, before.length + 2);
		expect(new Set(executions.map(({ status }) => status))).toEqual(new Set(['success']));
		expect(countActions(environment.sandbox, id, 'mark-for-review')).toBe(1);
		expect(environment.slack.messages).toHaveLength(1);
		expect(findContact(environment, user)?.persona_status).toBe('needs_review');
		const { contacts } = environment.hubspot;
		expect(contacts.filter(({ properties }) => properties.email === user.email)).toHaveLength(1);
	});

	it('reports to the app when Persona denies access, and accepts the sign-up again', async () => {
		const user = createUser({ plan: 'premium' });
		const before = findInquiries().length;
		// Persona would repeat a 403 for this idempotency key, but not a 401.
		environment.sandbox.control.addFault({ path: '/inquiries', kind: 'status', status: 401 });
		expect(await signUp(user)).toMatchObject({ status: 500 });
		expect(findInquiries()).toHaveLength(before);
		expect(await signUp(user)).toMatchObject({ status: 200 });
		expect(findInquiries()).toHaveLength(before + 1);
	});

	it('returns the link while HubSpot is busy, and creates the contact later', async () => {
		const user = createUser();
		const body = { status: 'error', category: 'RATE_LIMITS' };
		environment.hubspot.failNext({ status: 429, body, path: user.email });
		expect(await signUp(user)).toMatchObject({ status: 200 });
		expect(findContact(environment, user)).toBeUndefined();
		await waitFor('the contact is entered', async () => findContact(environment, user));
	});

	it('decides while HubSpot is down, and a retry updates the contact', async () => {
		const user = createUser({ plan: 'premium' });
		const { id, link } = await signUp(user);
		await waitFor('the contact is entered', async () => findContact(environment, user));
		environment.hubspot.failNext({ status: 503, path: user.email }, MAX_TRIES);
		await completeHostedFlow(link);
		const [, failed] = await published.waitForExecutions(id, 2);
		expect([failed.status, failed.lastNode]).toEqual(['error', 'Update the contact']);
		expect(getStatus(id)).toBe('approved');
		expect(findContact(environment, user)?.persona_status).toBeUndefined();

		const retried = await published.retryExecution(failed);
		expect(retried.status).toBe('success');
		expect(findContact(environment, user)?.persona_status).toBe('approved');
		expect(countActions(environment.sandbox, id, 'approve')).toBe(1);
	});
});
