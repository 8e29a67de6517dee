import fc from 'fast-check';
import { send } from '../../../support/apiClient.mts';
import { sign } from '../../../support/sign.mts';
import {
	type TestWebhookTrigger,
	getApiRequests,
	buildEventBody,
	buildInquiry,
	getActiveWebhooks,
	waitUntil,
	createWebhookTriggerHarness,
} from '../webhookTriggerHarness.mts';

const harness = createWebhookTriggerHarness();

/** An active trigger, and the secret that its webhook signs with. */
async function startActiveTrigger(parameters = {}) {
	const trigger = await harness.startTrigger({ parameters });
	await trigger.activate();
	const [{ id }] = getActiveWebhooks(harness);
	const [secret] = harness.sandbox.control.getSecrets(id);
	return { trigger, webhookId: id, secret };
}

const deliver = async (
	trigger: TestWebhookTrigger,
	body: string,
	secret: string | string[],
	headers: Record<string, string> = {},
) => await trigger.deliver(body, { 'persona-signature': sign(body, secret), ...headers });

/** How often the secrets were fetched. */
const countSecretRequests = () =>
	getApiRequests(harness).filter((request) => request === 'GET /webhooks/{id}').length;

/** Moves the clock ahead; timers are not affected. */
function advanceClock(milliseconds: number) {
	const now = Date.now.bind(Date);
	jest.spyOn(Date, 'now').mockImplementation(() => now() + milliseconds);
}

afterEach(() => jest.restoreAllMocks());

describe('a delivery', () => {
	it('starts the workflow with an item for the event', async () => {
		const { trigger } = await startActiveTrigger();
		const eventId = harness.sandbox.control.emitEvent('inquiry.completed', buildInquiry());
		await waitUntil(() => harness.sandbox.control.deliveries.length === 1);
		expect(harness.sandbox.control.deliveries[0].status).toBe(200);
		expect(trigger.started).toMatchObject([
			{
				event: 'inquiry.completed',
				eventId,
				createdAt: expect.stringMatching(/^\d{4}-/) as string,
				attempt: 1,
				object: { id: 'inq_1', type: 'inquiry', status: 'completed', referenceId: 'user-42' },
			},
		]);
	});

	it('of a review says what was decided on which record, and by whom', async () => {
		const { trigger } = await startActiveTrigger({
			events: ['report/screening.reviewed'],
			output: 'allFields',
		});
		const query = { term: 'Jane Match' };
		const { data: report } = await send(harness.sandbox, 'POST', '/reports', {
			data: { type: 'report/screening', attributes: { query } },
		});
		let records: Array<{ token: string }> = [];
		while (records.length === 0) {
			const { data } = await send(harness.sandbox, 'GET', `/reports/${report.id}`);
			records = (data.attributes['matched-records'] ?? []) as typeof records;
			await new Promise((resolve) => setTimeout(resolve, 20));
		}
		const attributes = {
			...{ 'review-type': 'record', 'record-token': records[0].token },
			...{ 'review-status': 'true_positive', 'risk-level': 'material', comment: 'Same person' },
		};
		await send(harness.sandbox, 'POST', `/reports/${report.id}/review`, { data: { attributes } });
		await waitUntil(() => trigger.started.length === 1);
		expect(trigger.started).toMatchObject([
			{
				event: 'report/screening.reviewed',
				object: { id: report.id, type: 'report/screening' },
				context: {
					...{ reviewType: 'record', recordToken: records[0].token, reviewStatus: 'true_positive' },
					...{ riskLevel: 'material', comment: 'Same person' },
					reviewerToken: expect.stringMatching(/^api_/) as string,
				},
			},
		]);
	});

	it('starts the workflow with the event as sent as raw output', async () => {
		const { trigger, secret } = await startActiveTrigger({ output: 'raw' });
		await deliver(trigger, buildEventBody('evt_1'), secret);
		expect(trigger.started).toEqual([
			(JSON.parse(buildEventBody('evt_1')) as { data: object }).data,
		]);
	});

	it('shares one request for the secret with other deliveries at the same time', async () => {
		const { trigger } = await startActiveTrigger();
		for (let count = 0; count < 20; count++)
			harness.sandbox.control.emitEvent('inquiry.approved', buildInquiry());
		await waitUntil(() => trigger.started.length === 20);
		expect(trigger.responseStatuses).toEqual(Array(20).fill(200));
		expect(countSecretRequests()).toBe(1);
		expect(JSON.stringify(trigger.staticData)).not.toContain('wbhsec_');
	});

	it('is acknowledged and starts nothing if its event is not chosen', async () => {
		const { trigger, secret } = await startActiveTrigger({ otherEvents: 'custom.reviewed' });
		expect(await deliver(trigger, buildEventBody('evt_1', 'inquiry.failed'), secret)).toBe(200);
		expect(trigger.started).toEqual([]);
		expect(await deliver(trigger, buildEventBody('evt_2', 'custom.reviewed'), secret)).toBe(200);
		expect(trigger.started).toHaveLength(1);
	});

	it('is acknowledged and starts nothing if its object does not meet the conditions', async () => {
		const onlyWhen = { status: 'approved, completed', referenceId: 'user-41,user-42' };
		const { trigger, secret } = await startActiveTrigger({ onlyWhen });
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

	it('is matched against conditions that an expression returns as a list', async () => {
		const status = '={{ ["approved", "completed"] }}';
		const { trigger, secret } = await startActiveTrigger({ onlyWhen: { status } });
		expect(await deliver(trigger, buildEventBody('evt_1'), secret)).toBe(200);
		expect(trigger.started).toHaveLength(1);
	});

	it('starts the workflow for any event, also an unknown one, if all are chosen', async () => {
		const { trigger, secret } = await startActiveTrigger({ events: ['*'] });
		await deliver(trigger, buildEventBody('evt_1', 'brand-new.happened'), secret);
		expect(trigger.started).toMatchObject([{ event: 'brand-new.happened' }]);
	});
});

describe('a delivery that may be forged', () => {
	// The first test, since each warning is logged once a minute.
	it('is logged once with what may have changed it on its way, however often it comes', async () => {
		const { trigger, secret } = await startActiveTrigger();
		const warn = jest.spyOn(trigger.logger, 'warn').mockImplementation(() => {});
		const body = buildEventBody('evt_1');
		const formatted = JSON.stringify(JSON.parse(body), undefined, 1);
		for (let count = 0; count < 3; count++) {
			const headers = { 'persona-signature': sign(body, secret) };
			expect(await trigger.deliver(formatted, headers)).toBe(401);
			expect(await trigger.deliver(body)).toBe(401);
		}
		expect(warn.mock.calls.map(([message]) => message)).toEqual([
			expect.stringContaining('a proxy or firewall between Persona and n8n changes the body'),
			expect.stringContaining('removes the header `Persona-Signature`'),
		]);
		expect(trigger.started).toEqual([]);
	});

	it('is rejected with 401 and starts nothing without the secret', async () => {
		const { trigger, secret } = await startActiveTrigger();
		const body = buildEventBody('evt_1');
		expect(await trigger.deliver(body)).toBe(401);
		expect(await trigger.deliver(body, { 'persona-signature': 'garbage' })).toBe(401);
		expect(countSecretRequests()).toBe(0);
		expect(await deliver(trigger, body, 'wbhsec_guessed')).toBe(401);
		expect(await deliver(trigger, body, '')).toBe(401);
		const signature = sign(buildEventBody('evt_2'), secret);
		expect(await trigger.deliver(body, { 'persona-signature': signature })).toBe(401);
		expect(trigger.started).toEqual([]);
	});

	it('causes at most one request to Persona in ten seconds, however many are delivered', async () => {
		const { trigger, secret } = await startActiveTrigger();
		await deliver(trigger, buildEventBody('evt_1'), secret);
		advanceClock(11_000);
		for (let count = 0; count < 10; count++)
			await deliver(trigger, buildEventBody('evt_2'), 'wbhsec_no');
		expect(countSecretRequests()).toBe(2);
	});

	it('is rejected, and logged, if its signature is valid but older than the tolerance', async () => {
		const { trigger, secret } = await startActiveTrigger();
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
	])(
		'is accepted, with a tolerance of %i minutes, %i seconds after it was signed',
		async (tolerance, age) => {
			const { trigger, secret } = await startActiveTrigger({ options: { tolerance } });
			const body = buildEventBody('evt_1');
			const seconds = Math.floor(Date.now() / 1000) - age;
			const old = { 'persona-signature': sign(body, secret, seconds) };
			expect(await trigger.deliver(body, old)).toBe(200);
		},
	);

	it('is rejected with 400 if its signature is valid but its body is no event, and the log says why', async () => {
		const { trigger, secret } = await startActiveTrigger();
		const warn = jest.spyOn(trigger.logger, 'warn').mockImplementation(() => {});
		expect(await deliver(trigger, 'no JSON', secret)).toBe(400);
		expect(await deliver(trigger, '{"data":{"id":"evt_1"}}', secret)).toBe(400);
		expect(warn.mock.calls.map(([text]) => String(text))).toEqual([
			expect.stringContaining("set 'Receive' to 'Called by a Persona Workflow'"),
		]);
		expect(trigger.started).toEqual([]);
	});

	it('is rejected with 401 if its body cannot be read, since nothing is verified then', async () => {
		const { trigger, secret } = await startActiveTrigger();
		trigger.bodyError = new Error('request aborted');
		expect(await deliver(trigger, buildEventBody('evt_1'), secret)).toBe(401);
		expect(countSecretRequests()).toBe(0);
		expect(trigger.started).toEqual([]);
	});

	it('starts nothing, whatever an unverified sender sends', async () => {
		const { trigger } = await startActiveTrigger();
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

describe('a delivery while the secret is rotated', () => {
	it('is accepted without interruption', async () => {
		const { trigger, webhookId } = await startActiveTrigger();
		harness.sandbox.control.emitEvent('inquiry.completed', buildInquiry());
		await waitUntil(() => trigger.started.length === 1);
		advanceClock(61_000);
		harness.sandbox.control.rotateSecret(webhookId, 3600);
		harness.sandbox.control.emitEvent('inquiry.completed', buildInquiry());
		await waitUntil(() => trigger.started.length === 2);
		expect(trigger.responseStatuses).toEqual([200, 200]);
		expect(countSecretRequests()).toBe(1);
	});

	it('makes the node fetch the secrets again if none of them matches', async () => {
		const { trigger, webhookId, secret } = await startActiveTrigger();
		await deliver(trigger, buildEventBody('evt_1'), secret);
		advanceClock(61_000);
		const next = harness.sandbox.control.rotateSecret(webhookId, 0);
		expect(await deliver(trigger, buildEventBody('evt_2'), next)).toBe(200);
		expect(await deliver(trigger, buildEventBody('evt_3'), secret)).toBe(401);
		expect(countSecretRequests()).toBe(2);
	});

	it('may be signed with the old secret until that expires', async () => {
		const { trigger, webhookId, secret } = await startActiveTrigger();
		harness.sandbox.control.rotateSecret(webhookId, 30);
		expect(await deliver(trigger, buildEventBody('evt_1'), secret)).toBe(200);
		advanceClock(31_000);
		const header = sign(buildEventBody('evt_2'), secret);
		expect(await trigger.deliver(buildEventBody('evt_2'), { 'persona-signature': header })).toBe(
			401,
		);
	});

	it('is not lost if the secret was rotated just after it was fetched', async () => {
		const trigger = await harness.startTrigger();
		await trigger.activate();
		harness.sandbox.control.emitEvent('inquiry.completed', buildInquiry());
		await waitUntil(() => trigger.started.length === 1);
		harness.sandbox.control.rotateSecret(getActiveWebhooks(harness)[0].id, 0);
		harness.sandbox.control.emitEvent('inquiry.completed', buildInquiry('inq_2'));
		await waitUntil(() => trigger.responseStatuses.includes(401));
		advanceClock(61_000);
		await waitUntil(() => trigger.started.length === 2);
		expect(trigger.started[1]).toMatchObject({ object: { id: 'inq_2' } });
	});
});

describe('a delivery that cannot be verified now', () => {
	it.each([
		['an outage', { kind: 'reset' as const }],
		['an error', { kind: 'status' as const, status: 500 }],
		[
			'a rate limit',
			{ kind: 'status' as const, status: 429, headers: { 'ratelimit-reset': '60' } },
		],
	])(
		'is rejected with 503 at once during %s, and its next attempt is accepted',
		async (_, fault) => {
			const trigger = await harness.startTrigger();
			await trigger.activate();
			harness.sandbox.control.addFault(fault);
			harness.sandbox.control.emitEvent('inquiry.completed', buildInquiry());
			await waitUntil(() => trigger.responseStatuses.length === 1);
			expect(trigger.responseStatuses).toEqual([503]);
			advanceClock(2_100);
			await waitUntil(() => trigger.responseStatuses.length === 2);
			expect(trigger.responseStatuses).toEqual([503, 200]);
			expect(trigger.started).toMatchObject([{ attempt: 2, object: { id: 'inq_1' } }]);
		},
	);

	it('is rejected before Persona gives up if Persona itself does not respond', async () => {
		const { trigger, secret } = await startActiveTrigger();
		harness.sandbox.control.addFault({ kind: 'stall', stallMs: 10_000 });
		const startedAt = performance.now();
		expect(await deliver(trigger, buildEventBody('evt_1'), secret)).toBe(503);
		expect(performance.now() - startedAt).toBeLessThan(4_500);
	});

	it('is still verified with the known secrets during an outage', async () => {
		const { trigger, secret } = await startActiveTrigger();
		await deliver(trigger, buildEventBody('evt_1'), secret);
		advanceClock(61_000);
		harness.sandbox.control.setOutage(true);
		expect(await deliver(trigger, buildEventBody('evt_2'), 'wbhsec_forged')).toBe(503);
		expect(await deliver(trigger, buildEventBody('evt_3'), secret)).toBe(200);
	});

	it.each([
		[401, "Check 'API Key' in the credential"],
		[403, 'webhook.read'],
		[404, 'Unpublish and publish the workflow'],
	])(
		'is rejected with 503, and the log says what to do, if Persona responds with %i',
		async (status, advice) => {
			const { trigger, secret } = await startActiveTrigger();
			const warn = jest.spyOn(trigger.logger, 'warn').mockImplementation(() => {});
			harness.sandbox.control.addFault({ kind: 'status', status, times: 9 });
			for (const id of ['evt_1', 'evt_2']) {
				expect(await deliver(trigger, buildEventBody(id), secret)).toBe(503);
			}
			expect(warn).toHaveBeenCalledTimes(1);
			expect(warn.mock.calls[0][0]).toContain(advice);
			expect(trigger.started).toEqual([]);
		},
	);

	it('is rejected with 503, and the log says why, if the secret is hidden from the API key', async () => {
		const { trigger, secret } = await startActiveTrigger();
		const warn = jest.spyOn(trigger.logger, 'warn').mockImplementation(() => {});
		const body = { data: { type: 'webhook', id: 'wbh_1', attributes: { status: 'enabled' } } };
		harness.sandbox.control.addFault({ kind: 'status', status: 200, body });
		expect(await deliver(trigger, buildEventBody('evt_1'), secret)).toBe(503);
		expect(warn.mock.calls[0][0]).toContain('blocklist');
	});

	it('is rejected with 503 while n8n has not stored the webhook yet', async () => {
		const { trigger, secret, webhookId } = await startActiveTrigger();
		delete trigger.staticData.webhookId;
		expect(await deliver(trigger, buildEventBody('evt_1'), secret)).toBe(503);
		expect(countSecretRequests()).toBe(0);
		trigger.staticData.webhookId = webhookId;
		expect(await deliver(trigger, buildEventBody('evt_1'), secret)).toBe(200);
	});
});

describe('a repeated delivery', () => {
	it('is acknowledged and dropped if it is an exact replay', async () => {
		const { trigger, secret } = await startActiveTrigger();
		const signed = { 'persona-signature': sign(buildEventBody('evt_1'), secret) };
		for (let count = 0; count < 3; count++) {
			expect(await trigger.deliver(buildEventBody('evt_1'), signed)).toBe(200);
		}
		expect(trigger.started).toHaveLength(1);
	});

	it('is dropped even if a replay claims to be a later attempt, which is not signed', async () => {
		const { trigger, secret } = await startActiveTrigger();
		const signed = { 'persona-signature': sign(buildEventBody('evt_1'), secret) };
		for (const attempt of ['1', '2', '3']) {
			const headers = { ...signed, 'persona-webhook-attempts-made': attempt };
			expect(await trigger.deliver(buildEventBody('evt_1'), headers)).toBe(200);
		}
		expect(trigger.started).toHaveLength(1);
	});

	it('is dropped also when the original arrives at the same time', async () => {
		const { trigger, secret } = await startActiveTrigger();
		const signed = { 'persona-signature': sign(buildEventBody('evt_1'), secret) };
		const both = [1, 2].map(async () => await trigger.deliver(buildEventBody('evt_1'), signed));
		expect(await Promise.all(both)).toEqual([200, 200]);
		expect(trigger.started).toHaveLength(1);
	});

	it('starts the workflow if it is a later attempt, and its item says so', async () => {
		const { trigger } = await startActiveTrigger();
		const eventId = harness.sandbox.control.emitEvent('inquiry.completed', buildInquiry());
		await waitUntil(() => trigger.started.length === 1);
		// Signed times have a resolution of one second.
		await new Promise((resolve) => setTimeout(resolve, 1_100));
		harness.sandbox.control.redeliver(eventId);
		await waitUntil(() => trigger.started.length === 2);
		expect(trigger.started).toMatchObject([
			{ eventId, attempt: 1 },
			{ eventId, attempt: 2 },
		]);
	});

	it('is accepted if the original was rejected', async () => {
		const { trigger, secret } = await startActiveTrigger();
		expect(await deliver(trigger, buildEventBody('evt_1'), 'wbhsec_forged')).toBe(401);
		expect(await deliver(trigger, buildEventBody('evt_1'), secret)).toBe(200);
		expect(trigger.started).toHaveLength(1);
	});

	it('starts both the test and the production if both listen', async () => {
		const [production, test] = await Promise.all([
			harness.startTrigger(),
			harness.startTrigger({ isTest: true }),
		]);
		await production.activate();
		await test.activate();
		harness.sandbox.control.emitEvent('inquiry.completed', buildInquiry());
		await waitUntil(() => production.started.length + test.started.length === 2);
		expect(production.started).toEqual(test.started);
	});

	it.each([
		[3120, 51],
		[120, 3],
		[0, 1000],
	])(
		'is dropped for as long as a tolerance of %i minutes lets its signature pass, here after %i hours',
		async (tolerance, hours) => {
			const { trigger, secret } = await startActiveTrigger({ options: { tolerance } });
			const body = buildEventBody('evt_1');
			const ahead = tolerance === 120 ? 2 * 60 * 60 - 60 : 0;
			const seconds = Math.floor(Date.now() / 1000) + ahead;
			const signed = { 'persona-signature': sign(body, secret, seconds) };
			expect(await trigger.deliver(body, signed)).toBe(200);
			advanceClock(hours * 60 * 60 * 1000);
			expect(await trigger.deliver(body, signed)).toBe(200);
			expect(trigger.started).toHaveLength(1);
		},
	);

	it('is accepted with its first signature days later, if it was refused and the tolerance says so', async () => {
		const { trigger, webhookId, secret } = await startActiveTrigger({
			options: { tolerance: 3120 },
		});
		delete trigger.staticData.webhookId;
		const body = buildEventBody('evt_1');
		const signed = { 'persona-signature': sign(body, secret) };
		expect(await trigger.deliver(body, signed)).toBe(503);
		trigger.staticData.webhookId = webhookId;
		advanceClock(51 * 60 * 60 * 1000);
		expect(await trigger.deliver(body, signed)).toBe(200);
		expect(await trigger.deliver(body, signed)).toBe(200);
		expect(trigger.started).toHaveLength(1);
	});

	it('is accepted again after an hour if it is signed anew', async () => {
		const { trigger, secret } = await startActiveTrigger();
		await deliver(trigger, buildEventBody('evt_1'), secret);
		advanceClock(60 * 60 * 1000 + 1);
		expect(await deliver(trigger, buildEventBody('evt_1'), secret)).toBe(200);
		expect(trigger.started).toHaveLength(2);
	});
});

describe('a delivery that n8n answers with 500 because it is being stopped', () => {
	/** Another event for each test, because the process remembers what it has begun. */
	let eventId: string;
	let count = 0;
	beforeEach(() => (eventId = `evt_stopped${++count}`));

	/** Delivers an event, signed this many seconds ago: as long as it is another time, it is no replay. */
	const deliverEvent = async (
		trigger: TestWebhookTrigger,
		secret: string,
		secondsAgo: number,
		more: object = {},
	) => {
		const attributes = { name: 'inquiry.completed' };
		const body = JSON.stringify({ data: { type: 'event', id: eventId, attributes, ...more } });
		const seconds = Math.floor(Date.now() / 1000) - secondsAgo;
		return await trigger.deliver(body, { 'persona-signature': sign(body, secret, seconds) });
	};

	/** A trigger with an execution that n8n has stored and not begun. */
	async function startStoppedTrigger() {
		const { trigger, secret } = await startActiveTrigger();
		trigger.isStopping = true;
		expect(await deliverEvent(trigger, secret, 30)).toBe(500);
		expect(trigger.started).toEqual([]);
		trigger.isStopping = false;
		return { trigger, secret };
	}

	it('starts the workflow once: by what n8n has stored, and not by the next delivery', async () => {
		const { trigger, secret } = await startStoppedTrigger();
		await trigger.beginStored();
		expect(trigger.started).toMatchObject([{ eventId }]);
		expect(await deliverEvent(trigger, secret, 27)).toBe(200);
		expect(trigger.started).toHaveLength(1);
	});

	it('starts the workflow once if the next delivery comes before n8n begins what it has stored', async () => {
		const { trigger, secret } = await startStoppedTrigger();
		expect(await deliverEvent(trigger, secret, 27)).toBe(200);
		await trigger.beginStored();
		expect(trigger.started).toMatchObject([{ eventId }]);
	});

	it('starts the workflow again when somebody asks for another delivery later', async () => {
		const { trigger, secret } = await startStoppedTrigger();
		await trigger.beginStored();
		for (const secondsAgo of [27, 20, 10]) await deliverEvent(trigger, secret, secondsAgo);
		expect(trigger.started).toHaveLength(3);
	});

	it('is recognized by the raw event too', async () => {
		const { trigger, secret } = await startActiveTrigger({ output: 'raw' });
		trigger.isStopping = true;
		await deliverEvent(trigger, secret, 30);
		trigger.isStopping = false;
		await trigger.beginStored();
		await deliverEvent(trigger, secret, 27);
		expect(trigger.started).toMatchObject([{ type: 'event', id: eventId }]);
	});

	it('loses nothing if n8n has stored nothing: the next one starts the workflow, also a replay or one of catch-up', async () => {
		const { trigger, secret } = await startStoppedTrigger();
		expect(await deliverEvent(trigger, secret, 30)).toBe(200);
		expect(trigger.started).toHaveLength(1);
		eventId = `${eventId}_missed`;
		const mark = { meta: { caughtUp: true } };
		trigger.isStopping = true;
		expect(await deliverEvent(trigger, secret, 20, mark)).toBe(500);
		trigger.isStopping = false;
		expect(await deliverEvent(trigger, secret, 10, mark)).toBe(200);
		expect(trigger.started).toHaveLength(2);
	});
});

describe('a delivery that n8n answers too late, because others run', () => {
	let eventId: string;
	let count = 0;
	beforeEach(() => (eventId = `evt_late${++count}`));

	/** A trigger with a delivery whose sender has given up, before n8n begins what it has started. */
	async function startBusyTrigger() {
		const { trigger, secret } = await startActiveTrigger();
		let release = () => {};
		const isFree = new Promise<void>((resolve) => (release = resolve));
		let waiting = 0;
		trigger.beforeBegin = async () => {
			waiting += 1;
			await isFree;
		};
		/** Sends the event, signed this many seconds ago. It never fails. */
		const sendEvent = async (secondsAgo: number, signal?: AbortSignal) => {
			const attributes = { name: 'inquiry.completed' };
			const body = JSON.stringify({ data: { type: 'event', id: eventId, attributes } });
			const seconds = Math.floor(Date.now() / 1000) - secondsAgo;
			const headers = { 'persona-signature': sign(body, secret, seconds) };
			return await trigger.send(body, headers, signal).catch(() => undefined);
		};
		const sender = new AbortController();
		const sent = sendEvent(30, sender.signal);
		await waitUntil(() => waiting === 1);
		sender.abort();
		await sent;
		await waitUntil(() => trigger.deliveries[0].closed);
		return { trigger, release, sendEvent, countWaiting: () => waiting };
	}

	it('starts the workflow, and the next one does not', async () => {
		const { trigger, release, sendEvent } = await startBusyTrigger();
		release();
		await waitUntil(() => trigger.started.length === 1);
		expect(await sendEvent(27)).toHaveProperty('status', 200);
		expect(trigger.started).toMatchObject([{ eventId }]);
		// Somebody asks for this one.
		await sendEvent(20);
		expect(trigger.started).toHaveLength(2);
	});

	it('starts the workflow once, also if the next one comes before it has run', async () => {
		const { trigger, release, sendEvent, countWaiting } = await startBusyTrigger();
		const next = sendEvent(27);
		await waitUntil(() => countWaiting() === 2);
		release();
		expect(await next).toHaveProperty('status', 200);
		expect(trigger.started).toMatchObject([{ eventId }]);
	});
});
