import { readFileSync } from 'node:fs';
import { MAX_BACKLOG_EVENTS } from '../../../nodes/Persona/events/backlog.ts';
import { OVERLAP_MS } from '../../../nodes/Persona/triggers/polling/pollState.ts';
import { createPollingTriggerHarness } from './sandboxHarness.mts';

const here = createPollingTriggerHarness();

/** Long ago, since the clock of this machine does not matter. */
const T = Date.parse('2025-03-15T18:35:00.000Z');

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

/** A trigger that listens already, with one event before that. */
async function listening(parameters = {}, budget?: number) {
	here.addEvent(T - DAY);
	const poller = here.createTrigger({ parameters, budget });
	expect(await poller.poll()).toBeNull();
	return poller;
}

/** Many events, a few of them at the same time; their IDs, oldest first. */
const many = (count: number, from = T) =>
	Array.from({ length: count }, (_, index) => here.addEvent(from + Math.floor(index / 7)));

const fault = (status: number, times = 10) =>
	here.sandbox.control.addFault({ path: '/events', kind: 'status', status, times });

describe('poll', () => {
	it('starts with what happens after the first time', async () => {
		const poller = await listening();
		const ids = [here.addEvent(T), here.addEvent(T + 1, 'inquiry.completed')];
		here.addEvent(T + 2, 'inquiry.failed');
		expect(await poller.poll()).toMatchObject([
			{ event: 'inquiry.approved', eventId: ids[0], attempt: 1, object: { id: 'inq_2' } },
			{ event: 'inquiry.completed', eventId: ids[1] },
		]);
		expect(await poller.poll()).toBeNull();
	});

	it('begins where there has been no event at all', async () => {
		const poller = here.createTrigger();
		expect(await poller.poll()).toBeNull();
		poller.restart();
		const id = here.addEvent(T);
		await poller.pollUntilEmpty();
		expect(poller.eventIds).toEqual([id]);
	});

	it('gives an event as it is where nothing is to be simplified', async () => {
		const poller = await listening({ simplify: false });
		const id = here.addEvent(T);
		expect(await poller.poll()).toMatchObject([{ id, attributes: { name: 'inquiry.approved' } }]);
	});

	it('gives 2,000 events with ties once each and in order, and no more after a restart', async () => {
		const poller = await listening();
		const ids = many(2_000);
		await poller.pollUntilEmpty();
		expect(poller.eventIds).toEqual(ids);
		poller.restart();
		expect(await poller.poll()).toBeNull();
	});

	it('gives what happened in a day without n8n over several polls, oldest first', async () => {
		const poller = await listening();
		const ids = many(2 * MAX_BACKLOG_EVENTS + 150);
		for (let polls = 0; polls < 3; polls++) {
			await poller.poll();
			poller.restart();
			ids.push(here.addEvent(T + DAY + polls));
		}
		expect(poller.eventIds.length).toBeGreaterThan(MAX_BACKLOG_EVENTS);
		await poller.pollUntilEmpty();
		expect(poller.eventIds).toEqual(ids);
	});

	it('gets further in each poll that has little time', async () => {
		const poller = await listening({}, -1);
		const ids = many(350);
		let polls = 0;
		while (poller.started.length < ids.length && polls++ < 20) await poller.poll();
		expect(polls).toBeGreaterThan(3);
		expect(poller.eventIds).toEqual(ids);
	});

	it('goes on from the newest page when its place in a backlog is gone', async () => {
		const poller = await listening({}, -1);
		const ids = many(150);
		await poller.poll();
		expect(poller.state.place?.starts).toHaveLength(1);
		poller.state.place = { starts: ['evt_gone'] };
		for (let polls = 0; polls < 5; polls++) await poller.poll();
		expect(poller.eventIds).toEqual(ids);
	});

	it('gives an event once when new ones push it onto the next page', async () => {
		const poller = await listening();
		const ids = many(250);
		const { events } = await import('../../../sandbox/resources/events.mts');
		const [{ handle }] = events;
		const late: string[] = [];
		events[0].handle = (call) => {
			late.push(here.addEvent(T + MINUTE + late.length));
			return handle(call);
		};
		try {
			await poller.poll();
		} finally {
			events[0].handle = handle;
		}
		expect(late.length).toBeGreaterThan(2);
		await poller.pollUntilEmpty();
		expect(poller.eventIds).toEqual([...ids, ...late]);
	});

	it('gives an event that becomes visible after later ones', async () => {
		const poller = await listening();
		const first = here.addEvent(T);
		await poller.poll();
		const late = here.addEvent(T - OVERLAP_MS + SECOND);
		const tied = here.addEvent(T);
		here.sortEvents();
		poller.restart();
		await poller.pollUntilEmpty();
		expect(poller.eventIds).toEqual([first, late, tied]);
	});

	it('gives an event that becomes visible in a part of a backlog that is done', async () => {
		const poller = await listening();
		const ids = [...many(MAX_BACKLOG_EVENTS + 300), here.addEvent(T + OVERLAP_MS + MINUTE)];
		await poller.poll();
		const late = here.addEvent(T + 1);
		here.sortEvents();
		await poller.pollUntilEmpty();
		expect(poller.eventIds).toEqual([...ids, late]);
	});

	it('passes nothing on and forgets nothing when a page fails', async () => {
		const poller = await listening();
		const ids = many(950);
		const before = JSON.stringify(poller.state);
		here.sandbox.control.requests.length = 0;
		const polling = poller.poll();
		while (here.getApiRequests().length < 6) await new Promise((resolve) => setImmediate(resolve));
		fault(403);
		await expect(polling).rejects.toThrow('event.read');
		expect(JSON.stringify(poller.state)).toBe(before);
		here.sandbox.control.clearFaults();
		poller.restart();
		await poller.pollUntilEmpty();
		expect(poller.eventIds).toEqual(ids);
	});

	it('outlasts an answer that is cut off', async () => {
		const poller = await listening();
		const id = here.addEvent(T);
		here.sandbox.control.addFault({ path: '/events', kind: 'truncate' });
		await poller.poll();
		expect(poller.eventIds).toEqual([id]);
	});

	it('does nothing while an earlier poll still works', async () => {
		const poller = await listening();
		const id = here.addEvent(T);
		here.sandbox.control.addFault({ path: '/events', kind: 'stall', stallMs: 300 });
		const [first, second] = await Promise.all([poller.poll(), poller.poll()]);
		expect([first, second]).toEqual([[expect.objectContaining({ eventId: id })], null]);
	});

	it('keeps a time and IDs, no more of them than happened lately', async () => {
		const poller = await listening();
		many(700);
		here.addEvent(T + DAY, 'inquiry.approved', { 'reference-id': 'user-42' });
		await poller.pollUntilEmpty();
		const { from, seen = {}, ...others } = poller.state;
		expect(from).toBe(T + DAY - OVERLAP_MS);
		expect(Object.values(seen)).toEqual([T + DAY]);
		expect(Object.keys(others).sort()).toEqual(['chosen', 'environment', 'place']);
		expect(JSON.stringify(poller.state)).not.toContain('user-42');
	});

	it.each(['created-at', 'name'])('refuses events without %s, and forgets none', async (hidden) => {
		const poller = await listening({ events: ['*'] });
		const id = here.addEvent(T);
		const event = here.sandbox.control.find(id);
		if (!event) throw new Error('The event is not there');
		const { attributes } = event;
		event.attributes = { ...attributes, [hidden]: null };
		await expect(poller.poll()).rejects.toThrow('attribute blocklist');
		event.attributes = attributes;
		await poller.poll();
		expect(poller.eventIds).toEqual([id]);
	});

	it('takes nothing else for a list of events', async () => {
		const poller = await listening();
		const body = { data: { type: 'event' } };
		here.sandbox.control.addFault({ path: '/events', kind: 'status', status: 200, body });
		await expect(poller.poll()).rejects.toThrow('did not return a list of events');
	});

	it('needs at least one event', async () => {
		await expect(here.createTrigger({ parameters: { events: [] } }).poll()).rejects.toThrow(
			'Choose at least one event',
		);
	});
});

describe('poll, with another choice of events', () => {
	const choose = (...events: string[]) => ({ parameters: { events } });

	it('neither loses nor repeats what stays chosen, and adds what happens from then on', async () => {
		const poller = await listening();
		here.addEvent(T - 2, 'inquiry.failed');
		const ids = [here.addEvent(T)];
		await poller.poll();
		here.addEvent(T + 1, 'inquiry.failed');
		ids.push(here.addEvent(T + 2));
		poller.restart(choose('inquiry.approved', 'inquiry.failed'));
		await poller.poll();
		ids.push(here.addEvent(T + 3, 'inquiry.failed'));
		here.addEvent(T + 4, 'inquiry.completed');
		poller.restart(choose('*'));
		await poller.poll();
		ids.push(here.addEvent(T + 5, 'inquiry.completed'), here.addEvent(T + 6, 'inquiry.failed'));
		poller.restart(choose('inquiry.completed', 'inquiry.failed'));
		await poller.pollUntilEmpty();
		expect(poller.eventIds).toEqual(ids);
	});

	it('takes names from Persona by the dozen, and picks among many by itself', async () => {
		const names = Array.from({ length: 60 }, (_, index) => `custom.kind-${index}`);
		const poller = await listening(choose(...names.slice(0, 3)).parameters);
		here.addEvent(T, 'inquiry.approved');
		const ids = [here.addEvent(T + 1, names[0])];
		await poller.poll();
		const filters = () => here.getApiRequests().map(({ query }) => query.filter);
		expect(filters()).toContainEqual({ name: names.slice(0, 3).join(',') });
		here.sandbox.control.requests.length = 0;
		poller.restart(choose(...names));
		await poller.poll();
		here.addEvent(T + 2, 'inquiry.approved');
		ids.push(here.addEvent(T + 3, names[59]), here.addEvent(T + 4, names[0]));
		await poller.pollUntilEmpty();
		expect(filters()).toEqual(filters().map(() => undefined));
		expect(poller.eventIds).toEqual(ids);
	});

	it('begins anew in another environment', async () => {
		const poller = await listening();
		here.addEvent(T);
		await poller.poll();
		poller.state.environment = 'env_other';
		here.addEvent(T + MINUTE);
		expect(await poller.poll()).toBeNull();
		const id = here.addEvent(T + 2 * MINUTE);
		expect(await poller.poll()).toMatchObject([{ eventId: id }]);
	});
});

describe('poll, with conditions', () => {
	it('leaves out what does not fit', async () => {
		const poller = await listening({ onlyWhen: { status: 'approved' } });
		here.addEvent(T, undefined, { status: 'declined' });
		expect(await poller.poll()).toBeNull();
		const id = here.addEvent(T + 1, undefined, { status: 'approved' });
		await poller.poll();
		expect(poller.eventIds).toEqual([id]);
	});

	it('gives the latest state, and tells the last known one of what is gone', async () => {
		const poller = await listening({ fetchLatest: true, onlyWhen: { status: 'approved' } });
		const [inquiryId] = here.sandbox.control.seedInquiries(1);
		const inquiry = here.sandbox.control.find(inquiryId);
		if (!inquiry) throw new Error('The inquiry is not there');
		here.sandbox.control.emitEvent('inquiry.completed', inquiry);
		inquiry.attributes.status = 'approved';
		const gone = here.addEvent(Date.now() + MINUTE, undefined, { status: 'approved' });
		expect(await poller.poll()).toMatchObject([
			{ event: 'inquiry.completed', object: { id: inquiryId, status: 'approved' } },
			{ eventId: gone, object: { status: 'approved' } },
		]);
	});

	it('keeps for the next poll what cannot be read now', async () => {
		const poller = await listening({ fetchLatest: true });
		const ids = [here.addEvent(T), here.addEvent(T + 1), here.addEvent(T + 2)];
		const path = '/inquiries/inq_3';
		here.sandbox.control.addFault({ path, kind: 'status', status: 403, times: 2 });
		await poller.poll();
		expect(poller.eventIds).toEqual(ids.slice(0, 1));
		await expect(poller.poll()).rejects.toThrow('inquiry.read');
		await poller.pollUntilEmpty();
		expect(poller.eventIds).toEqual(ids);
	});
});

describe('poll, by hand', () => {
	it('shows the last events oldest first and remembers nothing', async () => {
		const poller = await listening();
		const ids = many(15);
		const before = JSON.stringify(poller.state);
		const shown = ids.slice(-10).map((eventId) => expect.objectContaining({ eventId }) as unknown);
		expect(await poller.pollManually()).toEqual(shown);
		expect(JSON.stringify(poller.state)).toBe(before);
		await poller.pollUntilEmpty();
		expect(poller.eventIds).toEqual(ids);
	});

	it('says that there is none', async () => {
		const poller = here.createTrigger();
		await expect(poller.pollManually()).rejects.toThrow('Persona has no recent event that matches');
		expect(poller.state).toEqual({});
	});
});

it('is in the package', () => {
	const { n8n } = JSON.parse(readFileSync('package.json', 'utf8')) as { n8n: { nodes: string[] } };
	expect(n8n.nodes).toContain('dist/nodes/Persona/PersonaPollingTrigger.node.js');
});
