import type { IDataObject } from 'n8n-workflow';
import {
	MAX_EVENT_AGE_MS,
	MAX_REJECTED_EVENTS,
} from '../../../../nodes/Persona/triggers/webhook/catchUp/rejectedEvents.ts';
import type { WebhookStaticData } from '../../../../nodes/Persona/triggers/webhook/staticData.ts';
import { delay } from '../../../../nodes/Persona/utils/delay.ts';
import { sign } from '../../../support/sign.mts';
import { useVirtualClock } from '../../../support/virtualClock.mts';
import {
	createWebhookTriggerHarness,
	getActiveWebhooks,
	waitUntil,
	type TestWebhookTrigger,
} from '../webhookTriggerHarness.mts';

jest.mock('../../../../nodes/Persona/utils/delay.ts');

/** Persona delivers nothing again before a test has ended. */
const harness = createWebhookTriggerHarness([3_600]);

useVirtualClock();

const DAY_MS = 24 * 60 * 60 * 1000;

const PARAMETERS = { options: { catchUp: 24 } };

/** Emits an event and waits until the trigger has responded. Returns its ID. */
async function emitEvent(trigger: TestWebhookTrigger, name = 'inquiry.completed') {
	const count = trigger.responseStatuses.length;
	const [inquiryId] = harness.sandbox.control.seedInquiries(1);
	const id = harness.sandbox.control.emitEvent(name, inquiryId);
	await waitUntil(() => trigger.responseStatuses.length > count);
	return id;
}

/** Emits an event that the trigger rejects, because a condition is empty. Returns its ID. */
async function emitRejectedEvent(trigger: TestWebhookTrigger) {
	trigger.setParameters({ onlyWhen: { status: '={{ $vars.missing }}' } });
	const id = await emitEvent(trigger);
	expect(trigger.responseStatuses.at(-1)).toBe(503);
	trigger.setParameters({ onlyWhen: {} });
	return id;
}

/** Delivers an event as Persona does when it tries again. */
async function redeliver(trigger: TestWebhookTrigger, eventId: string) {
	const count = trigger.responseStatuses.length;
	harness.sandbox.control.redeliver(eventId);
	await waitUntil(() => trigger.responseStatuses.length > count);
	expect(trigger.responseStatuses.at(-1)).toBe(200);
}

const getEventIds = (started: IDataObject[]) => started.map(({ eventId }) => eventId);

/** Publishes the workflow again, and waits until all missed events are delivered. */
async function publishAgain(trigger: TestWebhookTrigger, emitMissed: () => unknown = () => {}) {
	await trigger.delete();
	emitMissed();
	await trigger.activate();
	await waitUntil(() => trigger.staticData.missed === undefined);
}

async function startTrigger(parameters: IDataObject = PARAMETERS) {
	const trigger = await harness.startTrigger({ parameters: parameters as typeof PARAMETERS });
	jest.spyOn(trigger.logger, 'warn').mockImplementation(() => {});
	await trigger.activate();
	return trigger;
}

const getRejected = ({ staticData }: TestWebhookTrigger) =>
	(staticData as WebhookStaticData).rejected ?? {};

describe('an event that got the status 503 before the workflow is published again', () => {
	it('is caught up, once and before the later ones, if its signature could not be checked', async () => {
		const trigger = await startTrigger();
		harness.sandbox.control.setOutage(true);
		const rejected = await emitEvent(trigger);
		expect(trigger.responseStatuses).toEqual([503]);
		harness.sandbox.control.setOutage(false);
		let missed = '';
		await publishAgain(trigger, () => {
			const [inquiryId] = harness.sandbox.control.seedInquiries(1);
			missed = harness.sandbox.control.emitEvent('inquiry.approved', inquiryId);
		});
		expect(trigger.started).toMatchObject([
			{ eventId: rejected, caughtUp: true },
			{ eventId: missed, caughtUp: true },
		]);
		expect(trigger.storedData).toEqual({ webhookId: getActiveWebhooks(harness)[0].id });
	});

	it('is caught up if its latest state could not be read', async () => {
		const trigger = await startTrigger({ ...PARAMETERS, fetchLatest: true });
		harness.sandbox.control.addFault({ path: '/inquiries/.+', kind: 'status', status: 500 });
		const rejected = await emitEvent(trigger);
		expect(trigger.responseStatuses).toEqual([503]);
		harness.sandbox.control.clearFaults();
		await publishAgain(trigger);
		expect(getEventIds(trigger.started)).toEqual([rejected]);
	});

	it('is caught up if a condition had become empty', async () => {
		const trigger = await startTrigger();
		const rejected = await emitRejectedEvent(trigger);
		await publishAgain(trigger);
		expect(getEventIds(trigger.started)).toEqual([rejected]);
	});

	it('brings no event along that was accepted in the meantime', async () => {
		const trigger = await startTrigger();
		const before = await emitEvent(trigger);
		const rejected = await emitRejectedEvent(trigger);
		const after = await emitEvent(trigger, 'inquiry.approved');
		await publishAgain(trigger);
		expect(getEventIds(trigger.started)).toEqual([before, after, rejected]);
	});

	it('brings none along even if n8n no longer knows which events have started the workflow', async () => {
		const trigger = await startTrigger();
		const rejected = await emitRejectedEvent(trigger);
		const after = await emitEvent(trigger);
		// Persona says only to the second when a webhook was archived.
		await new Promise((resolve) => setTimeout(resolve, 1_100));
		await delay(61 * 60_000);
		await publishAgain(trigger);
		expect(getEventIds(trigger.started)).toEqual([after, rejected]);
	});

	it('does not come twice if it was accepted at a later attempt', async () => {
		const trigger = await startTrigger();
		const rejected = await emitRejectedEvent(trigger);
		await redeliver(trigger, rejected);
		await publishAgain(trigger);
		expect(getEventIds(trigger.started)).toEqual([rejected]);
	});

	it('does not come twice even if n8n could not save that it was accepted', async () => {
		const trigger = await startTrigger();
		const rejected = await emitRejectedEvent(trigger);
		const saved = { ...getRejected(trigger) };
		await redeliver(trigger, rejected);
		trigger.staticData.rejected = saved;
		// It is removed with the next delivery after which n8n does save.
		const next = await emitRejectedEvent(trigger);
		expect(Object.keys(getRejected(trigger))).toEqual([next]);
		trigger.staticData.rejected = { ...saved, ...getRejected(trigger) };
		await publishAgain(trigger);
		expect(getEventIds(trigger.started)).toEqual([rejected, next]);
	});

	it('is forgotten when it is acknowledged without starting anything', async () => {
		const trigger = await startTrigger();
		const rejected = await emitRejectedEvent(trigger);
		expect(Object.keys(getRejected(trigger))).toEqual([rejected]);
		trigger.setParameters({ ...PARAMETERS, onlyWhen: { status: 'declined' } });
		await redeliver(trigger, rejected);
		expect(trigger.storedData).toEqual({ webhookId: getActiveWebhooks(harness)[0].id });
	});

	it('is not lost if several are rejected at the same time, though each saves only what it knows', async () => {
		const trigger = await startTrigger();
		const ids = [await emitRejectedEvent(trigger)];
		delete trigger.staticData.rejected;
		ids.push(await emitRejectedEvent(trigger));
		expect(Object.keys(getRejected(trigger))).toEqual(ids);
	});

	it('is not caught up without the option', async () => {
		const trigger = await startTrigger({});
		await emitRejectedEvent(trigger);
		await trigger.delete();
		await trigger.activate();
		expect(trigger.storedData).toEqual({ webhookId: getActiveWebhooks(harness)[0].id });
		expect(trigger.started).toEqual([]);
	});

	it('stays with the webhook if that is only repaired, since Persona delivers it again', async () => {
		const trigger = await startTrigger();
		const rejected = await emitRejectedEvent(trigger);
		await trigger.create();
		expect(Object.keys(getRejected(trigger))).toEqual([rejected]);
		await redeliver(trigger, rejected);
		await publishAgain(trigger);
		expect(getEventIds(trigger.started)).toEqual([rejected]);
	});
});

describe('a forged delivery while signatures cannot be checked', () => {
	const forge = (id: unknown, createdAt: unknown = new Date().toISOString()) => {
		const attributes = { name: 'inquiry.completed', payload: {}, 'created-at': createdAt };
		return JSON.stringify({ data: { type: 'event', id, attributes } });
	};

	async function deliverForged(trigger: TestWebhookTrigger, body: string) {
		const headers = { 'persona-signature': sign(body, 'wbhsec_forged') };
		expect(await trigger.deliver(body, headers)).toBe(503);
	}

	async function startDuringOutage() {
		const trigger = await startTrigger();
		harness.sandbox.control.setOutage(true);
		return trigger;
	}

	it.each([
		['of 1970', '1970-01-01T00:00:00.000Z'],
		['of the future', '2999-01-01T00:00:00.000Z'],
		['without a time', 'yesterday'],
		['with a number for a time', 7],
	])('%s moves the beginning of catch-up by two days at most', async (_, createdAt) => {
		const trigger = await startDuringOutage();
		const before = Date.now();
		await deliverForged(trigger, forge('evt_1', createdAt));
		const { evt_1: at } = getRejected(trigger);
		expect(at).toBeGreaterThanOrEqual(before - MAX_EVENT_AGE_MS);
		expect(at).toBeLessThanOrEqual(Date.now());
	});

	it.each(['', 'x'.repeat(100), 'evt 1', '__proto__', '../evt', 7, null])(
		'with the ID %j stores nothing',
		async (id) => {
			const trigger = await startDuringOutage();
			await deliverForged(trigger, forge(id));
			expect(trigger.storedData).toEqual({ webhookId: getActiveWebhooks(harness)[0].id });
		},
	);

	it('stores a limited number of IDs, however many are sent, and then only a range of time', async () => {
		const trigger = await startDuringOutage();
		const startedAt = Date.now();
		for (let count = 0; count < MAX_REJECTED_EVENTS + 20; count++) {
			await deliverForged(trigger, forge(`evt_${count}`, '1970-01-01T00:00:00.000Z'));
		}
		const { rejected, rejectedMore } = trigger.staticData as WebhookStaticData;
		expect(Object.keys(rejected ?? {})).toHaveLength(MAX_REJECTED_EVENTS);
		expect(rejectedMore?.from).toBeGreaterThan(startedAt - DAY_MS / 24);
		expect(JSON.stringify(trigger.staticData).length).toBeLessThan(40_000);
	});

	it('starts nothing: only events that Persona lists are caught up', async () => {
		const trigger = await startTrigger();
		const genuine = await emitEvent(trigger);
		await delay(11_000);
		harness.sandbox.control.setOutage(true);
		await deliverForged(trigger, forge('evt_invented'));
		harness.sandbox.control.setOutage(false);
		await publishAgain(trigger);
		expect(getEventIds(trigger.started)).toEqual([genuine]);
	});
});

describe('more rejected events than are remembered one by one', () => {
	it('are caught up by the time in which they came', async () => {
		const trigger = await startTrigger();
		const webhookId = String(trigger.staticData.webhookId);
		const full = Object.fromEntries(
			Array.from({ length: MAX_REJECTED_EVENTS }, (_, index) => [`evt_${index}`, Date.now()]),
		);
		trigger.staticData.rejected = full;
		const rejected = await emitRejectedEvent(trigger);
		expect(trigger.staticData).toMatchObject({ webhookId, rejectedMore: {} });
		await publishAgain(trigger);
		expect(getEventIds(trigger.started)).toEqual([rejected]);
	});
});
