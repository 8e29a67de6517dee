import axios from 'axios';
import type { INode } from 'n8n-workflow';
import { waitFor, type StoredWorkflow } from '../../../tools/n8n/n8nClient.mts';
import type { StoredObject } from '../../../sandbox/sandbox.mts';
import { sign } from '../../support/sign.mts';
import { startTestEnvironment, type TestEnvironment } from '../testEnvironment.mts';

const TRIGGER = 'Persona Trigger';

/** Seconds between the attempts of one delivery; secrets are read again after ten. */
const RETRIES = [1, 1, 2, 4, 12];

describe('the trigger in n8n', () => {
	let environment: TestEnvironment;
	let workflow: StoredWorkflow;

	beforeAll(async () => {
		environment = await startTestEnvironment({ webhookRetrySeconds: RETRIES });
		workflow = await environment.client.createWorkflow({
			name: 'Listen',
			nodes: [trigger(['inquiry.created'])],
			connections: {},
		});
	});
	afterAll(async () => await environment?.close());

	const trigger = (events: string[]): INode => ({
		id: 'c2f8b1de-38b7-4a75-9a6f-6f3a9f4f7d10',
		name: TRIGGER,
		type: 'n8n-nodes-persona.personaTrigger',
		typeVersion: 1,
		position: [0, 0],
		webhookId: '0f9d1f52-6c0e-4a3f-8b38-6a0a5c1d2e3f',
		parameters: { events },
		credentials: {
			personaApi: { id: environment.credential.id, name: environment.credential.name },
		},
	});

	const webhooks = () => environment.sandbox.control.store.getCollection('webhook').findAll();

	const standing = () => webhooks().filter(({ attributes }) => attributes.status !== 'archived');

	const inquiry = () => {
		const [id] = environment.sandbox.control.seedInquiries(1);
		return environment.sandbox.control.find(id) as StoredObject;
	};

	/** The execution that an event started, if it did. */
	const executionOf = async (eventId: string) => {
		for (const { id } of await environment.client.fetchExecutions(workflow.id)) {
			const { runs } = await environment.client.waitForExecution(id);
			const json = runs[TRIGGER]?.[0]?.data?.main?.[0]?.[0]?.json;
			if (json?.eventId === eventId) return json;
		}
		return undefined;
	};

	const arrives = async (eventId: string) =>
		await waitFor(
			`${eventId} starts the workflow`,
			async () => await executionOf(eventId),
			100_000,
		);

	const delivered = async (eventId: string) =>
		await waitFor(`${eventId} is delivered`, async () =>
			environment.sandbox.control.deliveries.find(
				(one) => one.eventId === eventId && one.status === 200,
			),
		);

	/** Sends a delivery again as somebody else would; the event gets an ID of its own first. */
	const post = async (
		signature: (body: string, secrets: string[]) => string | undefined,
		{ eventId, body = bodyOf(eventId) }: { eventId: string; body?: string },
	) => {
		const [{ id, attributes }] = standing();
		const header = signature(body, environment.sandbox.control.getSecrets(id));
		const answer = await axios.post(String(attributes.url), body, {
			headers: {
				'content-type': 'application/json; charset=utf-8',
				'Persona-Webhook-Attempts-Made': '1',
				...(header && { 'Persona-Signature': header }),
			},
			transformRequest: [(data: string) => data],
			validateStatus: () => true,
			proxy: false,
		});
		return answer.status;
	};

	const bodyOf = (eventId: string) => {
		const [first] = environment.sandbox.control.deliveries;
		return first.body.replaceAll(first.eventId, eventId);
	};

	it('registers one enabled webhook when it is published', async () => {
		expect(await environment.client.publish(workflow.id)).toMatchObject({ status: 'published' });
		expect(webhooks().map(({ attributes }) => attributes)).toEqual([
			expect.objectContaining({
				status: 'enabled',
				'enabled-events': ['inquiry.created'],
				'api-version': '2025-12-08',
				url: expect.stringContaining(`${environment.n8n.url}/webhook/`),
			}),
		]);
	});

	it('starts the workflow for a genuine event', async () => {
		const thing = inquiry();
		const eventId = environment.sandbox.control.emitEvent('inquiry.created', thing);
		expect(await arrives(eventId)).toMatchObject({
			event: 'inquiry.created',
			attempt: 1,
			object: { id: thing.id, type: 'inquiry' },
		});
		expect((await delivered(eventId)).attempt).toBe(1);
	});

	it('refuses what is not signed by Persona, and starts nothing for it', async () => {
		const before = (await environment.client.fetchExecutions(workflow.id)).length;
		const minute = 60;
		const now = () => Math.floor(Date.now() / 1000);
		expect(await post(() => undefined, { eventId: 'evt_unsigned' })).toBe(401);
		expect(await post(() => 'garbage', { eventId: 'evt_garbage' })).toBe(401);
		expect(await post((body) => sign(body, 'wbhsec_wrong'), { eventId: 'evt_forged' })).toBe(401);
		expect(
			await post((body, secrets) => sign(body, secrets, now() - 6 * minute), {
				eventId: 'evt_stale',
			}),
		).toBe(401);
		const spaced = JSON.stringify(JSON.parse(bodyOf('evt_spaced')), undefined, 1);
		expect(
			await post((_, secrets) => sign(bodyOf('evt_spaced'), secrets), {
				eventId: 'evt_spaced',
				body: spaced,
			}),
		).toBe(401);
		expect(await environment.client.fetchExecutions(workflow.id)).toHaveLength(before);
	});

	it('takes a signature of its own time and bytes, once', async () => {
		let signature: string | undefined;
		const genuine = async () =>
			await post((body, secrets) => (signature ??= sign(body, secrets)), {
				eventId: 'evt_genuine',
			});
		expect(await genuine()).toBe(200);
		await arrives('evt_genuine');
		const before = (await environment.client.fetchExecutions(workflow.id)).length;
		expect(await genuine()).toBe(200);
		expect(await environment.client.fetchExecutions(workflow.id)).toHaveLength(before);
	});

	it('takes either secret while one replaces the other, and goes on with the new one', async () => {
		const [{ id }] = standing();
		const [old] = environment.sandbox.control.getSecrets(id);
		const fresh = environment.sandbox.control.rotateSecret(id, 3600);
		const thing = inquiry();
		const eventId = environment.sandbox.control.emitEvent('inquiry.created', thing);
		await arrives(eventId);
		expect(await post((body) => sign(body, old), { eventId: 'evt_old' })).toBe(200);
		await waitFor(
			'the new secret alone is taken',
			async () => (await post((body) => sign(body, fresh), { eventId: 'evt_fresh' })) === 200,
			90_000,
		);
		expect(await post((body) => sign(body, old), { eventId: 'evt_older' })).toBe(200);
		await arrives('evt_old');
		await arrives('evt_fresh');
	});

	it('follows a secret that is replaced at once', async () => {
		const [{ id }] = standing();
		environment.sandbox.control.rotateSecret(id, 0);
		const eventId = environment.sandbox.control.emitEvent('inquiry.created', inquiry());
		await arrives(eventId);
	}, 240_000);

	it('changes its webhook with its events, and leaves none behind', async () => {
		await environment.client.updateWorkflow(workflow.id, {
			nodes: [trigger(['inquiry.approved'])],
		});
		expect(await environment.client.publish(workflow.id)).toMatchObject({ status: 'published' });
		const [only, ...others] = await waitFor('the webhook has the new events', async () => {
			const now = standing();
			return String(now[0]?.attributes['enabled-events']) === 'inquiry.approved' && now;
		});
		expect(others).toEqual([]);
		expect(only.attributes.status).toBe('enabled');
		const eventId = environment.sandbox.control.emitEvent('inquiry.approved', inquiry());
		await arrives(eventId);
	});

	it('goes on after n8n has been restarted', async () => {
		await environment.n8n.restart();
		await environment.client.signIn({ email: 'owner@example.com', password: 'Correct-horse-1' });
		const eventId = environment.sandbox.control.emitEvent('inquiry.approved', inquiry());
		await arrives(eventId);
		expect(standing()).toHaveLength(1);
	});

	it('asks for an event again that it could not check while Persona was down', async () => {
		await environment.n8n.restart();
		await environment.client.signIn({ email: 'owner@example.com', password: 'Correct-horse-1' });
		environment.sandbox.control.setOutage(true);
		const eventId = environment.sandbox.control.emitEvent('inquiry.approved', inquiry());
		const refused = await waitFor('the first attempt is answered', async () =>
			environment.sandbox.control.deliveries.find((one) => one.eventId === eventId),
		);
		expect(refused.status).toBe(503);
		expect(await executionOf(eventId)).toBeUndefined();
		environment.sandbox.control.setOutage(false);
		const json = await arrives(eventId);
		expect(Number(json?.attempt)).toBeGreaterThan(1);
	});

	it('archives its webhook when it is unpublished', async () => {
		await environment.client.unpublish(workflow.id);
		await waitFor('the webhook is archived', async () => standing().length === 0);
		expect(webhooks().length).toBeGreaterThan(0);
	});

	it('says in the status panel what is missing', async () => {
		environment.sandbox.control.addFault({
			method: 'POST',
			path: '/webhooks',
			kind: 'status',
			status: 403,
			times: 50,
		});
		const state = await environment.client.publish(workflow.id, 150_000);
		environment.sandbox.control.clearFaults();
		expect(state.status).toBe('failed');
		expect(state.triggers?.[0].errorMessage).toContain('webhook.write');
		expect(standing()).toEqual([]);
	});
});
