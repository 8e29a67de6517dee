import { sign } from '../../support/sign.mts';
import {
	getApiRequests,
	buildEventBody,
	getActiveWebhooks,
	createWebhookTriggerHarness,
} from './sandboxHarness.mts';

const here = createWebhookTriggerHarness();

const SECRET = 'wbhsec_of_the_credential';

async function listener(receive: string, webhookSecret = SECRET, parameters = {}) {
	const trigger = await here.listener({
		parameters: { receive, ...parameters },
		credentials: { webhookSecret },
	});
	await trigger.activate();
	const warn = jest.spyOn(trigger.logger, 'warn').mockImplementation(() => {});
	const deliver = async (body: string, secret: string | string[] = SECRET) =>
		await trigger.deliver(body, { 'persona-signature': sign(body, secret) });
	return { trigger, warn, deliver };
}

const realNow = Date.now.bind(Date);

/** Milliseconds by which the clock is ahead; the same warning is given once a minute. */
let ahead = 0;

beforeEach(() => {
	ahead += 61_000;
	jest.spyOn(Date, 'now').mockImplementation(() => realNow() + ahead);
});
afterEach(() => jest.restoreAllMocks());

describe('a webhook registered by hand', () => {
	it('asks nothing of Persona, neither to come nor to go', async () => {
		const { trigger, deliver } = await listener('byHand');
		expect(await deliver(buildEventBody('evt_1'))).toBe(200);
		await trigger.delete();
		expect(getApiRequests(here)).toEqual([]);
		expect(trigger.storedData).toEqual({});
		expect(trigger.started).toMatchObject([{ event: 'inquiry.completed', eventId: 'evt_1' }]);
	});

	it('starts nothing for events that are not chosen', async () => {
		const { trigger, deliver } = await listener('byHand');
		expect(await deliver(buildEventBody('evt_1', 'inquiry.failed'))).toBe(200);
		expect(trigger.started).toEqual([]);
	});

	it('asks for at least one event', async () => {
		await expect(listener('byHand', SECRET, { events: [] })).rejects.toThrow("'Trigger On'");
	});

	it.each(['', ' , '])(
		'refuses every delivery where %j is the secret, and says once a minute what to do',
		async (webhookSecret) => {
			const { trigger, warn, deliver } = await listener('byHand', webhookSecret);
			const attempts = async () => {
				for (const secret of ['', ' ', SECRET]) {
					expect(await deliver(buildEventBody('evt_1'), secret)).toBe(401);
				}
			};
			await attempts();
			expect(warn).toHaveBeenCalledTimes(1);
			expect(warn.mock.calls[0][0]).toContain("'Webhook Secret' in the credential");
			ahead += 61_000;
			await attempts();
			expect(warn).toHaveBeenCalledTimes(2);
			expect(trigger.started).toEqual([]);
		},
	);

	it('refuses what another secret has signed, and says what to check', async () => {
		const { trigger, warn, deliver } = await listener('byHand');
		expect(await deliver(buildEventBody('evt_1'), 'wbhsec_other')).toBe(401);
		expect(await trigger.deliver(buildEventBody('evt_1'))).toBe(401);
		expect(warn).toHaveBeenCalledTimes(1);
		expect(warn.mock.calls[0][0]).toContain('does not match');
		expect(trigger.started).toEqual([]);
	});

	it('takes each of several secrets, for the time in which one replaces the other', async () => {
		const { deliver } = await listener('byHand', ' wbhsec_old, wbhsec_new ');
		expect(await deliver(buildEventBody('evt_1'), 'wbhsec_old')).toBe(200);
		expect(await deliver(buildEventBody('evt_2'), ['wbhsec_newest', 'wbhsec_new'])).toBe(200);
		expect(await deliver(buildEventBody('evt_3'), ' wbhsec_old, wbhsec_new ')).toBe(401);
	});

	it('drops an exact replay', async () => {
		const { trigger, deliver } = await listener('byHand');
		const signed = { 'persona-signature': sign(buildEventBody('evt_1'), SECRET) };
		for (let count = 0; count < 3; count++) {
			expect(await trigger.deliver(buildEventBody('evt_1'), signed)).toBe(200);
		}
		expect(await deliver(buildEventBody('evt_2'))).toBe(200);
		expect(trigger.started).toHaveLength(2);
	});

	it('archives the webhook that it had before, and needs none afterwards', async () => {
		const { trigger, deliver } = await listener('automatic');
		trigger.setParameters({ receive: 'byHand' });
		await trigger.activate();
		expect(getActiveWebhooks(here)).toEqual([]);
		expect(trigger.storedData).toEqual({ off: expect.any(Number) as number });
		expect(await deliver(buildEventBody('evt_1'))).toBe(200);
	});

	it('stands although the key may not archive the webhook that it had before', async () => {
		const { trigger, warn } = await listener('automatic');
		const { webhookId } = trigger.staticData;
		trigger.setParameters({ receive: 'byHand' });
		here.sandbox.control.addFault({ method: 'POST', kind: 'status', status: 403 });
		await trigger.activate();
		expect(trigger.storedData).toEqual({});
		expect(warn.mock.calls[0][0]).toContain(
			`Webhook ${String(webhookId)} could not be archived in Persona`,
		);
	});

	it('registers a webhook when that is asked for again', async () => {
		const { trigger } = await listener('byHand');
		await trigger.republish({ receive: 'automatic' });
		expect(getActiveWebhooks(here)).toHaveLength(1);
	});
});

describe('a call of a Persona workflow', () => {
	it.each([
		['an object', '{"inquiryId":"inq_1","error":"none"}', { inquiryId: 'inq_1', error: 'none' }],
		['a list', '[1,2]', [1, 2]],
		['a value', 'null', null],
		['what looks like an event', '{"data":{"id":1}}', { data: { id: 1 } }],
	])('gives %s as it came, with the time of its signature', async (_, body, value) => {
		const { trigger, deliver } = await listener('workflow');
		expect(await deliver(body)).toBe(200);
		const [{ signedAt, ...json }] = trigger.started;
		expect(json).toEqual({ body: value });
		expect(Math.abs(Date.parse(String(signedAt)) - Date.now())).toBeLessThan(5_000);
	});

	it('gives a text that is no JSON', async () => {
		const { trigger, deliver } = await listener('workflow');
		expect(await deliver('inquiry=inq_1')).toBe(200);
		expect(trigger.started).toMatchObject([{ body: 'inquiry=inq_1' }]);
	});

	it('gives an event as the other ways do, whichever it is', async () => {
		const { trigger, deliver } = await listener('workflow', SECRET, {
			events: [],
			onlyWhen: { status: 'approved' },
		});
		expect(await deliver(buildEventBody('evt_1', 'case.created'))).toBe(200);
		expect(trigger.started).toMatchObject([
			{ event: 'case.created', eventId: 'evt_1', attempt: 1, object: { id: 'inq_1' } },
		]);
	});

	it('is refused without a secret, signed with another, or not signed at all', async () => {
		const none = await listener('workflow', '');
		expect(await none.deliver('{}', '')).toBe(401);
		expect(none.warn.mock.calls[0][0]).toContain('"Make HTTPS Request"');
		const { trigger, warn, deliver } = await listener('workflow');
		expect(await deliver('{}', 'wbhsec_other')).toBe(401);
		expect(await trigger.deliver('{}')).toBe(401);
		expect(warn.mock.calls.slice(-2).map(([text]) => String(text))).toEqual([
			expect.stringContaining('the secret of the step'),
			expect.stringContaining('without a signature'),
		]);
		expect([...none.trigger.started, ...trigger.started]).toEqual([]);
	});

	it('is refused aloud when the very same call comes again', async () => {
		const { trigger } = await listener('workflow');
		const signed = { 'persona-signature': sign('{}', SECRET) };
		expect(await trigger.deliver('{}', signed)).toBe(200);
		expect(await trigger.deliver('{}', signed)).toBe(409);
		expect(trigger.started).toHaveLength(1);
	});

	it('needs no event and registers nothing', async () => {
		await listener('workflow', SECRET, { events: [] });
		expect(getApiRequests(here)).toEqual([]);
	});

	it('is answered when the user chose, and every other delivery at once', async () => {
		const modes = ['onReceived', 'lastNode'];
		for (const responseMode of modes) {
			const { trigger } = await listener('workflow', SECRET, { responseMode });
			const data = responseMode === 'lastNode' ? 'firstEntryJson' : '';
			expect(trigger.response).toEqual({ mode: responseMode, data });
		}
		for (const receive of ['automatic', 'byHand']) {
			const { trigger } = await listener(receive, SECRET, { responseMode: 'lastNode' });
			expect(trigger.response).toEqual({ mode: 'onReceived', data: '' });
		}
	});
});
