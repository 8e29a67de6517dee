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
import { appKey } from '../../../tools/services/services.mts';
import { findContact, postSignUp, waitForContactStatus } from './signUp.mts';
import { wrongIds } from '../../support/wrongIds.mts';
import { redeliverEvent, buildDashboardUrl, countActions } from './scenarioSteps.mts';

/** How often the workflow calls a service that fails. */
const MAX_TRIES = 5;

describe('"Onboard users"', () => {
	let environment: WorkflowEnvironment;
	let published: PublishedWorkflow;
	let users = 0;

	beforeAll(async () => {
		environment = await startWorkflowEnvironment({
			webhookRetrySeconds: [1, 1, 2, 4],
			rateLimit: { maxRequests: 10_000, windowSeconds: 60 },
		});
		environment.hubspot.properties.push('persona_status');
		published = await environment.publishWorkflow('01-onboard-users');
	});
	afterAll(async () => await environment?.close());
	beforeEach(() => {
		environment.slack.messages.length = 0;
	});

	const findInquiries = () => environment.sandbox.control.store.getCollection('inquiry').findAll();

	const findInquiry = (id: string) => environment.sandbox.control.find(id) as StoredObject;

	const getStatus = (id: string) => findInquiry(id).attributes.status as string;

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

	it.each([
		...wrongIds.map((userId) => ({ userId })),
		...[{ email: 'jane' }, { email: null }, { email: ['jane@example.com'] }],
		...[{ firstName: { first: 'Jane' } }, { lastName: ['Doe'] }, { plan: 1 }],
	] as IDataObject[])('rejects a sign-up with %j and creates nothing', async (more) => {
		const before = findInquiries().length;
		expect(await signUp(createUser(more))).toMatchObject({
			status: 400,
			error: expect.stringMatching(/^A sign-up needs userId, .+ and email, one plain address\./),
		});
		expect(findInquiries()).toHaveLength(before);
	});

	it.each([[[]], ['user-1']])('rejects a sign-up whose body is %j', async (body) => {
		expect(await signUp(body as unknown as IDataObject)).toMatchObject({ status: 400 });
	});

	it('needs nothing but a user ID and an email address', async () => {
		const { userId, email } = createUser();
		const { status, id, link } = await signUp({ userId, email });
		expect([status, findInquiry(id).attributes['reference-id']]).toEqual([200, userId]);
		await completeHostedFlow(link);
		await waitForContact({ email }, 'approved');
	});

	it('accepts a whole number as user ID, and text with blanks around it as the same ID', async () => {
		const { id } = await signUp(createUser({ userId: 424_242 }));
		expect(await signUp(createUser({ userId: ' 424242 ' }))).toMatchObject({ id });
		expect(findInquiry(id).attributes['reference-id']).toBe('424242');
	});

	it.each([
		['basic', fixtures.idOnlyInquiryTemplate],
		['premium', fixtures.inquiryTemplate],
	])('uses the inquiry template of the plan %s', async (plan, template) => {
		const user = createUser({ plan });
		const { status, id } = await signUp(user);
		expect(status).toBe(200);
		const { attributes, relationships = {} } = findInquiry(id);
		expect(relationships['inquiry-template']).toMatchObject({ data: { id: template } });
		expect(attributes['reference-id']).toBe(user.userId);
		const { email } = user;
		await waitFor('the contact is entered', async () => findContact(environment, user));
		expect(findContact(environment, user)).toEqual({ email, firstname: 'Jane', lastname: 'Doe' });
	});

	describe('someone who signs up again', () => {
		/** Signs up a user, and lets them finish the inquiry. */
		const signUpAndFinish = async (more: IDataObject = {}) => {
			const user = createUser(more);
			const { id, link } = await signUp(user);
			await completeHostedFlow(link);
			return { user, id };
		};

		it('has one inquiry after a double click, and both links are for it', async () => {
			const user = createUser();
			const before = findInquiries().length;
			const [first, second] = await Promise.all([signUp(user), signUp(user)]);
			expect([first.status, second.status]).toEqual([200, 200]);
			expect(second.id).toBe(first.id);
			expect(findInquiries()).toHaveLength(before + 1);
			await completeHostedFlow(second.link);
			await waitForContact(user, 'approved');
		});

		it('gets a new link to the inquiry that is under way, also when the first link is used up', async () => {
			const user = createUser();
			const first = await signUp(user);
			const page = await fetch(first.link);
			expect(page.status).toBe(200);
			const second = await signUp(user);
			expect(second).toMatchObject({ status: 200, id: first.id });
			expect(second.link).not.toBe(first.link);
			await completeHostedFlow(second.link);
			await waitForContact(user, 'approved');
		});

		it('corrects name and address of the inquiry that is under way', async () => {
			const user = createUser();
			const { id } = await signUp(user);
			const corrected = { ...user, email: `corrected.${user.email}`, lastName: 'Roe' };
			const { id: same, link } = await signUp(corrected);
			expect(same).toBe(id);
			expect(findInquiry(id).attributes.fields).toMatchObject({
				'name-first': { value: 'Jane' },
				'name-last': { value: 'Roe' },
				'email-address': { value: corrected.email },
			});
			await completeHostedFlow(link);
			await waitForContact(corrected, 'approved');
			expect(findContact(environment, user)?.persona_status).toBeUndefined();
		});

		it.each([
			['failed', 'Fail'],
			['expired', 'Doe'],
		])('gets a new inquiry after one that has %s, and is approved by it', async (end, lastName) => {
			const user = createUser({ lastName });
			const { id, link } = await signUp(user);
			if (end === 'failed') await completeHostedFlow(link);
			else await send(environment.sandbox, 'POST', `/inquiries/${id}/expire`);
			await waitForContact(user, end);
			const again = await signUp({ ...user, lastName: 'Doe' });
			expect(again).toMatchObject({ status: 200, standing: 'created' });
			expect(again.id).not.toBe(id);
			await completeHostedFlow(again.link);
			await waitForContact(user, 'approved');
		});

		it.each([
			['approved', 'Doe', undefined],
			['needs_review', 'Proxy', undefined],
			['declined', 'Proxy', 'decline'],
		])(
			'is told of being %s, and gets neither link nor inquiry',
			async (status, lastName, action) => {
				const { user, id } = await signUpAndFinish({ lastName });
				if (action) {
					await waitForContact(user, 'needs_review');
					await send(environment.sandbox, 'POST', `/inquiries/${id}/${action}`);
				}
				await waitForContact(user, status);
				const before = findInquiries().length;
				const told = { status: 200, standing: status, id, link: 'undefined', error: undefined };
				expect(await signUp(user)).toEqual(told);
				expect(findInquiries()).toHaveLength(before);
			},
		);

		it('shows a selfie when the new plan asks for one and the approval rests on an ID alone', async () => {
			const { user, id } = await signUpAndFinish({ plan: 'basic' });
			await waitForContact(user, 'approved');
			const premium = await signUp({ ...user, plan: 'premium' });
			expect(premium).toMatchObject({ standing: 'created' });
			expect(premium.id).not.toBe(id);
			await completeHostedFlow(premium.link);
			await waitFor('it is approved', async () => getStatus(premium.id) === 'approved');
			expect(await signUp({ ...user, plan: 'basic' })).toMatchObject({ standing: 'approved' });
		});
	});

	describe('a person with two inquiries', () => {
		/** Signs up a user twice, with two plans, and lets the second inquiry be approved. */
		const approveNewer = async () => {
			const user = createUser({ plan: 'basic' });
			const older = await signUp(user);
			const newer = await signUp({ ...user, plan: 'premium' });
			expect(newer.id).not.toBe(older.id);
			await completeHostedFlow(newer.link);
			await waitForContact(user, 'approved');
			return { user, older, newer };
		};

		const act = async (id: string, action: string) =>
			await send(environment.sandbox, 'POST', `/inquiries/${id}/${action}`);

		it.each(['expire', 'decline', 'mark-for-review'])(
			'stays approved when %s is done to the older one',
			async (action) => {
				const { user, older } = await approveNewer();
				await act(older.id, action);
				const [{ status }] = await published.waitForExecutions(older.id);
				expect(status).toBe('success');
				expect(findContact(environment, user)?.persona_status).toBe('approved');
			},
		);

		it('stays approved when the older one fails', async () => {
			const { user, older } = await approveNewer();
			const meta = { 'simulate-actions': [{ type: 'start_inquiry' }, { type: 'fail_inquiry' }] };
			await send(environment.sandbox, 'POST', `/inquiries/${older.id}/perform-simulate-actions`, {
				meta,
			});
			await published.waitForExecutions(older.id);
			expect(findContact(environment, user)?.persona_status).toBe('approved');
		});

		it('is declined by a newer decision, and stays so when an older event comes late', async () => {
			const { control } = environment.sandbox;
			const { user, older, newer } = await approveNewer();
			control.holdDeliveries();
			await act(older.id, 'approve');
			await act(newer.id, 'decline');
			control.releaseDeliveries();
			await waitForContact(user, 'declined');
			await published.waitForExecutions(older.id);
			await redeliverEvent(environment.sandbox, 'inquiry.approved', older.id);
			await published.waitForExecutions(older.id, 2);
			expect(findContact(environment, user)?.persona_status).toBe('declined');
		});
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
			{
				channel: 'compliance',
				text: `A sign-up is waiting for your review: ${buildDashboardUrl(id)}`,
			},
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
		environment.sandbox.control.addFault({
			method: 'POST',
			path: '/inquiries',
			kind: 'status',
			// Persona would repeat a 403 for this idempotency key, but not a 401.
			status: 401,
		});
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

	it('writes by a retry what is true by then, not what was true when HubSpot was down', async () => {
		const user = createUser({ plan: 'premium', lastName: 'Proxy' });
		const { id, link } = await signUp(user);
		await waitFor('the contact is entered', async () => findContact(environment, user));
		environment.hubspot.failNext({ status: 503, path: user.email }, MAX_TRIES);
		await completeHostedFlow(link);
		const [, failed] = await published.waitForExecutions(id, 2);
		expect([failed.status, failed.lastNode]).toEqual(['error', 'Update the contact']);
		await send(environment.sandbox, 'POST', `/inquiries/${id}/approve`);
		await waitForContact(user, 'approved');

		expect(await published.retryExecution(failed)).toMatchObject({ status: 'success' });
		expect(findContact(environment, user)?.persona_status).toBe('approved');
	});
});
