import Fastify, { type FastifyInstance } from 'fastify';
import type { AddressInfo } from 'node:net';
import type { StoredObject } from '../../../sandbox/sandbox.mts';
import { waitFor, type Execution } from '../../../tools/n8n/n8nClient.mts';
import { buildNode } from '../buildNode.mts';
import { fetchDataTablePath, fetchRows as fetchTableRows } from './dataTable.mts';
import {
	startWorkflowEnvironment,
	type PublishedWorkflow,
	type WorkflowEnvironment,
} from './workflowEnvironment.mts';
import { redeliverEvent } from './scenarioSteps.mts';
import { readWorkflow } from './workflowFiles.mts';

const NAME = '25-recover-missed-deliveries';

const NIGHT = 'Every night';

/** An address without a server, as that of an n8n that is off. */
const NOWHERE = 'http://127.0.0.1:1/webhook/off';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** How many events happen while n8n is off. */
const WEEK_EVENTS = 40;

/** A try is repeated no more often than this. */
const MAX_TRIES = 10;

/** A row of the data table. */
interface Row {
	id: number;
	eventId: string;
	event: string | null;
	try: string | null;
	via: string | null;
	state: string;
	startedAt: string;
	endedAt: string | null;
}

/** The service that the steps of the user call. */
interface Service {
	/** The IDs of the events that it has handled, in their order. */
	handled: string[];
	/** Fails the next calls, this often. */
	failNext(times: number): void;
	/** Runs in the middle of the next call. */
	duringNext?: () => Promise<void>;
	url: string;
	app: FastifyInstance;
}

async function startService(): Promise<Service> {
	let failures = 0;
	const app = Fastify({ forceCloseConnections: true });
	const service: Service = {
		handled: [],
		failNext: (times) => {
			failures = times;
		},
		url: '',
		app: app as unknown as FastifyInstance,
	};
	app.post('/', async ({ body }, reply) => {
		const during = service.duringNext;
		service.duringNext = undefined;
		await during?.();
		if (failures > 0) {
			failures -= 1;
			return await reply.code(503).send({});
		}
		service.handled.push(String(Object(body).eventId));
		return {};
	});
	await app.listen({ host: '127.0.0.1', port: 0 });
	service.url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/`;
	return service;
}

describe('"Recover missed deliveries"', () => {
	let environment: WorkflowEnvironment;
	let published: PublishedWorkflow;
	let service: Service;

	beforeAll(async () => {
		service = await startService();
		environment = await startWorkflowEnvironment({
			webhookRetrySeconds: [0.2],
			searchLagSeconds: 0,
			rateLimit: { maxRequests: 10_000, windowSeconds: 60 },
		});
		const { nodes } = await readWorkflow(NAME);
		published = await environment.publishWorkflow(NAME, {
			nodes: nodes.map((node) =>
				node.name === 'Your steps'
					? {
							...buildNode('n8n-nodes-base.httpRequest', node.name, {
								...{ method: 'POST', url: service.url, sendBody: true, specifyBody: 'json' },
								jsonBody: `={{ { eventId: $('Enter the try').first().json.eventId, inquiryId: $json.id } }}`,
							}),
							typeVersion: 4.2,
							position: node.position,
						}
					: node,
			),
		});
	});
	afterAll(async () => {
		await environment?.close();
		await service?.app.close();
	});
	beforeEach(async () => {
		service.handled.length = 0;
		await published.runOnce();
	});
	// What a test has left over must not be recovered by the next one.
	afterEach(async () => {
		environment.sandbox.control.clearFaults();
		connectWebhook();
		for (const { attributes } of listDeliveries()) attributes.status = 'completed';
		await environment.client.request('DELETE', await fetchDataTablePath(environment.client));
	});

	const { findWebhook, connectWebhook, disconnectWebhook } = (() => {
		let url: unknown;
		const find = () => {
			const webhooks = environment.sandbox.control.store.getCollection('webhook').findAll();
			return webhooks
				.filter(({ attributes }) => attributes.status === 'enabled')
				.at(-1) as StoredObject;
		};
		return {
			findWebhook: find,
			/** n8n can be reached again. */
			connectWebhook: () => {
				if (url !== undefined) find().attributes.url = url as string;
				url = undefined;
			},
			/** Persona does not reach n8n. */
			disconnectWebhook: () => {
				url ??= find().attributes.url;
				find().attributes.url = NOWHERE;
			},
		};
	})();

	const listDeliveries = () =>
		environment.sandbox.control.store.getCollection('webhook-event').findAll();

	const findDelivery = (eventId: string) =>
		listDeliveries().find(({ attributes }) => attributes['event-id'] === eventId);

	const fetchRows = async () => await fetchTableRows<Row>(environment.client);

	const fetchStates = async (eventId: string) =>
		(await fetchRows()).filter((row) => row.eventId === eventId).map(({ state }) => state);

	/** Changes the rows whose column compares to a value in this way. */
	const changeRows = async (columnName: string, condition: string, value: unknown, data: object) =>
		await environment.client.request(
			'PATCH',
			`${await fetchDataTablePath(environment.client)}/rows`,
			{
				filter: { type: 'and', filters: [{ columnName, condition, value }] },
				data,
			},
		);

	const hoursAgo = (hours: number) => new Date(Date.now() - hours * HOUR_MS).toISOString();

	/** Emits an event about a new inquiry and returns the ID of the event. */
	const emit = () => {
		const { control } = environment.sandbox;
		const [inquiryId] = control.seedInquiries(1);
		return control.emitEvent('inquiry.approved', inquiryId);
	};

	const getObjectId = (eventId: string) => {
		const { payload } = Object(environment.sandbox.control.find(eventId)).attributes;
		return String(Object(payload).data.id);
	};

	/** Emits events that Persona gives up, and returns their IDs. */
	const missEvents = async (count = 1) => {
		disconnectWebhook();
		const ids = Array.from({ length: count }, () => emit());
		await waitFor('Persona has given up', async () =>
			ids.every((id) => findDelivery(id)?.attributes.status === 'failed'),
		);
		connectWebhook();
		return ids;
	};

	/** Starts the nightly run. */
	const startNight = async () =>
		String((await environment.client.runWorkflow(published.workflow.id, NIGHT)).executionId);

	const runNight = async (): Promise<Execution> =>
		await environment.client.waitForExecution(await startNight(), 120_000);

	/** Waits until an event that comes live is entered as done. */
	const waitUntilDone = async (eventId: string) =>
		await waitFor(`${eventId} is done`, async () => (await fetchStates(eventId)).includes('done'));

	/** Waits until the live execution about an event has failed, and returns it. */
	const waitForFailure = async (eventId: string) =>
		await waitFor(`the execution about ${eventId} has failed`, async () => {
			const executions = await environment.client.fetchExecutions(published.workflow.id, 50);
			for (const { id, mode, status } of executions) {
				if (mode !== 'webhook' || status !== 'error') continue;
				const execution = await environment.client.fetchExecution(id);
				const [run] = execution.runs['When something happens'] ?? [];
				if (run?.data?.main[0]?.[0].json.eventId === eventId) return execution;
			}
			return undefined;
		});

	it('handles a live event once, and not again when Persona delivers it again', async () => {
		const id = emit();
		await waitUntilDone(id);
		const inquiryId = getObjectId(id);
		await redeliverEvent(environment.sandbox, 'inquiry.approved', inquiryId);
		// Each delivery has an execution, and one of the sub-workflow.
		await published.waitForExecutions(inquiryId, 4);
		expect((await runNight()).status).toBe('success');
		expect(service.handled).toEqual([id]);
		expect(await fetchRows()).toEqual([
			expect.objectContaining({ eventId: 'start', state: 'start' }),
			expect.objectContaining({
				eventId: id,
				event: 'inquiry.approved',
				via: 'live',
				state: 'done',
			}),
		]);
	});

	it('recovers a week in which n8n was off: each event once, in the order in which they happened', async () => {
		await changeRows('eventId', 'eq', 'start', { startedAt: hoursAgo(24 * 8) });
		const ids = await missEvents(WEEK_EVENTS);
		const [other] = await missEvents();
		Object.assign(findDelivery(other)?.attributes ?? {}, { 'event-name': 'inquiry.created' });
		// The newest of the week was created first, so that the order is not that of the list.
		for (const [index, id] of ids.entries()) {
			const at = new Date(
				Date.now() - 7 * DAY_MS + ((ids.length - index) * 7 * DAY_MS) / (ids.length + 1),
			);
			const times = { 'created-at': at.toISOString(), 'updated-at': at.toISOString() };
			Object.assign(findDelivery(id)?.attributes ?? {}, times, {
				'last-attempted-at': at.toISOString(),
			});
		}
		const night = await runNight();
		expect(night.status).toBe('success');
		expect(service.handled).toEqual([...ids].reverse());
		expect(
			(await fetchRows()).filter(({ state, via }) => state === 'done' && via === 'night'),
		).toHaveLength(ids.length);
		expect(await fetchStates(other)).toEqual([]);

		const next = await runNight();
		expect([next.status, next.lastNode]).toEqual(['success', 'Not handled yet?']);
		expect(service.handled).toHaveLength(ids.length);
	});

	it('leaves alone what was delivered, what Persona still tries, and what is older than the beginning', async () => {
		const live = emit();
		await waitUntilDone(live);
		const [old] = await missEvents();
		const [tried] = await missEvents();
		Object.assign(findDelivery(old)?.attributes ?? {}, { 'updated-at': hoursAgo(1) });
		Object.assign(findDelivery(tried)?.attributes ?? {}, { status: 'pending' });
		const night = await runNight();
		expect([night.status, night.lastNode]).toEqual(['success', 'Split out the events']);
		expect(service.handled).toEqual([live]);
	});

	it('handles no event at night that the live path has handled after another webhook had lost it', async () => {
		const id = emit();
		await waitUntilDone(id);
		const { attributes } = findDelivery(id) as StoredObject;
		Object.assign(attributes, { status: 'failed', 'webhook-id': 'wbh_Other' });
		expect((await runNight()).lastNode).toBe('Not handled yet?');
		expect(service.handled).toEqual([id]);
	});

	it('handles an event once when two nightly runs and a new delivery come at the same moment', async () => {
		const [id] = await missEvents();
		let other = '';
		service.duringNext = async () => {
			other = await startNight();
			environment.sandbox.control.redeliver(id, findWebhook().id);
			expect((await environment.client.waitForExecution(other)).status).toBe('success');
			await waitFor('the delivery is accepted', async () =>
				environment.sandbox.control.deliveries.some(
					({ eventId, status }) => eventId === id && status === 200,
				),
			);
		};
		expect((await runNight()).status).toBe('success');
		await waitFor('the other tries are removed', async () => (await fetchStates(id)).length === 1);
		expect(service.handled).toEqual([id]);
		expect(await fetchStates(id)).toEqual(['done']);
	});

	it('does not lose a live event whose steps fail: the next night handles it, and a late retry does nothing', async () => {
		service.failNext(1);
		const id = emit();
		const failed = await waitForFailure(id);
		expect(failed.lastNode).toBe('Handle the event');
		expect(await fetchStates(id)).toEqual(['started']);
		// It may still be under way.
		expect((await runNight()).lastNode).toBe('Split out the events');
		expect(service.handled).toEqual([]);

		await changeRows('eventId', 'eq', id, { startedAt: hoursAgo(7) });
		expect((await runNight()).status).toBe('success');
		expect(service.handled).toEqual([id]);

		expect((await published.retryExecution(failed)).status).toBe('success');
		expect(service.handled).toEqual([id]);
		expect(await fetchStates(id)).toEqual(['started', 'done']);
	});

	it('handles a live event whose steps have failed when its execution is retried', async () => {
		service.failNext(1);
		const id = emit();
		const failed = await waitForFailure(id);
		expect((await published.retryExecution(failed)).status).toBe('success');
		expect(service.handled).toEqual([id]);
		await changeRows('state', 'eq', 'started', { startedAt: hoursAgo(7) });
		await runNight();
		expect(service.handled).toEqual([id]);
	});

	it('handles the others when one event fails, says so at the end, and tries it again the next night', async () => {
		const ids = await missEvents(3);
		service.failNext(1);
		const night = await runNight();
		expect(night.status).toBe('error');
		expect(night.error?.message).toContain('1 of 3 events could not be handled');
		expect(service.handled).toHaveLength(2);
		await changeRows('state', 'eq', 'started', { startedAt: hoursAgo(7) });
		expect((await runNight()).status).toBe('success');
		expect([...service.handled].sort()).toEqual([...ids].sort());
	});

	it('gives up an event after ten tries, and leaves its rows in the table', async () => {
		const [id] = await missEvents();
		const path = await fetchDataTablePath(environment.client);
		const failed = { eventId: id, event: 'inquiry.approved', state: 'started', via: 'night' };
		const data = Array.from({ length: MAX_TRIES - 1 }, () => ({
			...failed,
			startedAt: hoursAgo(7),
		}));
		await environment.client.request('POST', `${path}/insert`, { data, returnType: 'count' });
		service.failNext(1);
		expect((await runNight()).status).toBe('error');
		await changeRows('state', 'eq', 'started', { startedAt: hoursAgo(7) });
		expect((await runNight()).lastNode).toBe('Split out the events');
		expect(await fetchStates(id)).toEqual(Array(MAX_TRIES).fill('started'));
		expect(service.handled).toEqual([]);
	});

	it('enters an event that Persona no longer has, says so once, and tries it no more', async () => {
		const [id] = await missEvents();
		const [anonymous] = await missEvents();
		const delivery = findDelivery(anonymous) as StoredObject;
		Object.assign(delivery.attributes, { 'event-id': null });
		environment.sandbox.control.addFault({ path: `/events/${id}`, kind: 'status', status: 404 });
		const night = await runNight();
		expect(night.error?.message).toContain('2 of 2 events could not be handled');
		for (const each of [id, delivery.id]) expect(await fetchStates(each)).toEqual(['done']);
		expect((await fetchRows()).filter(({ via }) => via === 'gone')).toHaveLength(2);
		expect((await runNight()).status).toBe('success');
		expect(service.handled).toEqual([]);
	});

	it('recovers the events on another night when Persona did not answer', async () => {
		const [id] = await missEvents();
		const { control } = environment.sandbox;
		control.addFault({ path: '/webhook-events/search', kind: 'status', status: 403 });
		const denied = await runNight();
		expect([denied.status, denied.lastNode]).toEqual(['error', 'Find failed deliveries']);

		control.addFault({ path: '/events/.+', kind: 'status', status: 403 });
		expect((await runNight()).error?.message).toContain('1 of 1 events could not be handled');
		expect(await fetchStates(id)).toEqual(['started']);
		await changeRows('state', 'eq', 'started', { startedAt: hoursAgo(7) });
		expect((await runNight()).status).toBe('success');
		expect(service.handled).toEqual([id]);
	});

	it('forgets tries that are older than Persona keeps deliveries, and keeps the beginning', async () => {
		const id = emit();
		await waitUntilDone(id);
		await changeRows('state', 'neq', '', { startedAt: hoursAgo(24 * 61) });
		await runNight();
		expect((await fetchRows()).map(({ state }) => state)).toEqual(['start']);
		await published.runOnce();
		const [{ startedAt }] = await fetchRows();
		expect(Date.parse(startedAt)).toBeLessThan(Date.now() - 60 * DAY_MS);
	});

	it('looks for nothing without a beginning, since then it does not know what was handled', async () => {
		const [id] = await missEvents();
		await changeRows('state', 'eq', 'start', { state: 'other' });
		const before = environment.sandbox.control.requests.length;
		const night = await runNight();
		expect([night.status, night.lastNode]).toEqual(['error', 'Find failed deliveries']);
		expect(environment.sandbox.control.requests).toHaveLength(before);
		expect(await fetchStates(id)).toEqual([]);
	});
});
