import type { IDataObject } from 'n8n-workflow';
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
} from './webhook/sandboxHarness.mts';

const here = createWebhookTriggerHarness();

const eventAbout = (data: object, included?: object[]) =>
	({
		type: 'event',
		id: 'evt_1',
		attributes: { name: 'inquiry.completed', payload: { data, ...(included && { included }) } },
	}) as PersonaEvent;

/** An active trigger that reads the latest state, and an inquiry that has been approved since. */
async function active(parameters = {}) {
	const trigger = await here.listener({ parameters: { fetchLatest: true, ...parameters } });
	await trigger.activate();
	const warn = jest.spyOn(trigger.logger, 'warn').mockImplementation(() => {});
	const [secret] = here.sandbox.control.getSecrets(getActiveWebhooks(here)[0].id);
	const [id] = here.sandbox.control.seedInquiries(1);
	const inquiry = here.sandbox.control.find(id);
	if (!inquiry) throw new Error('The sandbox has no inquiry');
	const delivered = JSON.stringify({
		data: eventAbout({ ...inquiry, attributes: { ...inquiry.attributes, status: 'completed' } }),
	});
	inquiry.attributes.status = 'approved';
	// The first delivery reads the secret; the requests of a test are those for the object alone.
	await trigger.deliver('{}', { 'persona-signature': sign('{}', secret) });
	here.sandbox.control.requests.length = 0;
	const deliver = async (body = delivered, seconds?: number) =>
		await trigger.deliver(body, { 'persona-signature': sign(body, secret, seconds) });
	return { trigger, warn, inquiry, deliver };
}

const now = () => Math.floor(Date.now() / 1000);

/** Lets the minute pass in which the same warning is given once. */
function later(milliseconds: number) {
	const real = Date.now.bind(Date);
	jest.spyOn(Date, 'now').mockImplementation(() => real() + milliseconds);
}

afterEach(() => jest.restoreAllMocks());

describe('a trigger that fetches the latest state', () => {
	it('gives the object as Persona has it now, and reads it once', async () => {
		const { trigger, inquiry, deliver } = await active();
		expect(await deliver()).toBe(200);
		expect(trigger.started).toMatchObject([
			{
				event: 'inquiry.completed',
				eventId: 'evt_1',
				object: { id: inquiry.id, status: 'approved' },
			},
		]);
		expect(getApiRequests(here)).toEqual([`GET /inquiries/${inquiry.id}`]);
	});

	it('includes what is asked for and what the object can have, and nothing else', async () => {
		const { trigger, deliver } = await active({
			include: 'inquiry-template, verifications ,case-queue',
		});
		expect(await deliver()).toBe(200);
		const [{ object }] = trigger.started as Array<{ object: IDataObject }>;
		expect(object.inquiryTemplate).toMatchObject({ type: 'inquiry-template' });
		const [{ query }] = here.sandbox.control.requests;
		expect(query).toEqual({ include: 'inquiry-template,verifications' });
	});

	it('looks at the latest state with its conditions', async () => {
		const completed = await active({ onlyWhen: { status: 'completed' } });
		expect(await completed.deliver()).toBe(200);
		expect(completed.trigger.started).toEqual([]);
	});

	it('takes what meets its conditions by now', async () => {
		const { trigger, deliver } = await active({ onlyWhen: { status: 'Approved, declined' } });
		expect(await deliver()).toBe(200);
		expect(trigger.started).toHaveLength(1);
	});

	it('reads nothing for what its conditions leave out for good, and for other events', async () => {
		const { trigger, deliver } = await active({ onlyWhen: { templateId: 'itmpl_other' } });
		expect(await deliver()).toBe(200);
		trigger.setParameters({ onlyWhen: {}, events: ['case.created'] });
		expect(await deliver()).toBe(200);
		expect(getApiRequests(here)).toEqual([]);
		expect(trigger.started).toEqual([]);
	});

	it('keeps the object of the event where Persona does not have it any more', async () => {
		const { trigger, inquiry, deliver } = await active();
		here.sandbox.control.addFault({
			path: `/inquiries/${inquiry.id}`,
			kind: 'status',
			status: 404,
		});
		expect(await deliver()).toBe(200);
		expect(trigger.started).toMatchObject([{ object: { id: inquiry.id, status: 'completed' } }]);
	});

	it.each([
		['an outage', { kind: 'reset' as const }, 'did not respond'],
		['a failure', { kind: 'status' as const, status: 500 }, 'is unavailable'],
		['a closed limit', { kind: 'status' as const, status: 429 }, 'rate limit'],
		['a missing permission', { kind: 'status' as const, status: 403 }, 'inquiry.read'],
	])('answers 503 at %s, says why, and takes the next attempt', async (_, fault, reason) => {
		const { trigger, warn, deliver } = await active();
		here.sandbox.control.addFault(fault);
		expect(await deliver()).toBe(503);
		expect(trigger.started).toEqual([]);
		expect(warn.mock.calls.map(([text]) => String(text))).toEqual([
			expect.stringContaining(reason),
		]);
		expect(await deliver()).toBe(200);
		expect(trigger.started).toHaveLength(1);
		later(61_000);
	});

	it('answers before Persona gives up when Persona itself does not answer', async () => {
		const { trigger, deliver } = await active();
		here.sandbox.control.addFault({ kind: 'stall', stallMs: 10_000 });
		const startedAt = performance.now();
		expect(await deliver()).toBe(503);
		expect(performance.now() - startedAt).toBeLessThan(4_500);
		expect(trigger.started).toEqual([]);
	});

	it('answers two of the same delivery alike, and starts the workflow once', async () => {
		const { trigger, deliver } = await active();
		here.sandbox.control.addFault({ kind: 'status', status: 500 });
		const seconds = now();
		const both = async () =>
			await Promise.all([deliver(undefined, seconds), deliver(undefined, seconds)]);
		expect(await both()).toEqual([503, 503]);
		expect(await both()).toEqual([200, 200]);
		expect(trigger.started).toHaveLength(1);
		expect(getApiRequests(here)).toHaveLength(2);
	});
});

describe('latestOf', () => {
	const path = async (type: string, id = 'any_1') => {
		const sent: ApiRequest[] = [];
		await fetchLatestState(
			async (request) => {
				sent.push(request);
				return { statusCode: 404, headers: {}, body: {} };
			},
			eventAbout({ type, id }),
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
		expect(await path(type)).toEqual([route]);
	});

	it('reads only with routes of the table, and never what shows secrets', async () => {
		const rows = table.resources.flatMap(({ operations }) => Object.values(operations));
		const routes = rows.map(({ route }) => route).filter((route) => route.startsWith('GET '));
		for (const { type } of table.resources) {
			const [sent] = await path(type);
			const known = routes.map((route) => route.replace('GET ', '').replace(/\{.+\}/, 'any_1'));
			if (sent !== undefined) expect(known).toContain(sent);
		}
		expect(await path('webhook')).toEqual([]);
	});

	it('reads nothing that has no route of its own, nor what has no proper ID', async () => {
		expect(await path('selfie')).toEqual([]);
		expect(await path('inquiry', '../api-keys')).toEqual([]);
		expect(await path('inquiry', '')).toEqual([]);
	});

	it('keeps the related objects of the event that were not read again', async () => {
		const answer: ApiResponse = {
			statusCode: 200,
			headers: {},
			body: {
				data: { type: 'inquiry', id: 'inq_1' },
				included: [{ type: 'account', id: 'act_1', attributes: { name: 'new' } }],
			},
		};
		const delivered = eventAbout({ type: 'inquiry', id: 'inq_1' }, [
			{ type: 'account', id: 'act_1', attributes: { name: 'old' } },
			{ type: 'selfie', id: 'self_1' },
		]);
		expect(await fetchLatestState(async () => answer, delivered, ['account'])).toMatchObject({
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

	it('takes an answer without an object for a failure', async () => {
		for (const body of [undefined, 'text', [], { data: null }, { data: [] }]) {
			const answer = { statusCode: 200, headers: {}, body };
			const latest = await fetchLatestState(
				async () => answer,
				eventAbout({ type: 'case', id: 'c' }),
				[],
			);
			expect(latest.failure).toBe(answer);
		}
	});
});
