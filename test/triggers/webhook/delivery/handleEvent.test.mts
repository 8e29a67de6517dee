import type { PersonaEvent } from '../../../../nodes/Persona/events/event.ts';
import {
	handleEvent,
	type EventHandlerSettings,
} from '../../../../nodes/Persona/triggers/webhook/delivery/handleEvent.ts';
import type { VerifiedDelivery } from '../../../../nodes/Persona/triggers/webhook/delivery/verifiedDelivery.ts';
import { markAsCatchUp } from '../../../../nodes/Persona/triggers/webhook/catchUp/progress.ts';

const TIMESTAMP = 1_700_000_000;

const buildEvent = (id: string, status = 'completed'): PersonaEvent => ({
	type: 'event',
	id,
	attributes: {
		name: 'inquiry.completed',
		payload: { data: { type: 'inquiry', id: 'inq_1', attributes: { status } } },
	},
});

const buildDelivery = (signedAtSeconds = TIMESTAMP, attempt = 1): VerifiedDelivery => ({
	body: Buffer.from(''),
	signedAtSeconds,
	attempt,
	arrivedAtMs: Date.now(),
	replayTtlMs: 60 * 60 * 1000,
});

let listenerCount = 0;

/**
 * Settings with a listener key of their own, because what a listener has received is remembered.
 */
function createListener(selection: Partial<EventHandlerSettings['selection']> = {}) {
	return {
		listenerKey: `listener ${++listenerCount}`,
		webhookId: 'wbh_1',
		eventNames: ['inquiry.completed'],
		selection: {
			conditions: {},
			fetchLatest: false,
			include: [],
			output: 'allFields' as const,
			...selection,
		},
		fetchLatestState: jest.fn<Promise<PersonaEvent | undefined>, [PersonaEvent, number]>(
			async (event) => event,
		),
	};
}

const ACKNOWLEDGE = { action: 'acknowledge' };

const REJECT = { action: 'reject', status: 503 };

const START = { action: 'start' };

afterEach(() => jest.restoreAllMocks());

describe('an event', () => {
	it('starts the workflow with its item, which contains the attempt', async () => {
		const listener = createListener();
		const result = await handleEvent(buildEvent('evt_1'), buildDelivery(TIMESTAMP, 3), listener);
		expect(result).toMatchObject({
			...START,
			item: { event: 'inquiry.completed', eventId: 'evt_1', attempt: 3, object: { id: 'inq_1' } },
		});
	});

	it('is acknowledged if it is not chosen, and if its object does not match', async () => {
		const other = { ...createListener(), eventNames: ['case.created'] };
		expect(await handleEvent(buildEvent('evt_1'), buildDelivery(), other)).toEqual(ACKNOWLEDGE);
		const strict = createListener({ conditions: { status: ['approved'] } });
		expect(await handleEvent(buildEvent('evt_1'), buildDelivery(), strict)).toEqual(ACKNOWLEDGE);
		expect(strict.fetchLatestState).not.toHaveBeenCalled();
	});

	it('is matched and emitted in the latest state of its object', async () => {
		const listener = createListener({ fetchLatest: true, conditions: { status: ['approved'] } });
		listener.fetchLatestState.mockImplementation(async ({ id }) => buildEvent(id, 'approved'));
		expect(await handleEvent(buildEvent('evt_1'), buildDelivery(), listener)).toMatchObject({
			item: { object: { status: 'approved' } },
		});
		listener.fetchLatestState.mockImplementation(async ({ id }) => buildEvent(id, 'declined'));
		expect(await handleEvent(buildEvent('evt_2'), buildDelivery(), listener)).toEqual(ACKNOWLEDGE);
	});

	it('is rejected with 503 if its object cannot be read, and a replay is handled again', async () => {
		const listener = createListener({ fetchLatest: true });
		listener.fetchLatestState.mockResolvedValueOnce(undefined);
		expect(await handleEvent(buildEvent('evt_1'), buildDelivery(), listener)).toEqual(REJECT);
		expect(await handleEvent(buildEvent('evt_1'), buildDelivery(), listener)).toMatchObject(START);
	});

	it('gives reading its object only the time that is left before Persona gives up', async () => {
		const listener = createListener({ fetchLatest: true });
		await handleEvent(buildEvent('evt_1'), buildDelivery(), listener);
		const late = { ...buildDelivery(TIMESTAMP + 1), arrivedAtMs: Date.now() - 3_000 };
		await handleEvent(buildEvent('evt_1'), late, listener);
		const [[, timeoutMs], [, lateTimeoutMs]] = listener.fetchLatestState.mock.calls;
		expect(timeoutMs).toBe(3_000);
		expect(lateTimeoutMs).toBeLessThanOrEqual(1_500);
		expect(lateTimeoutMs).toBeGreaterThan(1_000);
	});
});

describe('a replay', () => {
	it('is acknowledged and starts nothing', async () => {
		const listener = createListener();
		expect(await handleEvent(buildEvent('evt_1'), buildDelivery(), listener)).toMatchObject(START);
		expect(await handleEvent(buildEvent('evt_1'), buildDelivery(), listener)).toEqual(ACKNOWLEDGE);
	});

	it('is distinguished from a later attempt by the signed time, and per listener', async () => {
		const listener = createListener();
		await handleEvent(buildEvent('evt_1'), buildDelivery(), listener);
		const attempt = buildDelivery(TIMESTAMP + 1, 2);
		expect(await handleEvent(buildEvent('evt_1'), attempt, listener)).toMatchObject(START);
		const other = createListener();
		expect(await handleEvent(buildEvent('evt_1'), buildDelivery(), other)).toMatchObject(START);
	});

	it('gets the response of the original if that is still being handled', async () => {
		const listener = createListener({ fetchLatest: true });
		listener.fetchLatestState.mockResolvedValueOnce(undefined);
		const both = [1, 2].map(
			async () => await handleEvent(buildEvent('evt_1'), buildDelivery(), listener),
		);
		expect(await Promise.all(both)).toEqual([REJECT, REJECT]);
		expect(listener.fetchLatestState).toHaveBeenCalledTimes(1);
	});

	it('is recognized among 10,000 deliveries, and no more', async () => {
		const listener = createListener();
		const deliver = async (id: number) =>
			await handleEvent(buildEvent(`evt_${id}`), buildDelivery(), listener);
		for (let id = 1; id <= 10_000; id++) await deliver(id);
		expect(await deliver(1)).toEqual(ACKNOWLEDGE);
		await deliver(10_001);
		expect(await deliver(2)).toEqual(ACKNOWLEDGE);
		expect(await deliver(1)).toMatchObject(START);
	});

	it('is recognized for an hour', async () => {
		const listener = createListener();
		await handleEvent(buildEvent('evt_1'), buildDelivery(), listener);
		const startedAtMs = Date.now();
		const now = jest.spyOn(Date, 'now').mockReturnValue(startedAtMs + 60 * 60 * 1000 - 1_000);
		expect(await handleEvent(buildEvent('evt_1'), buildDelivery(), listener)).toEqual(ACKNOWLEDGE);
		now.mockReturnValue(startedAtMs + 60 * 60 * 1000 + 1_000);
		expect(await handleEvent(buildEvent('evt_1'), buildDelivery(), listener)).toMatchObject(START);
	});
});

describe('an event that the node delivers to itself', () => {
	const buildCaughtUpEvent = (id: string) => markAsCatchUp(buildEvent(id));

	it('starts the workflow and says that it was caught up on', async () => {
		const result = await handleEvent(
			buildCaughtUpEvent('evt_1'),
			buildDelivery(),
			createListener(),
		);
		expect(result).toMatchObject({ ...START, item: { caughtUp: true } });
	});

	it('is acknowledged if it has started the workflow before', async () => {
		const listener = createListener();
		await handleEvent(buildEvent('evt_1'), buildDelivery(), listener);
		const later = buildDelivery(TIMESTAMP + 9);
		expect(await handleEvent(buildCaughtUpEvent('evt_1'), later, listener)).toEqual(ACKNOWLEDGE);
	});

	it('is recognized as a duplicate among 10,000 events, and no more', async () => {
		const listener = createListener();
		for (let id = 1; id <= 10_000; id++) {
			await handleEvent(buildEvent(`evt_${id}`), buildDelivery(), listener);
		}
		const later = buildDelivery(TIMESTAMP + 9);
		expect(await handleEvent(buildCaughtUpEvent('evt_1'), later, listener)).toEqual(ACKNOWLEDGE);
		await handleEvent(buildEvent('evt_10001'), buildDelivery(), listener);
		expect(await handleEvent(buildCaughtUpEvent('evt_1'), later, listener)).toMatchObject(START);
	});
});
