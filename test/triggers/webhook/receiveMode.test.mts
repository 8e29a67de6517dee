import { sign } from '../../support/sign.mts';
import {
	getApiRequests,
	buildEventBody,
	getActiveWebhooks,
	createWebhookTriggerHarness,
	useNewWarnings,
} from './webhookTriggerHarness.mts';

const harness = createWebhookTriggerHarness();

const SECRET = 'wbhsec_of_the_credential';

async function startTrigger(receive: string, webhookSecret = SECRET, parameters = {}) {
	const trigger = await harness.startTrigger({
		parameters: { receive, ...parameters },
		credentials: { webhookSecret },
	});
	await trigger.activate();
	const warn = jest.spyOn(trigger.logger, 'warn').mockImplementation(() => {});
	const deliver = async (body: string, secret: string | string[] = SECRET) =>
		await trigger.deliver(body, { 'persona-signature': sign(body, secret) });
	return { trigger, warn, deliver };
}

const putClockForward = useNewWarnings();

describe('a webhook registered by hand', () => {
	it('sends no request to Persona, neither to register nor to unregister', async () => {
		const { trigger, deliver } = await startTrigger('byHand');
		expect(await deliver(buildEventBody('evt_1'))).toBe(200);
		await trigger.delete();
		expect(getApiRequests(harness)).toEqual([]);
		expect(trigger.storedData).toEqual({});
		expect(trigger.started).toMatchObject([{ event: 'inquiry.completed', eventId: 'evt_1' }]);
	});

	it('starts nothing for events that are not chosen', async () => {
		const { trigger, deliver } = await startTrigger('byHand');
		expect(await deliver(buildEventBody('evt_1', 'inquiry.failed'))).toBe(200);
		expect(trigger.started).toEqual([]);
	});

	it('requires at least one event', async () => {
		await expect(startTrigger('byHand', SECRET, { events: [] })).rejects.toThrow("'Trigger On'");
	});

	it.each(['', ' , ', '\u200b', '[]', `["${SECRET}"`])(
		'rejects every delivery if %j is the secret, and logs once a minute what to do',
		async (webhookSecret) => {
			const { trigger, warn, deliver } = await startTrigger('byHand', webhookSecret);
			const deliverWithAnySecret = async () => {
				for (const secret of ['', ' ', SECRET]) {
					expect(await deliver(buildEventBody('evt_1'), secret)).toBe(401);
				}
			};
			await deliverWithAnySecret();
			expect(warn).toHaveBeenCalledTimes(1);
			expect(warn.mock.calls[0][0]).toContain("'Webhook Secret' in the credential");
			putClockForward(61_000);
			await deliverWithAnySecret();
			expect(warn).toHaveBeenCalledTimes(2);
			expect(trigger.started).toEqual([]);
		},
	);

	it('accepts each secret of a list, and a single one that contains a comma', async () => {
		for (const [webhookSecret, secrets] of [
			[' old , new\n', ['old', 'new']],
			['["old", "new"]', ['old', 'new']],
			[' my,own ', ['my,own']],
		] as const) {
			const { deliver } = await startTrigger('byHand', webhookSecret);
			for (const secret of secrets) {
				expect([secret, await deliver(buildEventBody('evt_1'), secret)]).toEqual([secret, 200]);
			}
			for (const secret of ['', ',', 'other']) {
				expect([secret, await deliver(buildEventBody('evt_1'), secret)]).toEqual([secret, 401]);
			}
		}
	});

	it('rejects a signature with another secret, and logs what to check', async () => {
		const { trigger, warn, deliver } = await startTrigger('byHand');
		expect(await deliver(buildEventBody('evt_1'), 'wbhsec_other')).toBe(401);
		expect(await trigger.deliver(buildEventBody('evt_1'))).toBe(401);
		expect(warn.mock.calls.map(([message]) => String(message))).toEqual([
			expect.stringContaining('does not match'),
			expect.stringContaining('without a signature'),
		]);
		expect(trigger.started).toEqual([]);
	});

	it('accepts each of several secrets, as during a rotation', async () => {
		const { deliver } = await startTrigger('byHand', ' wbhsec_old, wbhsec_new ');
		expect(await deliver(buildEventBody('evt_1'), 'wbhsec_old')).toBe(200);
		expect(await deliver(buildEventBody('evt_2'), ['wbhsec_newest', 'wbhsec_new'])).toBe(200);
		expect(await deliver(buildEventBody('evt_3'), ' wbhsec_old, wbhsec_new ')).toBe(401);
	});

	it('drops an exact replay', async () => {
		const { trigger, deliver } = await startTrigger('byHand');
		const signed = { 'persona-signature': sign(buildEventBody('evt_1'), SECRET) };
		for (let count = 0; count < 3; count++) {
			expect(await trigger.deliver(buildEventBody('evt_1'), signed)).toBe(200);
		}
		expect(await deliver(buildEventBody('evt_2'))).toBe(200);
		expect(trigger.started).toHaveLength(2);
	});

	it('archives the webhook that the node had registered before', async () => {
		const { trigger, deliver } = await startTrigger('automatic');
		trigger.setParameters({ receive: 'byHand' });
		await trigger.activate();
		expect(getActiveWebhooks(harness)).toEqual([]);
		expect(trigger.storedData).toEqual({ off: expect.any(Number) as number });
		expect(await deliver(buildEventBody('evt_1'))).toBe(200);
	});

	it('can be published even if the key may not archive the webhook that the node had registered before', async () => {
		const { trigger, warn } = await startTrigger('automatic');
		const { webhookId } = trigger.staticData;
		trigger.setParameters({ receive: 'byHand' });
		harness.sandbox.control.addFault({ method: 'POST', kind: 'status', status: 403 });
		await trigger.activate();
		expect(trigger.storedData).toEqual({});
		expect(warn.mock.calls[0][0]).toContain(
			`Webhook ${String(webhookId)} could not be archived in Persona`,
		);
	});

	it('is replaced by a registered one when the mode changes back', async () => {
		const { trigger } = await startTrigger('byHand');
		await trigger.republish({ receive: 'automatic' });
		expect(getActiveWebhooks(harness)).toHaveLength(1);
	});
});

describe('a call of a Persona workflow', () => {
	it.each([
		['an object', '{"inquiryId":"inq_1","error":"none"}', { inquiryId: 'inq_1', error: 'none' }],
		['a list', '[1,2]', [1, 2]],
		['a value', 'null', null],
		['what looks like an event', '{"data":{"id":1}}', { data: { id: 1 } }],
	])(
		'starts the workflow with %s as it came, and the time of its signature',
		async (_, body, value) => {
			const { trigger, deliver } = await startTrigger('workflow');
			expect(await deliver(body)).toBe(200);
			const [{ signedAt, ...json }] = trigger.started;
			expect(json).toEqual({ body: value });
			expect(Math.abs(Date.parse(String(signedAt)) - Date.now())).toBeLessThan(5_000);
		},
	);

	it('starts the workflow with a text that is no JSON', async () => {
		const { trigger, deliver } = await startTrigger('workflow');
		expect(await deliver('inquiry=inq_1')).toBe(200);
		expect(trigger.started).toMatchObject([{ body: 'inquiry=inq_1' }]);
	});

	it('starts the workflow with an event as the other modes do, whichever event it is', async () => {
		const { trigger, deliver } = await startTrigger('workflow', SECRET, {
			events: [],
			onlyWhen: { status: 'approved' },
		});
		expect(await deliver(buildEventBody('evt_1', 'case.created'))).toBe(200);
		expect(trigger.started).toMatchObject([
			{ event: 'case.created', eventId: 'evt_1', attempt: 1, object: { id: 'inq_1' } },
		]);
	});

	it('is rejected without a secret, with another secret, or without a signature', async () => {
		const none = await startTrigger('workflow', '');
		expect(await none.deliver('{}', '')).toBe(401);
		expect(none.warn.mock.calls[0][0]).toContain('"Make HTTPS Request"');
		const { trigger, warn, deliver } = await startTrigger('workflow');
		expect(await deliver('{}', 'wbhsec_other')).toBe(401);
		expect(await trigger.deliver('{}')).toBe(401);
		expect(warn.mock.calls.slice(-2).map(([text]) => String(text))).toEqual([
			expect.stringContaining('the secret of the step'),
			expect.stringContaining('without a signature'),
		]);
		expect([...none.trigger.started, ...trigger.started]).toEqual([]);
	});

	it('is rejected with 409 if it is an exact replay', async () => {
		const { trigger } = await startTrigger('workflow');
		const signed = { 'persona-signature': sign('{}', SECRET) };
		expect(await trigger.deliver('{}', signed)).toBe(200);
		expect(await trigger.deliver('{}', signed)).toBe(409);
		expect(trigger.started).toHaveLength(1);
	});

	it('requires no event and registers nothing', async () => {
		await startTrigger('workflow', SECRET, { events: [] });
		expect(getApiRequests(harness)).toEqual([]);
	});

	it('gets its response when the user chose, and every other delivery at once', async () => {
		const modes = ['onReceived', 'lastNode'];
		for (const responseMode of modes) {
			const { trigger } = await startTrigger('workflow', SECRET, { responseMode });
			const data = responseMode === 'lastNode' ? 'firstEntryJson' : '';
			expect(trigger.responseSettings).toEqual({ mode: responseMode, data });
		}
		for (const receive of ['automatic', 'byHand']) {
			const { trigger } = await startTrigger(receive, SECRET, { responseMode: 'lastNode' });
			expect(trigger.responseSettings).toEqual({ mode: 'onReceived', data: '' });
		}
	});
});
