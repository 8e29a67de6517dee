import fc from 'fast-check';
import { sign } from '../../../support/sign.mts';
import type { TestWebhookTrigger } from '../webhookTriggerHarness.mts';
import {
	getApiRequests,
	buildEventBody,
	buildInquiry,
	getActiveWebhooks,
	waitUntil,
	createWebhookTriggerHarness,
} from '../sandboxHarness.mts';

const here = createWebhookTriggerHarness();

/** An active trigger, and the secret that its webhook signs with. */
async function active(parameters = {}) {
	const trigger = await here.listener({ parameters });
	await trigger.activate();
	const [{ id }] = getActiveWebhooks(here);
	const [secret] = here.sandbox.control.getSecrets(id);
	return { trigger, webhookId: id, secret };
}

const deliver = async (
	trigger: TestWebhookTrigger,
	body: string,
	secret: string | string[],
	headers: Record<string, string> = {},
) => await trigger.deliver(body, { 'persona-signature': sign(body, secret), ...headers });

/** How often the secrets were read. */
const readings = () =>
	getApiRequests(here).filter((request) => request === 'GET /webhooks/{id}').length;

/** Lets time pass for everything that asks for the time. */
function later(milliseconds: number) {
	const now = Date.now.bind(Date);
	jest.spyOn(Date, 'now').mockImplementation(() => now() + milliseconds);
}

afterEach(() => jest.restoreAllMocks());

describe('webhook', () => {
	it('starts the workflow with what Persona delivers', async () => {
		const { trigger } = await active();
		const eventId = here.sandbox.control.emitEvent('inquiry.completed', buildInquiry());
		await waitUntil(() => here.sandbox.control.deliveries.length === 1);
		expect(here.sandbox.control.deliveries[0].status).toBe(200);
		expect(trigger.started).toMatchObject([
			{
				event: 'inquiry.completed',
				eventId,
				createdAt: expect.stringMatching(/^\d{4}-/) as string,
				attempt: 1,
				object: { id: 'inq_1', type: 'inquiry', status: 'completed', referenceId: 'user-42' },
				context: {},
			},
		]);
	});

	it('gives the event as it is where nothing is to be simplified', async () => {
		const { trigger, secret } = await active({ simplify: false });
		await deliver(trigger, buildEventBody('evt_1'), secret);
		expect(trigger.started).toEqual([
			(JSON.parse(buildEventBody('evt_1')) as { data: object }).data,
		]);
	});

	it('reads the secret once for many deliveries at the same time', async () => {
		const { trigger } = await active();
		for (let count = 0; count < 20; count++)
			here.sandbox.control.emitEvent('inquiry.approved', buildInquiry());
		await waitUntil(() => trigger.started.length === 20);
		expect(trigger.responseStatuses).toEqual(Array(20).fill(200));
		expect(readings()).toBe(1);
		expect(JSON.stringify(trigger.staticData)).not.toContain('wbhsec_');
	});

	it('leaves out events that are not chosen, with an answer that ends the delivery', async () => {
		const { trigger, secret } = await active({ otherEvents: 'custom.reviewed' });
		expect(await deliver(trigger, buildEventBody('evt_1', 'inquiry.failed'), secret)).toBe(200);
		expect(trigger.started).toEqual([]);
		expect(await deliver(trigger, buildEventBody('evt_2', 'custom.reviewed'), secret)).toBe(200);
		expect(trigger.started).toHaveLength(1);
	});

	it('starts nothing for an object that does not meet the conditions, and ends the delivery', async () => {
		const onlyWhen = { status: 'approved, completed', referenceId: 'user-41,user-42' };
		const { trigger, secret } = await active({ onlyWhen });
		expect(await deliver(trigger, buildEventBody('evt_1'), secret)).toBe(200);
		expect(trigger.started).toHaveLength(1);
		for (const other of [{ status: 'approved' }, { tags: 'vip' }, { templateId: 'itmpl_1' }]) {
			trigger.setParameters({ onlyWhen: { ...onlyWhen, ...other } });
			expect(await deliver(trigger, buildEventBody('evt_2'), secret)).toBe(200);
		}
		expect(trigger.started).toHaveLength(1);
		trigger.setParameters({ onlyWhen });
		expect(await deliver(trigger, buildEventBody('evt_3'), secret)).toBe(200);
		expect(trigger.started).toHaveLength(2);
	});

	it('takes conditions that an expression gives as a list, and empty ones as none', async () => {
		const status = '={{ ["approved", "completed"] }}';
		const { trigger, secret } = await active({ onlyWhen: { status, tags: '={{ undefined }}' } });
		expect(await deliver(trigger, buildEventBody('evt_1'), secret)).toBe(200);
		expect(trigger.started).toHaveLength(1);
	});

	it('takes every event where all are chosen, also one that is new', async () => {
		const { trigger, secret } = await active({ events: ['*'] });
		await deliver(trigger, buildEventBody('evt_1', 'brand-new.happened'), secret);
		expect(trigger.started).toMatchObject([{ event: 'brand-new.happened' }]);
	});
});

describe('webhook, at forged deliveries', () => {
	it('answers 401 and starts nothing without the secret', async () => {
		const { trigger, secret } = await active();
		const body = buildEventBody('evt_1');
		expect(await trigger.deliver(body)).toBe(401);
		expect(await trigger.deliver(body, { 'persona-signature': 'garbage' })).toBe(401);
		expect(readings()).toBe(0);
		expect(await deliver(trigger, body, 'wbhsec_guessed')).toBe(401);
		expect(await deliver(trigger, body, '')).toBe(401);
		const signature = sign(buildEventBody('evt_2'), secret);
		expect(await trigger.deliver(body, { 'persona-signature': signature })).toBe(401);
		expect(trigger.started).toEqual([]);
	});

	it('asks Persona at most every ten seconds, however many come', async () => {
		const { trigger, secret } = await active();
		await deliver(trigger, buildEventBody('evt_1'), secret);
		later(11_000);
		for (let count = 0; count < 10; count++)
			await deliver(trigger, buildEventBody('evt_2'), 'wbhsec_no');
		expect(readings()).toBe(2);
	});

	it('refuses a genuine delivery that is older than the tolerance, and says so in the log', async () => {
		const { trigger, secret } = await active();
		const warn = jest.spyOn(trigger.logger, 'warn').mockImplementation(() => {});
		const body = buildEventBody('evt_1');
		const seconds = Math.floor(Date.now() / 1000);
		const old = { 'persona-signature': sign(body, secret, seconds - 301) };
		expect(await trigger.deliver(body, old)).toBe(401);
		const ahead = { 'persona-signature': sign(body, secret, seconds + 310) };
		expect(await trigger.deliver(body, ahead)).toBe(401);
		expect(warn).toHaveBeenCalledTimes(1);
		expect(warn.mock.calls[0][0]).toContain('Tolerance');
		expect(trigger.started).toEqual([]);
	});

	it.each([
		[10, 590],
		[0, 1_000_000],
	])('takes a tolerance of %i minutes for %i seconds', async (tolerance, age) => {
		const { trigger, secret } = await active({ options: { tolerance } });
		const body = buildEventBody('evt_1');
		const seconds = Math.floor(Date.now() / 1000) - age;
		const old = { 'persona-signature': sign(body, secret, seconds) };
		expect(await trigger.deliver(body, old)).toBe(200);
	});

	it('answers 400 to what Persona signed although it is no event', async () => {
		const { trigger, secret } = await active();
		expect(await deliver(trigger, 'no JSON', secret)).toBe(400);
		expect(await deliver(trigger, '{"data":{"id":"evt_1"}}', secret)).toBe(400);
		expect(trigger.started).toEqual([]);
	});

	it('takes nothing from a stranger, whatever is sent', async () => {
		const { trigger } = await active();
		const time = Math.floor(Date.now() / 1000);
		const digest = fc.string({
			minLength: 64,
			maxLength: 64,
			unit: fc.constantFrom(...'0123abcf'),
		});
		const signature = fc.oneof(
			fc.string({ unit: 'grapheme-ascii' }),
			digest.map((hex) => `t=${time},v1=${hex}`),
		);
		await fc.assert(
			fc.asyncProperty(signature, fc.string(), fc.string(), async (header, made, text) => {
				const headers = { 'persona-signature': header, 'persona-webhook-attempts-made': '1' };
				expect(await trigger.deliver(text, headers)).toBe(401);
				expect(await deliver(trigger, buildEventBody(text), `wbhsec_${made}`)).toBe(401);
			}),
			{ numRuns: 200 },
		);
		expect(trigger.started).toEqual([]);
	});
});

describe('webhook, while the secret rotates', () => {
	it('takes deliveries without a pause', async () => {
		const { trigger, webhookId } = await active();
		here.sandbox.control.emitEvent('inquiry.completed', buildInquiry());
		await waitUntil(() => trigger.started.length === 1);
		later(61_000);
		here.sandbox.control.rotateSecret(webhookId, 3600);
		here.sandbox.control.emitEvent('inquiry.completed', buildInquiry());
		await waitUntil(() => trigger.started.length === 2);
		expect(trigger.responseStatuses).toEqual([200, 200]);
		expect(readings()).toBe(1);
	});

	it('reads the secrets anew when none of them fits any more', async () => {
		const { trigger, webhookId, secret } = await active();
		await deliver(trigger, buildEventBody('evt_1'), secret);
		later(61_000);
		const next = here.sandbox.control.rotateSecret(webhookId, 0);
		expect(await deliver(trigger, buildEventBody('evt_2'), next)).toBe(200);
		expect(await deliver(trigger, buildEventBody('evt_3'), secret)).toBe(401);
		expect(readings()).toBe(2);
	});

	it('takes an old secret for as long as Persona lets it live', async () => {
		const { trigger, webhookId, secret } = await active();
		here.sandbox.control.rotateSecret(webhookId, 30);
		expect(await deliver(trigger, buildEventBody('evt_1'), secret)).toBe(200);
		later(31_000);
		const header = sign(buildEventBody('evt_2'), secret);
		expect(await trigger.deliver(buildEventBody('evt_2'), { 'persona-signature': header })).toBe(
			401,
		);
	});

	it('loses no event although the secret changed a moment after it was read', async () => {
		const trigger = await here.listener();
		await trigger.activate();
		here.sandbox.control.emitEvent('inquiry.completed', buildInquiry());
		await waitUntil(() => trigger.started.length === 1);
		here.sandbox.control.rotateSecret(getActiveWebhooks(here)[0].id, 0);
		here.sandbox.control.emitEvent('inquiry.completed', buildInquiry('inq_2'));
		await waitUntil(() => trigger.responseStatuses.includes(401));
		later(61_000);
		await waitUntil(() => trigger.started.length === 2);
		expect(trigger.started[1]).toMatchObject({ object: { id: 'inq_2' } });
	});
});

describe('webhook, when it cannot check', () => {
	it.each([
		['an outage', { kind: 'reset' as const }],
		['a failure', { kind: 'status' as const, status: 500 }],
		[
			'a closed limit',
			{ kind: 'status' as const, status: 429, headers: { 'ratelimit-reset': '60' } },
		],
	])('answers 503 at once during %s, and takes the next attempt', async (_, fault) => {
		const trigger = await here.listener();
		await trigger.activate();
		here.sandbox.control.addFault(fault);
		here.sandbox.control.emitEvent('inquiry.completed', buildInquiry());
		await waitUntil(() => trigger.responseStatuses.length === 1);
		expect(trigger.responseStatuses).toEqual([503]);
		later(2_100);
		await waitUntil(() => trigger.responseStatuses.length === 2);
		expect(trigger.responseStatuses).toEqual([503, 200]);
		expect(trigger.started).toMatchObject([{ attempt: 2, object: { id: 'inq_1' } }]);
	});

	it('answers before Persona gives up when Persona itself does not answer', async () => {
		const { trigger, secret } = await active();
		here.sandbox.control.addFault({ kind: 'stall', stallMs: 10_000 });
		const startedAt = performance.now();
		expect(await deliver(trigger, buildEventBody('evt_1'), secret)).toBe(503);
		expect(performance.now() - startedAt).toBeLessThan(4_500);
	});

	it('goes on with the secrets it knows during an outage', async () => {
		const { trigger, secret } = await active();
		await deliver(trigger, buildEventBody('evt_1'), secret);
		later(61_000);
		here.sandbox.control.setOutage(true);
		expect(await deliver(trigger, buildEventBody('evt_2'), 'wbhsec_forged')).toBe(503);
		expect(await deliver(trigger, buildEventBody('evt_3'), secret)).toBe(200);
	});

	it.each([
		[401, "Check 'API Key' in the credential"],
		[403, 'webhook.read'],
		[404, 'Unpublish and publish the workflow'],
	])('answers 503 and logs what to do when Persona answers %i', async (status, advice) => {
		const { trigger, secret } = await active();
		const warn = jest.spyOn(trigger.logger, 'warn').mockImplementation(() => {});
		here.sandbox.control.addFault({ kind: 'status', status, times: 9 });
		for (const id of ['evt_1', 'evt_2']) {
			expect(await deliver(trigger, buildEventBody(id), secret)).toBe(503);
		}
		expect(warn).toHaveBeenCalledTimes(1);
		expect(warn.mock.calls[0][0]).toContain(advice);
		expect(trigger.started).toEqual([]);
	});

	it('answers 503 and logs why when the secret is hidden from the key', async () => {
		const { trigger, secret } = await active();
		const warn = jest.spyOn(trigger.logger, 'warn').mockImplementation(() => {});
		const body = { data: { type: 'webhook', id: 'wbh_1', attributes: { status: 'enabled' } } };
		here.sandbox.control.addFault({ kind: 'status', status: 200, body });
		expect(await deliver(trigger, buildEventBody('evt_1'), secret)).toBe(503);
		expect(warn.mock.calls[0][0]).toContain('blocklist');
	});

	it('answers 503 while n8n has not stored the webhook yet', async () => {
		const { trigger, secret, webhookId } = await active();
		delete trigger.staticData.webhookId;
		expect(await deliver(trigger, buildEventBody('evt_1'), secret)).toBe(503);
		expect(readings()).toBe(0);
		trigger.staticData.webhookId = webhookId;
		expect(await deliver(trigger, buildEventBody('evt_1'), secret)).toBe(200);
	});
});

describe('webhook, at repeated deliveries', () => {
	it('drops an exact replay and answers it as received', async () => {
		const { trigger, secret } = await active();
		const signed = { 'persona-signature': sign(buildEventBody('evt_1'), secret) };
		for (let count = 0; count < 3; count++) {
			expect(await trigger.deliver(buildEventBody('evt_1'), signed)).toBe(200);
		}
		expect(trigger.started).toHaveLength(1);
	});

	it('drops a replay that calls itself a later attempt, since that is not signed', async () => {
		const { trigger, secret } = await active();
		const signed = { 'persona-signature': sign(buildEventBody('evt_1'), secret) };
		for (const attempt of ['1', '2', '3']) {
			const headers = { ...signed, 'persona-webhook-attempts-made': attempt };
			expect(await trigger.deliver(buildEventBody('evt_1'), headers)).toBe(200);
		}
		expect(trigger.started).toHaveLength(1);
	});

	it('drops it also when both come at the same time', async () => {
		const { trigger, secret } = await active();
		const signed = { 'persona-signature': sign(buildEventBody('evt_1'), secret) };
		const both = [1, 2].map(async () => await trigger.deliver(buildEventBody('evt_1'), signed));
		expect(await Promise.all(both)).toEqual([200, 200]);
		expect(trigger.started).toHaveLength(1);
	});

	it('starts the workflow for a later attempt, which says that it is one', async () => {
		const { trigger } = await active();
		const eventId = here.sandbox.control.emitEvent('inquiry.completed', buildInquiry());
		await waitUntil(() => trigger.started.length === 1);
		// Signatures tell seconds apart.
		await new Promise((resolve) => setTimeout(resolve, 1_100));
		here.sandbox.control.redeliver(eventId);
		await waitUntil(() => trigger.started.length === 2);
		expect(trigger.started).toMatchObject([
			{ eventId, attempt: 1 },
			{ eventId, attempt: 2 },
		]);
	});

	it('remembers nothing of a delivery that it refused', async () => {
		const { trigger, secret } = await active();
		expect(await deliver(trigger, buildEventBody('evt_1'), 'wbhsec_forged')).toBe(401);
		expect(await deliver(trigger, buildEventBody('evt_1'), secret)).toBe(200);
		expect(trigger.started).toHaveLength(1);
	});

	it('gives an event to the test and to production alike', async () => {
		const [production, test] = await Promise.all([here.listener(), here.listener({ test: true })]);
		await production.activate();
		await test.activate();
		here.sandbox.control.emitEvent('inquiry.completed', buildInquiry());
		await waitUntil(() => production.started.length + test.started.length === 2);
		expect(production.started).toEqual(test.started);
	});

	it('forgets after an hour', async () => {
		const { trigger, secret } = await active();
		await deliver(trigger, buildEventBody('evt_1'), secret);
		later(60 * 60 * 1000 + 1);
		expect(await deliver(trigger, buildEventBody('evt_1'), secret)).toBe(200);
		expect(trigger.started).toHaveLength(2);
	});
});
