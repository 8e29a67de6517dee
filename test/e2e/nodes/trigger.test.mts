import axios from 'axios';
import type { INode } from 'n8n-workflow';
import { waitFor, type StoredWorkflow } from '../../../tools/n8n/n8nClient.mts';
import type { StoredObject } from '../../../sandbox/sandbox.mts';
import { sign } from '../../support/sign.mts';
import { startTestEnvironment, type TestEnvironment } from '../testEnvironment.mts';

const TRIGGER = 'Persona Trigger';

/** Seconds between the attempts of one delivery. The trigger fetches secrets again after ten seconds. */
const RETRY_SECONDS = [1, 1, 2, 4, 4, 4];

describe('the trigger in n8n', () => {
	let environment: TestEnvironment;
	let workflow: StoredWorkflow;

	beforeAll(async () => {
		environment = await startTestEnvironment({ webhookRetrySeconds: RETRY_SECONDS });
		workflow = await environment.client.createWorkflow({
			name: 'Listen',
			nodes: [buildTrigger(['inquiry.created'])],
			connections: {},
		});
	});
	afterAll(async () => await environment?.close());

	const buildTrigger = (events: string[]): INode => ({
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

	const findWebhooks = () => environment.sandbox.control.store.getCollection('webhook').findAll();

	const findActiveWebhooks = () =>
		findWebhooks().filter(({ attributes }) => attributes.status !== 'archived');

	const createInquiry = () => {
		const [id] = environment.sandbox.control.seedInquiries(1);
		return environment.sandbox.control.find(id) as StoredObject;
	};

	/** Finds the trigger's item in the execution that an event has started. */
	const findItem = async (eventId: string) => {
		for (const { id } of await environment.client.fetchExecutions(workflow.id)) {
			const { runs } = await environment.client.waitForExecution(id);
			const json = runs[TRIGGER]?.[0]?.data?.main?.[0]?.[0]?.json;
			if (json?.eventId === eventId) return json;
		}
		return undefined;
	};

	const waitForItem = async (eventId: string) =>
		await waitFor(`${eventId} starts the workflow`, async () => await findItem(eventId), 100_000);

	const waitForDelivery = async (eventId: string) =>
		await waitFor(`${eventId} is delivered`, async () =>
			environment.sandbox.control.deliveries.find(
				(one) => one.eventId === eventId && one.status === 200,
			),
		);

	/** Sends the body of the first delivery with another event ID and signature. */
	const post = async (
		signBody: (body: string, secrets: string[]) => string | undefined,
		{ eventId, body = buildBody(eventId) }: { eventId: string; body?: string },
	) => {
		const [{ id, attributes }] = findActiveWebhooks();
		const header = signBody(body, environment.sandbox.control.getSecrets(id));
		const response = await axios.post(String(attributes.url), body, {
			headers: {
				'content-type': 'application/json; charset=utf-8',
				'Persona-Webhook-Attempts-Made': '1',
				...(header && { 'Persona-Signature': header }),
			},
			transformRequest: [(data: string) => data],
			validateStatus: () => true,
			proxy: false,
		});
		return response.status;
	};

	const buildBody = (eventId: string) => {
		const [first] = environment.sandbox.control.deliveries;
		return first.body.replaceAll(first.eventId, eventId);
	};

	it('registers one enabled webhook when the workflow is published', async () => {
		expect(await environment.client.publish(workflow.id)).toMatchObject({ status: 'published' });
		expect(findWebhooks().map(({ attributes }) => attributes)).toEqual([
			expect.objectContaining({
				status: 'enabled',
				'enabled-events': ['inquiry.created'],
				'api-version': '2025-12-08',
				url: expect.stringContaining(`${environment.n8n.url}/webhook/`),
			}),
		]);
	});

	it('starts the workflow for a genuine event', async () => {
		const thing = createInquiry();
		const eventId = environment.sandbox.control.emitEvent('inquiry.created', thing);
		expect(await waitForItem(eventId)).toMatchObject({
			event: 'inquiry.created',
			attempt: 1,
			object: { id: thing.id, type: 'inquiry' },
		});
		expect((await waitForDelivery(eventId)).attempt).toBe(1);
	});

	it('rejects a delivery without a valid signature, and starts nothing', async () => {
		const before = (await environment.client.fetchExecutions(workflow.id)).length;
		const minute = 60;
		const getNow = () => Math.floor(Date.now() / 1000);
		expect(await post(() => undefined, { eventId: 'evt_unsigned' })).toBe(401);
		expect(await post(() => 'garbage', { eventId: 'evt_garbage' })).toBe(401);
		expect(await post((body) => sign(body, 'wbhsec_wrong'), { eventId: 'evt_forged' })).toBe(401);
		expect(
			await post((body, secrets) => sign(body, secrets, getNow() - 6 * minute), {
				eventId: 'evt_stale',
			}),
		).toBe(401);
		const spaced = JSON.stringify(JSON.parse(buildBody('evt_spaced')), undefined, 1);
		expect(
			await post((_, secrets) => sign(buildBody('evt_spaced'), secrets), {
				eventId: 'evt_spaced',
				body: spaced,
			}),
		).toBe(401);
		expect(await environment.client.fetchExecutions(workflow.id)).toHaveLength(before);
	});

	it('accepts a valid signature once', async () => {
		let signature: string | undefined;
		const deliver = async () =>
			await post((body, secrets) => (signature ??= sign(body, secrets)), {
				eventId: 'evt_genuine',
			});
		expect(await deliver()).toBe(200);
		await waitForItem('evt_genuine');
		const before = (await environment.client.fetchExecutions(workflow.id)).length;
		expect(await deliver()).toBe(200);
		expect(await environment.client.fetchExecutions(workflow.id)).toHaveLength(before);
	});

	it('accepts both secrets during a rotation, and then the new one alone', async () => {
		const [{ id }] = findActiveWebhooks();
		const [old] = environment.sandbox.control.getSecrets(id);
		const fresh = environment.sandbox.control.rotateSecret(id, 3600);
		const thing = createInquiry();
		const eventId = environment.sandbox.control.emitEvent('inquiry.created', thing);
		await waitForItem(eventId);
		expect(await post((body) => sign(body, old), { eventId: 'evt_old' })).toBe(200);
		await waitFor(
			'the new secret alone is accepted',
			async () => (await post((body) => sign(body, fresh), { eventId: 'evt_fresh' })) === 200,
			90_000,
		);
		expect(await post((body) => sign(body, old), { eventId: 'evt_older' })).toBe(200);
		await waitForItem('evt_old');
		await waitForItem('evt_fresh');
	});

	it('accepts a secret that replaces the old one at once', async () => {
		const [{ id }] = findActiveWebhooks();
		environment.sandbox.control.rotateSecret(id, 0);
		const eventId = environment.sandbox.control.emitEvent('inquiry.created', createInquiry());
		await waitForItem(eventId);
	}, 240_000);

	it('replaces its webhook when its events change, and leaves none behind', async () => {
		await environment.client.updateWorkflow(workflow.id, {
			nodes: [buildTrigger(['inquiry.approved'])],
		});
		expect(await environment.client.publish(workflow.id)).toMatchObject({ status: 'published' });
		const [only, ...others] = await waitFor('the webhook has the new events', async () => {
			const now = findActiveWebhooks();
			return String(now[0]?.attributes['enabled-events']) === 'inquiry.approved' && now;
		});
		expect(others).toEqual([]);
		expect(only.attributes.status).toBe('enabled');
		const eventId = environment.sandbox.control.emitEvent('inquiry.approved', createInquiry());
		await waitForItem(eventId);
	});

	describe('after a restart of n8n', () => {
		beforeAll(async () => await environment.n8n.restart());

		// First, while it does not know the secret.
		it('rejects an event with 503 while Persona is down, and receives it later', async () => {
			environment.sandbox.control.setOutage(true);
			const eventId = environment.sandbox.control.emitEvent('inquiry.approved', createInquiry());
			const rejected = await waitFor('the response to the first attempt', async () =>
				environment.sandbox.control.deliveries.find((one) => one.eventId === eventId),
			);
			expect(rejected.status).toBe(503);
			expect(await findItem(eventId)).toBeUndefined();
			environment.sandbox.control.setOutage(false);
			const item = await waitForItem(eventId);
			expect(Number(item?.attempt)).toBeGreaterThan(1);
		});

		it('still receives events with the same webhook', async () => {
			const eventId = environment.sandbox.control.emitEvent('inquiry.approved', createInquiry());
			await waitForItem(eventId);
			expect(findActiveWebhooks()).toHaveLength(1);
		});
	});

	it('archives its webhook when the workflow is unpublished', async () => {
		await environment.client.unpublish(workflow.id);
		await waitFor('the webhook is archived', async () => findActiveWebhooks().length === 0);
		expect(findWebhooks().length).toBeGreaterThan(0);
	});
});
