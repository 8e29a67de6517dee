import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { delay } from '../../../../nodes/Persona/utils/delay.ts';
import { PersonaCredentialsHelper } from '../../../support/credentialsHelper.mts';
import { sign } from '../../../support/sign.mts';
import { useVirtualClock } from '../../../support/virtualClock.mts';
import { NODE_NAME } from '../../../support/workflow.mts';
import {
	createWebhookTriggerHarness,
	getActiveWebhooks,
	getApiRequests,
	waitUntil,
} from '../webhookTriggerHarness.mts';

jest.mock('../../../../nodes/Persona/utils/delay.ts');

const harness = createWebhookTriggerHarness();

const clock = useVirtualClock();

const HOUR_MS = 60 * 60 * 1000;

const buildCatchUpOptions = (hours = 24) => ({ options: { catchUp: hours } });

/** Emits an event about a new inquiry, as if some hours ago. Returns its ID. */
function emitEvent(name = 'inquiry.completed', hoursAgo = 0) {
	const [id] = harness.sandbox.control.seedInquiries(1);
	const eventId = harness.sandbox.control.emitEvent(name, id);
	const event = harness.sandbox.control.store.getCollection('event').get(eventId);
	if (event && hoursAgo > 0) {
		event.attributes['created-at'] = new Date(Date.now() - hoursAgo * HOUR_MS).toISOString();
	}
	return eventId;
}

/** How often a page of the list of events was read. */
const countPages = () =>
	getApiRequests(harness).filter((request) => request === 'GET /events').length;

const getEventIds = (started: IDataObject[]) => started.map(({ eventId }) => eventId);

/** Longer than a catch-up takes to begin, since its delays are skipped. */
const waitForNothing = async () => await new Promise((resolve) => setTimeout(resolve, 200));

/** Holds the next delay, which is the first thing that a catch-up does, until it is released. */
function holdNextDelay() {
	let release = () => {};
	const released = new Promise<void>((resolve) => (release = resolve));
	jest.mocked(delay).mockImplementationOnce(async () => await released);
	return release;
}

/** A trigger that was published and unpublished again, and the events that it has missed since. */
async function createPausedTrigger(
	parameters: INodeParameters = buildCatchUpOptions(),
	emitMissed = () => [emitEvent(), emitEvent('inquiry.approved')],
) {
	const trigger = await harness.startTrigger({ parameters });
	await trigger.activate();
	await trigger.delete();
	return { trigger, missed: emitMissed() };
}

describe('catch-up', () => {
	it('delivers the events that were missed, oldest first and marked', async () => {
		const { trigger, missed } = await createPausedTrigger();
		await trigger.activate();
		await waitUntil(() => trigger.staticData.missed === undefined);
		expect(getEventIds(trigger.started)).toEqual(missed);
		expect(trigger.started[0]).toMatchObject({
			event: 'inquiry.completed',
			attempt: 1,
			caughtUp: true,
			object: { type: 'inquiry' },
		});
		const live = emitEvent();
		await waitUntil(() => trigger.started.length === 3);
		expect(trigger.started[2]).toMatchObject({ eventId: live });
		expect(trigger.started[2]).not.toHaveProperty('caughtUp');
		expect(trigger.storedData).toEqual({ webhookId: getActiveWebhooks(harness)[0].id });
	});

	it('begins a second after the activation, when n8n accepts deliveries', async () => {
		const { trigger } = await createPausedTrigger();
		expect(clock.waitsMs).toEqual([]);
		await trigger.activate();
		expect(clock.waitsMs).toEqual([1_000]);
		await waitUntil(() => trigger.staticData.missed === undefined);
		expect(clock.waitsMs).toEqual([1_000]);
	});

	it('ends if nothing was missed, and sends no more requests to Persona', async () => {
		const { trigger } = await createPausedTrigger(buildCatchUpOptions(), () => []);
		await trigger.activate();
		await waitUntil(() => trigger.staticData.missed === undefined);
		const pagesBefore = countPages();
		const live = [emitEvent(), emitEvent()];
		await waitUntil(() => trigger.started.length === 2);
		await waitForNothing();
		expect(getEventIds(trigger.started)).toEqual(live);
		expect(countPages()).toBe(pagesBefore);
	});

	it('is not started again by events that arrive while it is running', async () => {
		const { trigger, missed } = await createPausedTrigger();
		const release = holdNextDelay();
		await trigger.activate();
		trigger.staticData.missed = (trigger.staticData.missed as IDataObject[]).map((range) => ({
			...range,
			at: 0,
		}));
		const pagesBefore = countPages();
		const live = [emitEvent(), emitEvent(), emitEvent()];
		await waitUntil(() => trigger.started.length === 3);
		release();
		await waitUntil(() => trigger.staticData.missed === undefined);
		expect(getEventIds(trigger.started)).toEqual([...live, ...missed]);
		expect(countPages()).toBe(pagesBefore + 1);
	});

	it('is off by default', async () => {
		const { trigger } = await createPausedTrigger({});
		await trigger.activate();
		await waitForNothing();
		expect(trigger.started).toEqual([]);
		expect(trigger.storedData).toEqual({ webhookId: getActiveWebhooks(harness)[0].id });
		expect(getApiRequests(harness)).not.toContain('GET /events');
	});

	it('has nothing to do when the workflow is published for the first time', async () => {
		emitEvent();
		const trigger = await harness.startTrigger({ parameters: buildCatchUpOptions() });
		await trigger.activate();
		expect(trigger.storedData).toEqual({ webhookId: getActiveWebhooks(harness)[0].id });
	});

	it('looks back no further than the user has chosen', async () => {
		const { trigger } = await createPausedTrigger(buildCatchUpOptions(2), () => [
			emitEvent('inquiry.completed', 3),
		]);
		trigger.staticData.off = Date.now() - 5 * HOUR_MS;
		const recent = emitEvent('inquiry.completed', 1);
		await trigger.activate();
		await waitUntil(() => trigger.staticData.missed === undefined);
		expect(getEventIds(trigger.started)).toEqual([recent]);
	});

	it('emits only events that are chosen and meet the conditions', async () => {
		const parameters = { ...buildCatchUpOptions(), onlyWhen: { status: 'approved' } };
		const { trigger } = await createPausedTrigger(parameters, () => [
			emitEvent('inquiry.declined'),
			emitEvent('inquiry.completed'),
		]);
		await trigger.activate();
		await waitUntil(() => trigger.staticData.missed === undefined);
		expect(trigger.started).toEqual([]);
	});

	it('delivers several pages of events in order', async () => {
		const { trigger, missed } = await createPausedTrigger(buildCatchUpOptions(), () =>
			Array.from({ length: 120 }, () => emitEvent()),
		);
		await trigger.activate();
		await waitUntil(() => trigger.staticData.missed === undefined);
		expect(getEventIds(trigger.started)).toEqual(missed);
	});

	it('is resumed by the next event once its range has not been updated for a while', async () => {
		const { trigger, missed } = await createPausedTrigger();
		await trigger.create();
		const ranges = (trigger.staticData.missed as IDataObject[]).map((range) => ({ ...range }));
		await waitUntil(() => trigger.staticData.missed === undefined);
		trigger.staticData.missed = ranges;
		const soon = emitEvent();
		await waitUntil(() => trigger.started.length === 3);
		await waitForNothing();
		expect(trigger.started).toHaveLength(3);
		trigger.staticData.missed = ranges.map((range) => ({ ...range, after: missed[0], at: 0 }));
		const later = emitEvent();
		await waitUntil(() => trigger.staticData.missed === undefined);
		expect(getEventIds(trigger.started)).toEqual([...missed, soon, later]);
	});

	it('is resumed by a later event if the credential could not be read at first', async () => {
		const { trigger } = await createPausedTrigger();
		const warn = jest.spyOn(trigger.logger, 'warn').mockImplementation(() => {});
		await trigger.create();
		const ranges = (trigger.staticData.missed as IDataObject[]).map((range) => ({ ...range }));
		await waitUntil(() => trigger.staticData.missed === undefined);
		trigger.staticData.missed = ranges.map((range) => ({ ...range, at: 0 }));
		jest
			.spyOn(PersonaCredentialsHelper.prototype, 'getDecrypted')
			.mockRejectedValueOnce(new Error('The credential is locked'));
		emitEvent();
		await waitUntil(() => warn.mock.calls.length > 0);
		expect(warn.mock.calls[0][0]).toContain('The credential is locked');
		expect(trigger.staticData.missed).toBeDefined();
		emitEvent();
		await waitUntil(() => trigger.staticData.missed === undefined);
	});

	it('retries while Persona is down, and loses nothing', async () => {
		const { trigger, missed } = await createPausedTrigger();
		const startCatchUp = holdNextDelay();
		await trigger.activate();
		harness.sandbox.control.setOutage(true);
		const retryRequest = holdNextDelay();
		startCatchUp();
		const { requests } = harness.sandbox.control;
		const requestsBefore = requests.length;
		await waitUntil(() => requests.length > requestsBefore);
		harness.sandbox.control.setOutage(false);
		retryRequest();
		await waitUntil(() => trigger.staticData.missed === undefined);
		expect(getEventIds(trigger.started)).toEqual(missed);
	});

	it('retries a delivery that n8n rejects after 1, 2, 4, 8, 15 and 30 seconds', async () => {
		const { trigger } = await createPausedTrigger();
		const warn = jest.spyOn(trigger.logger, 'warn').mockImplementation(() => {});
		const startCatchUp = holdNextDelay();
		await trigger.activate();
		const { missed } = trigger.staticData;
		// The trigger itself cannot verify them: it reads the secret of a webhook that does not exist.
		trigger.staticData.webhookId = 'wbh_unknown';
		startCatchUp();
		await waitUntil(() =>
			warn.mock.calls.some(([text]) =>
				/^.+Not all missed .+ rejects its own deliveries: status 503$/.test(String(text)),
			),
		);
		expect(clock.waitsMs).toEqual([1_000, 2_000, 4_000, 8_000, 15_000, 30_000]);
		expect(trigger.started).toEqual([]);
		expect(trigger.staticData.missed).toEqual(missed);
	});

	it('stops when the workflow is unpublished, and continues when it is published again', async () => {
		const { trigger, missed } = await createPausedTrigger();
		await trigger.activate();
		await trigger.delete();
		missed.push(emitEvent());
		await trigger.activate();
		await waitUntil(() => trigger.staticData.missed === undefined);
		expect(getEventIds(trigger.started)).toEqual(missed);
	});

	it('ends for itself alone: one that was stopped does not end the next one', async () => {
		const { trigger, missed } = await createPausedTrigger();
		const releaseFirst = holdNextDelay();
		await trigger.activate();
		await trigger.delete();
		const releaseSecond = holdNextDelay();
		await trigger.activate();
		releaseFirst();
		await waitForNothing();
		trigger.staticData.missed = (trigger.staticData.missed as IDataObject[]).map((range) => ({
			...range,
			at: 0,
		}));
		const pagesBefore = countPages();
		const live = emitEvent();
		await waitUntil(() => trigger.started.length === 1);
		await waitForNothing();
		expect(countPages()).toBe(pagesBefore);
		releaseSecond();
		await waitUntil(() => trigger.staticData.missed === undefined);
		expect(getEventIds(trigger.started)).toEqual([live, ...missed]);
	});

	it('says which permission is missing before anything is registered', async () => {
		const { trigger } = await createPausedTrigger();
		harness.sandbox.control.addFault({
			method: 'GET',
			path: '/events',
			kind: 'status',
			status: 403,
		});
		await expect(trigger.activate()).rejects.toThrow('event.read');
		expect(getActiveWebhooks(harness)).toEqual([]);
	});

	it.each([
		['an end of its webhook', { off: 1 }],
		['a range that is not done', { missed: [{ from: 1, until: Date.now(), at: 0 }] }],
		['a rejected event', { rejected: { evt_1: 1 } }],
		['more rejected events', { rejectedMore: { from: 1, until: Date.now() } }],
	])(
		'does not begin in a copy at another address, whose original has stored %s, and the log says so',
		async (_, stored) => {
			const parameters = buildCatchUpOptions();
			const publicUrl = 'https://production.example.com';
			const original = await harness.startTrigger({ parameters, publicUrl });
			await original.activate();
			const missed = emitEvent();
			const { owner, url } = original.staticData;
			const copied = { owner, url, ...stored };
			const copy = await harness.startTrigger({
				parameters,
				staticData: { [`node:${NODE_NAME}`]: copied },
			});
			const warn = jest.spyOn(copy.logger, 'warn').mockImplementation(() => {});
			await copy.activate();
			await waitForNothing();
			expect(copy.started).toEqual([]);
			expect(copy.storedData).toEqual({ webhookId: expect.any(String) as string });
			expect(warn.mock.calls.map(([text]) => String(text)).join()).toContain(
				`Catch-up begins anew at ${copy.url}`,
			);
			// The same at the address of the original is caught up.
			const same = await harness.startTrigger({ parameters });
			const atSameUrl = { ...copied, url: same.url, rejected: { [missed]: 1 } };
			Object.assign(same.staticData, atSameUrl);
			await same.activate();
			await waitUntil(() => same.staticData.missed === undefined);
			expect(getEventIds(same.started)).toEqual([missed]);
		},
	);

	it('rejects the mark of a caught-up event from a sender without the secret', async () => {
		const trigger = await harness.startTrigger({ parameters: buildCatchUpOptions() });
		await trigger.activate();
		const body = JSON.stringify({
			data: {
				type: 'event',
				id: 'evt_forged',
				attributes: { name: 'inquiry.completed', payload: { data: { id: 'inq_1' } } },
				meta: { caughtUp: true },
			},
		});
		expect(await trigger.deliver(body, { 'persona-signature': sign(body, 'wbhsec_wrong') })).toBe(
			401,
		);
		expect(trigger.started).toEqual([]);
	});
});
