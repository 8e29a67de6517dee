import type { IDataObject } from 'n8n-workflow';
import { getObjectType } from '../../nodes/Persona/engine/operationRules.ts';
import { table } from '../../nodes/Persona/resources/index.ts';
import type { ApiResponse } from '../../nodes/Persona/transport/apiResponse.ts';
import type { ApiRequest } from '../../nodes/Persona/transport/apiRequest.ts';
import type { PersonaEvent } from '../../nodes/Persona/events/event.ts';
import { fetchLatestState } from '../../nodes/Persona/triggers/latestState.ts';
import { sign } from '../support/sign.mts';
import {
	getApiRequests,
	getActiveWebhooks,
	createWebhookTriggerHarness,
} from './webhook/webhookTriggerHarness.mts';

const harness = createWebhookTriggerHarness();

const buildEvent = (data: object, included?: object[]) =>
	({
		type: 'event',
		id: 'evt_1',
		attributes: { name: 'inquiry.completed', payload: { data, ...(included && { included }) } },
	}) as PersonaEvent;

/** An active trigger that reads the latest state, and an inquiry that has been approved since. */
async function startActiveTrigger(parameters = {}) {
	const trigger = await harness.startTrigger({ parameters: { fetchLatest: true, ...parameters } });
	await trigger.activate();
	const warn = jest.spyOn(trigger.logger, 'warn').mockImplementation(() => {});
	const [secret] = harness.sandbox.control.getSecrets(getActiveWebhooks(harness)[0].id);
	const [id] = harness.sandbox.control.seedInquiries(1);
	const inquiry = harness.sandbox.control.find(id);
	if (!inquiry) throw new Error('The sandbox has no inquiry');
	const delivered = JSON.stringify({
		data: buildEvent({ ...inquiry, attributes: { ...inquiry.attributes, status: 'completed' } }),
	});
	inquiry.attributes.status = 'approved';
	// The first delivery reads the secret; the requests of a test are those for the object alone.
	await trigger.deliver('{}', { 'persona-signature': sign('{}', secret) });
	harness.sandbox.control.requests.length = 0;
	const deliver = async (body = delivered, seconds?: number) =>
		await trigger.deliver(body, { 'persona-signature': sign(body, secret, seconds) });
	return { trigger, warn, inquiry, deliver };
}

const getNowSeconds = () => Math.floor(Date.now() / 1000);

/** Moves the clock ahead, so that the same warning is logged again. */
function advanceClock(milliseconds: number) {
	const real = Date.now.bind(Date);
	jest.spyOn(Date, 'now').mockImplementation(() => real() + milliseconds);
}

afterEach(() => jest.restoreAllMocks());

describe('a trigger that fetches the latest state', () => {
	it('emits the object as it is in Persona now, with one request', async () => {
		const { trigger, inquiry, deliver } = await startActiveTrigger();
		expect(await deliver()).toBe(200);
		expect(trigger.started).toMatchObject([
			{
				event: 'inquiry.completed',
				eventId: 'evt_1',
				object: { id: inquiry.id, status: 'approved' },
			},
		]);
		expect(getApiRequests(harness)).toEqual([`GET /inquiries/${inquiry.id}`]);
	});

	it('includes those of the requested relationships that the object can have', async () => {
		const { trigger, deliver } = await startActiveTrigger({
			include: 'inquiry-template, verifications ,case-queue',
		});
		expect(await deliver()).toBe(200);
		const [{ object }] = trigger.started as Array<{ object: IDataObject }>;
		expect(object.inquiryTemplate).toMatchObject({ type: 'inquiry-template' });
		const [{ query }] = harness.sandbox.control.requests;
		expect(query).toEqual({ include: 'inquiry-template,verifications' });
	});

	it('matches its conditions against the latest state', async () => {
		const completed = await startActiveTrigger({ onlyWhen: { status: 'completed' } });
		expect(await completed.deliver()).toBe(200);
		expect(completed.trigger.started).toEqual([]);
	});

	it('emits an event whose object meets the conditions by now', async () => {
		const { trigger, deliver } = await startActiveTrigger({
			onlyWhen: { status: 'Approved, declined' },
		});
		expect(await deliver()).toBe(200);
		expect(trigger.started).toHaveLength(1);
	});

	it('reads no object that can never match, and none of other events', async () => {
		const { trigger, deliver } = await startActiveTrigger({
			onlyWhen: { templateId: 'itmpl_other' },
		});
		expect(await deliver()).toBe(200);
		trigger.setParameters({ onlyWhen: {}, events: ['case.created'] });
		expect(await deliver()).toBe(200);
		expect(getApiRequests(harness)).toEqual([]);
		expect(trigger.started).toEqual([]);
	});

	it('emits the object of the event if it no longer exists in Persona', async () => {
		const { trigger, inquiry, deliver } = await startActiveTrigger();
		harness.sandbox.control.addFault({
			path: `/inquiries/${inquiry.id}`,
			kind: 'status',
			status: 404,
		});
		expect(await deliver()).toBe(200);
		expect(trigger.started).toMatchObject([{ object: { id: inquiry.id, status: 'completed' } }]);
	});

	it.each([
		['an outage', { kind: 'reset' as const }, 'did not respond'],
		['an error', { kind: 'status' as const, status: 500 }, 'is unavailable'],
		['a rate limit', { kind: 'status' as const, status: 429 }, 'rate limit'],
		['a missing permission', { kind: 'status' as const, status: 403 }, 'inquiry.read'],
	])(
		'rejects a delivery with 503 during %s, logs why, and accepts the next attempt',
		async (_, fault, reason) => {
			const { trigger, warn, deliver } = await startActiveTrigger();
			harness.sandbox.control.addFault(fault);
			expect(await deliver()).toBe(503);
			expect(trigger.started).toEqual([]);
			expect(warn.mock.calls.map(([text]) => String(text))).toEqual([
				expect.stringContaining(reason),
			]);
			expect(await deliver()).toBe(200);
			expect(trigger.started).toHaveLength(1);
			advanceClock(61_000);
		},
	);

	it('responds before Persona gives up if Persona itself does not respond', async () => {
		const { trigger, deliver } = await startActiveTrigger();
		harness.sandbox.control.addFault({ kind: 'stall', stallMs: 10_000 });
		const startedAt = performance.now();
		expect(await deliver()).toBe(503);
		expect(performance.now() - startedAt).toBeLessThan(4_500);
		expect(trigger.started).toEqual([]);
	});

	it('gives two of the same delivery the same response, and starts the workflow once', async () => {
		const { trigger, deliver } = await startActiveTrigger();
		harness.sandbox.control.addFault({ kind: 'status', status: 500 });
		const seconds = getNowSeconds();
		const deliverBoth = async () =>
			await Promise.all([deliver(undefined, seconds), deliver(undefined, seconds)]);
		expect(await deliverBoth()).toEqual([503, 503]);
		expect(await deliverBoth()).toEqual([200, 200]);
		expect(trigger.started).toHaveLength(1);
		expect(getApiRequests(harness)).toHaveLength(2);
	});
});

describe('fetchLatestState', () => {
	const findPaths = async (type: string, id = 'any_1') => {
		const sent: ApiRequest[] = [];
		await fetchLatestState(
			async (request) => {
				sent.push(request);
				return { statusCode: 404, headers: {}, body: {} };
			},
			buildEvent({ type, id }),
			[],
		);
		return sent.map((request) => request.path);
	};

	it.each([
		['inquiry', '/inquiries/any_1'],
		['inquiry-session', '/inquiry-sessions/any_1'],
		['case', '/cases/any_1'],
		['report/adverse-media', '/reports/any_1'],
		['verification/government-id', '/verifications/any_1'],
		['document/generic', '/documents/any_1'],
		['connect/share-token', '/connect/share-tokens/any_1'],
	])('reads a %s from %s', async (type, route) => {
		expect(await findPaths(type)).toEqual([route]);
	});

	it('reads only with routes of the table, and never one that returns secrets', async () => {
		const rows = table.resources.flatMap(({ operations }) => Object.values(operations));
		const routes = rows.map(({ route }) => route).filter((route) => route.startsWith('GET '));
		for (const type of table.resources.map((resource) => getObjectType(resource))) {
			const [sent] = await findPaths(type);
			const known = routes.map((route) => route.replace('GET ', '').replace(/\{.+\}/, 'any_1'));
			if (sent !== undefined) expect(known).toContain(sent);
		}
		expect(await findPaths('webhook')).toEqual([]);
	});

	it('reads nothing without a route of its own or a proper ID', async () => {
		expect(await findPaths('selfie')).toEqual([]);
		expect(await findPaths('inquiry', '../api-keys')).toEqual([]);
		expect(await findPaths('inquiry', '')).toEqual([]);
	});

	it('keeps the related objects of the event that were not read again', async () => {
		const response: ApiResponse = {
			statusCode: 200,
			headers: {},
			body: {
				data: { type: 'inquiry', id: 'inq_1' },
				included: [{ type: 'account', id: 'act_1', attributes: { name: 'new' } }],
			},
		};
		const delivered = buildEvent({ type: 'inquiry', id: 'inq_1' }, [
			{ type: 'account', id: 'act_1', attributes: { name: 'old' } },
			{ type: 'selfie', id: 'self_1' },
		]);
		expect(await fetchLatestState(async () => response, delivered, ['account'])).toMatchObject({
			event: {
				id: 'evt_1',
				attributes: {
					name: 'inquiry.completed',
					payload: {
						included: [
							{ id: 'act_1', attributes: { name: 'new' } },
							{ type: 'selfie', id: 'self_1' },
						],
					},
				},
			},
		});
	});

	it('treats a response without an object as a failure', async () => {
		for (const body of [undefined, 'text', [], { data: null }, { data: [] }]) {
			const response = { statusCode: 200, headers: {}, body };
			const latest = await fetchLatestState(
				async () => response,
				buildEvent({ type: 'case', id: 'c' }),
				[],
			);
			expect(latest.failure).toBe(response);
		}
	});
});

describe('a custom event', () => {
	it.each(['simplified', 'allFields', 'raw'])(
		'is passed on with its whole payload, and nothing is read for it (Output %s)',
		async (output) => {
			const otherEvents = 'custom.reviewed';
			const { trigger, inquiry, deliver } = await startActiveTrigger({ otherEvents, output });
			const payload = {
				data: {
					type: 'inquiry',
					id: inquiry.id,
					attributes: { 'my-key': { type: 'a', value: 1 } },
				},
				'my-key': [null],
			};
			const attributes = { name: otherEvents, payload };
			const event = { type: 'event', id: 'evt_1', attributes };
			expect(await deliver(JSON.stringify({ data: event }))).toBe(200);
			const [item] = trigger.started;
			const { attributes: sent = item } = item as { attributes?: IDataObject };
			expect(sent.payload).toEqual(payload);
			expect(getApiRequests(harness)).toEqual([]);
		},
	);

	it.each([
		null,
		[],
		'text',
		7,
		{ data: 'text' },
		{ data: [1] },
		{ data: { attributes: 'x' } },
		{ data: { type: 'inquiry', id: 'inq_1', attributes: { status: 'approved' } } },
		{ status: 'approved', attributes: { status: 'approved' } },
	])(
		'with the payload %j starts the workflow, and meets no condition whatever it looks like',
		async (payload) => {
			const name = 'custom.reviewed';
			const { trigger, inquiry, deliver } = await startActiveTrigger({ events: ['*'] });
			const build = (id: string, event: string, content: unknown) =>
				JSON.stringify({
					data: { type: 'event', id, attributes: { name: event, payload: content } },
				});
			expect(await deliver(build('evt_1', name, payload))).toBe(200);
			expect(trigger.started).toMatchObject([{ event: name, payload }]);
			for (const fetchLatest of [false, true]) {
				trigger.setParameters({ onlyWhen: { status: 'approved' }, fetchLatest });
				expect(await deliver(build(`evt_2${fetchLatest}`, name, payload))).toBe(200);
			}
			expect(trigger.started).toHaveLength(1);
			trigger.setParameters({ onlyWhen: { objectId: inquiry.id } });
			const data = { type: 'inquiry', id: inquiry.id };
			expect(await deliver(build('evt_3', 'inquiry.failed', { data }))).toBe(200);
			expect(trigger.started).toHaveLength(2);
		},
	);
});
