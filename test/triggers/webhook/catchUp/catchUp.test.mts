import type { IDataObject } from 'n8n-workflow';
import { sign } from '../../../support/sign.mts';
import type { TestWebhookTrigger } from '../webhookTriggerHarness.mts';
import {
	getApiRequests,
	getActiveWebhooks,
	waitUntil,
	createWebhookTriggerHarness,
} from '../sandboxHarness.mts';

const here = createWebhookTriggerHarness();

const HOUR = 60 * 60 * 1000;

const withCatchUp = (hours = 24) => ({ options: { catchUp: hours } });

/** Lets an event happen to an inquiry of its own, some hours ago. */
function happen(name = 'inquiry.completed', hoursAgo = 0) {
	const [id] = here.sandbox.control.seedInquiries(1);
	const eventId = here.sandbox.control.emitEvent(name, id);
	const event = here.sandbox.control.store.getCollection('event').get(eventId);
	if (event && hoursAgo > 0) {
		event.attributes['created-at'] = new Date(Date.now() - hoursAgo * HOUR).toISOString();
	}
	return eventId;
}

/** How often a list of events was read. */
const readings = () => getApiRequests(here).filter((request) => request === 'GET /events').length;

const idsOf = (started: IDataObject[]) => started.map(({ eventId }) => eventId);

/** Longer than it takes until catching up begins. */
const aMoment = async () => await new Promise((resolve) => setTimeout(resolve, 1500));

/** An active trigger that was off while something happened, which is given back with it. */
async function paused(
	parameters: IDataObject = withCatchUp(),
	meanwhile = () => [happen(), happen('inquiry.approved')],
) {
	const trigger = await here.listener({
		parameters: parameters as TestWebhookTrigger['staticData'] as never,
	});
	await trigger.activate();
	await trigger.delete();
	return { trigger, missed: meanwhile() };
}

describe('catching up', () => {
	it('gives what happened while the workflow was off, oldest first and marked', async () => {
		const { trigger, missed } = await paused();
		await trigger.activate();
		await waitUntil(() => trigger.started.length === 2);
		await waitUntil(() => trigger.staticData.missed === undefined);
		expect(idsOf(trigger.started)).toEqual(missed);
		expect(trigger.started[0]).toMatchObject({
			event: 'inquiry.completed',
			attempt: 1,
			caughtUp: true,
			object: { type: 'inquiry' },
		});
		const live = happen();
		await waitUntil(() => trigger.started.length === 3);
		expect(trigger.started[2]).toMatchObject({ eventId: live });
		expect(trigger.started[2]).not.toHaveProperty('caughtUp');
		expect(trigger.storedData).toEqual({ webhookId: getActiveWebhooks(here)[0].id });
	});

	it('ends although nothing happened meanwhile, and asks Persona no more', async () => {
		const { trigger } = await paused(withCatchUp(), () => []);
		await trigger.activate();
		await waitUntil(() => trigger.staticData.missed === undefined);
		const before = readings();
		const live = [happen(), happen()];
		await waitUntil(() => trigger.started.length === 2);
		await aMoment();
		expect(idsOf(trigger.started)).toEqual(live);
		expect(readings()).toBe(before);
	});

	it('is not begun again by the events that come while it is under way', async () => {
		const { trigger, missed } = await paused();
		await trigger.activate();
		trigger.staticData.missed = (trigger.staticData.missed as IDataObject[]).map((one) => ({
			...one,
			at: 0,
		}));
		const before = readings();
		const live = [happen(), happen(), happen()];
		await waitUntil(() => trigger.staticData.missed === undefined);
		expect(idsOf(trigger.started)).toEqual([...live, ...missed]);
		expect(readings()).toBe(before + 1);
	});

	it('is off unless the user asks for it', async () => {
		const { trigger } = await paused({});
		await trigger.activate();
		await aMoment();
		expect(trigger.started).toEqual([]);
		expect(trigger.storedData).toEqual({ webhookId: getActiveWebhooks(here)[0].id });
		expect(getApiRequests(here)).not.toContain('GET /events');
	});

	it('has nothing to catch up on when the workflow is published first', async () => {
		happen();
		const trigger = await here.listener({ parameters: withCatchUp() });
		await trigger.activate();
		expect(trigger.storedData).toEqual({ webhookId: getActiveWebhooks(here)[0].id });
	});

	it('goes back no further than the user wants', async () => {
		const { trigger } = await paused(withCatchUp(2), () => [happen('inquiry.completed', 3)]);
		trigger.staticData.off = Date.now() - 5 * HOUR;
		const recent = happen('inquiry.completed', 1);
		await trigger.activate();
		await waitUntil(() => trigger.started.length === 1);
		await aMoment();
		expect(idsOf(trigger.started)).toEqual([recent]);
	});

	it('passes on only what the user listens to and filters for', async () => {
		const { trigger } = await paused({ ...withCatchUp(), onlyWhen: { status: 'approved' } }, () => [
			happen('inquiry.declined'),
			happen('inquiry.completed'),
		]);
		await trigger.activate();
		await waitUntil(() => trigger.staticData.missed === undefined);
		expect(trigger.started).toEqual([]);
	});

	it('gives pages of events in their order', async () => {
		const { trigger, missed } = await paused(withCatchUp(), () =>
			Array.from({ length: 120 }, () => happen()),
		);
		await trigger.activate();
		await waitUntil(() => trigger.started.length === 120);
		expect(idsOf(trigger.started)).toEqual(missed);
	});

	it('is resumed by the next event when nobody works on it any more', async () => {
		const { trigger, missed } = await paused();
		await trigger.create();
		const range = (trigger.staticData.missed as IDataObject[]).map((one) => ({ ...one }));
		await waitUntil(() => trigger.started.length === 2);
		trigger.staticData.missed = range;
		const soon = happen();
		await waitUntil(() => trigger.started.length === 3);
		await aMoment();
		expect(trigger.started).toHaveLength(3);
		trigger.staticData.missed = range.map((one) => ({ ...one, after: missed[0], at: 0 }));
		const later = happen();
		await waitUntil(() => trigger.staticData.missed === undefined);
		expect(idsOf(trigger.started)).toEqual([...missed, soon, later]);
	});

	it('tries again while Persona cannot be reached, and loses nothing', async () => {
		const { trigger, missed } = await paused();
		await trigger.activate();
		here.sandbox.control.setOutage(true);
		setTimeout(() => here.sandbox.control.setOutage(false), 3000);
		for (let wait = 0; wait < 3 && trigger.started.length < 2; wait++) {
			await waitUntil(() => trigger.started.length === 2).catch(() => undefined);
		}
		expect(idsOf(trigger.started)).toEqual(missed);
	}, 30_000);

	it('ends when the workflow is unpublished, and goes on when it is published again', async () => {
		const { trigger, missed } = await paused();
		await trigger.activate();
		await trigger.delete();
		missed.push(happen());
		await trigger.activate();
		await waitUntil(() => trigger.started.length === 3);
		expect(idsOf(trigger.started)).toEqual(missed);
	});

	it('says which permission is missing before anything is registered', async () => {
		const { trigger } = await paused();
		here.sandbox.control.addFault({ method: 'GET', path: '/events', kind: 'status', status: 403 });
		await expect(trigger.activate()).rejects.toThrow('event.read');
		expect(getActiveWebhooks(here)).toEqual([]);
	});

	it('takes the mark of nobody who cannot sign', async () => {
		const trigger = await here.listener({ parameters: withCatchUp() });
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
