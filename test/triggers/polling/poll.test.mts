import { readFileSync } from 'node:fs';
import type { IDataObject } from 'n8n-workflow';
import { MAX_BACKLOG_EVENTS } from '../../../nodes/Persona/events/backlog.ts';
import { OVERLAP_MS } from '../../../nodes/Persona/triggers/polling/pollState.ts';
import { createPollingTriggerHarness } from './pollingTriggerHarness.mts';

const harness = createPollingTriggerHarness();

/** Long ago, to show that the clock of this machine does not matter. */
const T = Date.parse('2025-03-15T18:35:00.000Z');

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const DAY_MS = 24 * 60 * MINUTE_MS;

/** A trigger that has started to listen, after one event. */
async function startTrigger(parameters = {}, budgetMs?: number | null) {
	harness.addEvent(T - DAY_MS);
	const trigger = harness.createTrigger({ parameters, budgetMs });
	expect(await trigger.poll()).toBeNull();
	return trigger;
}

/** Adds many events, a few of them at the same time. Returns their IDs, oldest first. */
const addEvents = (count: number, from = T) =>
	Array.from({ length: count }, (_, index) => harness.addEvent(from + Math.floor(index / 7)));

const addFault = (status: number, times = 10) =>
	harness.sandbox.control.addFault({ path: '/events', kind: 'status', status, times });

describe('poll', () => {
	it('needs no budget from n8n, which has none before 2.38', async () => {
		const trigger = await startTrigger({}, null);
		const ids = addEvents(3);
		await trigger.poll();
		expect(trigger.eventIds).toEqual(ids);
	});

	it('emits the events that happen after the first poll', async () => {
		const trigger = await startTrigger();
		const ids = [harness.addEvent(T), harness.addEvent(T + 1, 'inquiry.completed')];
		harness.addEvent(T + 2, 'inquiry.failed');
		expect(await trigger.poll()).toMatchObject([
			{ event: 'inquiry.approved', eventId: ids[0], attempt: 1, object: { id: 'inq_2' } },
			{ event: 'inquiry.completed', eventId: ids[1] },
		]);
		expect(await trigger.poll()).toBeNull();
	});

	it('starts even if there has been no event at all', async () => {
		const trigger = harness.createTrigger();
		expect(await trigger.poll()).toBeNull();
		trigger.restart();
		const id = harness.addEvent(T);
		await trigger.pollUntilEmpty();
		expect(trigger.eventIds).toEqual([id]);
	});

	it('emits an event as sent as raw output', async () => {
		const trigger = await startTrigger({ output: 'raw' });
		const id = harness.addEvent(T);
		expect(await trigger.poll()).toMatchObject([{ id, attributes: { name: 'inquiry.approved' } }]);
	});

	it('emits each of 2,000 events once and in order, also events at the same time, and none again after a restart', async () => {
		const trigger = await startTrigger();
		const ids = addEvents(2_000);
		await trigger.pollUntilEmpty();
		expect(trigger.eventIds).toEqual(ids);
		trigger.restart();
		expect(await trigger.poll()).toBeNull();
	});

	it('emits the events of a day without n8n over several polls, oldest first', async () => {
		const trigger = await startTrigger();
		const ids = addEvents(2 * MAX_BACKLOG_EVENTS + 150);
		for (let polls = 0; polls < 3; polls++) {
			await trigger.poll();
			trigger.restart();
			ids.push(harness.addEvent(T + DAY_MS + polls));
		}
		expect(trigger.eventIds.length).toBeGreaterThan(MAX_BACKLOG_EVENTS);
		await trigger.pollUntilEmpty();
		expect(trigger.eventIds).toEqual(ids);
	});

	it('makes progress with every poll, however little time it has', async () => {
		const trigger = await startTrigger({}, -1);
		const ids = addEvents(350);
		let polls = 0;
		while (trigger.started.length < ids.length && polls++ < 20) await trigger.poll();
		expect(polls).toBeGreaterThan(3);
		expect(trigger.eventIds).toEqual(ids);
	});

	it('restarts from the newest page if its cursor no longer exists', async () => {
		const trigger = await startTrigger({}, -1);
		const ids = addEvents(150);
		await trigger.poll();
		expect(trigger.state.place?.starts).toHaveLength(1);
		trigger.state.place = { starts: ['evt_gone'] };
		for (let polls = 0; polls < 5; polls++) await trigger.poll();
		expect(trigger.eventIds).toEqual(ids);
	});

	it('emits an event once even if new ones push it onto the next page', async () => {
		const trigger = await startTrigger();
		const ids = addEvents(250);
		const { events } = await import('../../../sandbox/api/events.mts');
		const [{ handle }] = events;
		const late: string[] = [];
		events[0].handle = (call) => {
			late.push(harness.addEvent(T + MINUTE_MS + late.length));
			return handle(call);
		};
		try {
			await trigger.poll();
		} finally {
			events[0].handle = handle;
		}
		expect(late.length).toBeGreaterThan(2);
		await trigger.pollUntilEmpty();
		expect(trigger.eventIds).toEqual([...ids, ...late]);
	});

	it('emits an event that becomes visible after later ones', async () => {
		const trigger = await startTrigger();
		const first = harness.addEvent(T);
		await trigger.poll();
		const late = harness.addEvent(T - OVERLAP_MS + SECOND_MS);
		const tied = harness.addEvent(T);
		harness.sortEvents();
		trigger.restart();
		await trigger.pollUntilEmpty();
		expect(trigger.eventIds).toEqual([first, late, tied]);
	});

	it('emits an event that becomes visible in a part of the backlog that is done', async () => {
		const trigger = await startTrigger();
		const ids = [
			...addEvents(MAX_BACKLOG_EVENTS + 300),
			harness.addEvent(T + OVERLAP_MS + MINUTE_MS),
		];
		await trigger.poll();
		const late = harness.addEvent(T + 1);
		harness.sortEvents();
		await trigger.pollUntilEmpty();
		expect(trigger.eventIds).toEqual([...ids, late]);
	});

	it('emits nothing and stores nothing if a page fails', async () => {
		const trigger = await startTrigger();
		const ids = addEvents(950);
		const before = JSON.stringify(trigger.state);
		harness.sandbox.control.requests.length = 0;
		const polling = trigger.poll();
		while (harness.getApiRequests().length < 6)
			await new Promise((resolve) => setImmediate(resolve));
		addFault(403);
		await expect(polling).rejects.toThrow('event.read');
		expect(JSON.stringify(trigger.state)).toBe(before);
		harness.sandbox.control.clearFaults();
		trigger.restart();
		await trigger.pollUntilEmpty();
		expect(trigger.eventIds).toEqual(ids);
	});

	it('retries a response that is cut off', async () => {
		const trigger = await startTrigger();
		const id = harness.addEvent(T);
		harness.sandbox.control.addFault({ path: '/events', kind: 'truncate' });
		await trigger.poll();
		expect(trigger.eventIds).toEqual([id]);
	});

	it('does nothing while an earlier poll is still running', async () => {
		const trigger = await startTrigger();
		const id = harness.addEvent(T);
		harness.sandbox.control.addFault({ path: '/events', kind: 'stall', stallMs: 300 });
		const [first, second] = await Promise.all([trigger.poll(), trigger.poll()]);
		expect([first, second]).toEqual([[expect.objectContaining({ eventId: id })], null]);
	});

	it('stores only times and IDs of recent events', async () => {
		const trigger = await startTrigger();
		addEvents(700);
		harness.addEvent(T + DAY_MS, 'inquiry.approved', { 'reference-id': 'user-42' });
		await trigger.pollUntilEmpty();
		const { from, seen = {}, ...others } = trigger.state;
		expect(from).toBe(T + DAY_MS - OVERLAP_MS);
		expect(Object.values(seen)).toEqual([T + DAY_MS]);
		expect(Object.keys(others).sort()).toEqual(['chosen', 'environment', 'place']);
		expect(JSON.stringify(trigger.state)).not.toContain('user-42');
	});

	it.each(['created-at', 'name'])('fails if events have no %s, and loses none', async (hidden) => {
		const trigger = await startTrigger({ events: ['*'] });
		const id = harness.addEvent(T);
		const event = harness.sandbox.control.find(id);
		if (!event) throw new Error('The event is not there');
		const { attributes } = event;
		event.attributes = { ...attributes, [hidden]: null };
		await expect(trigger.poll()).rejects.toThrow('attribute blocklist');
		event.attributes = attributes;
		await trigger.poll();
		expect(trigger.eventIds).toEqual([id]);
	});

	it('fails if the response is no list of events', async () => {
		const trigger = await startTrigger();
		const body = { data: { type: 'event' } };
		harness.sandbox.control.addFault({ path: '/events', kind: 'status', status: 200, body });
		await expect(trigger.poll()).rejects.toThrow("The answer is not Persona's");
	});

	it('requires at least one event', async () => {
		await expect(harness.createTrigger({ parameters: { events: [] } }).poll()).rejects.toThrow(
			'Choose at least one event',
		);
	});
});

describe('poll after the chosen events have changed', () => {
	const chooseEvents = (...events: string[]) => ({ parameters: { events } });

	it('neither loses nor repeats events that stay chosen, and adds new ones from then on', async () => {
		const trigger = await startTrigger();
		harness.addEvent(T - 2, 'inquiry.failed');
		const ids = [harness.addEvent(T)];
		await trigger.poll();
		harness.addEvent(T + 1, 'inquiry.failed');
		ids.push(harness.addEvent(T + 2));
		trigger.restart(chooseEvents('inquiry.approved', 'inquiry.failed'));
		await trigger.poll();
		ids.push(harness.addEvent(T + 3, 'inquiry.failed'));
		harness.addEvent(T + 4, 'inquiry.completed');
		trigger.restart(chooseEvents('*'));
		await trigger.poll();
		ids.push(
			harness.addEvent(T + 5, 'inquiry.completed'),
			harness.addEvent(T + 6, 'inquiry.failed'),
		);
		trigger.restart(chooseEvents('inquiry.completed', 'inquiry.failed'));
		await trigger.pollUntilEmpty();
		expect(trigger.eventIds).toEqual(ids);
	});

	it('filters by name in Persona if the names are few, and by itself if they are many', async () => {
		const names = Array.from({ length: 60 }, (_, index) => `custom.kind-${index}`);
		const trigger = await startTrigger(chooseEvents(...names.slice(0, 3)).parameters);
		harness.addEvent(T, 'inquiry.approved');
		const ids = [harness.addEvent(T + 1, names[0])];
		await trigger.poll();
		const getFilters = () => harness.getApiRequests().map(({ query }) => query.filter);
		expect(getFilters()).toContainEqual({ name: names.slice(0, 3).join(',') });
		harness.sandbox.control.requests.length = 0;
		trigger.restart(chooseEvents(...names));
		await trigger.poll();
		harness.addEvent(T + 2, 'inquiry.approved');
		ids.push(harness.addEvent(T + 3, names[59]), harness.addEvent(T + 4, names[0]));
		await trigger.pollUntilEmpty();
		expect(getFilters()).toEqual(getFilters().map(() => undefined));
		expect(trigger.eventIds).toEqual(ids);
	});

	it('starts again in another environment', async () => {
		const trigger = await startTrigger();
		harness.addEvent(T);
		await trigger.poll();
		trigger.state.environment = 'env_other';
		harness.addEvent(T + MINUTE_MS);
		expect(await trigger.poll()).toBeNull();
		const id = harness.addEvent(T + 2 * MINUTE_MS);
		expect(await trigger.poll()).toMatchObject([{ eventId: id }]);
	});
});

describe('poll with conditions', () => {
	it('emits only events that match', async () => {
		const trigger = await startTrigger({ onlyWhen: { status: 'approved' } });
		harness.addEvent(T, undefined, { status: 'declined' });
		expect(await trigger.poll()).toBeNull();
		const id = harness.addEvent(T + 1, undefined, { status: 'approved' });
		await trigger.poll();
		expect(trigger.eventIds).toEqual([id]);
	});

	it('emits the latest state, or the last known one of an object that no longer exists', async () => {
		const trigger = await startTrigger({ fetchLatest: true, onlyWhen: { status: 'approved' } });
		const [inquiryId] = harness.sandbox.control.seedInquiries(1);
		const inquiry = harness.sandbox.control.find(inquiryId);
		if (!inquiry) throw new Error('The inquiry is not there');
		harness.sandbox.control.emitEvent('inquiry.completed', inquiry);
		inquiry.attributes.status = 'approved';
		const gone = harness.addEvent(Date.now() + MINUTE_MS, undefined, { status: 'approved' });
		expect(await trigger.poll()).toMatchObject([
			{ event: 'inquiry.completed', object: { id: inquiryId, status: 'approved' } },
			{ eventId: gone, object: { status: 'approved' } },
		]);
	});

	it('leaves an event whose object cannot be read to the next poll', async () => {
		const trigger = await startTrigger({ fetchLatest: true });
		const ids = [harness.addEvent(T), harness.addEvent(T + 1), harness.addEvent(T + 2)];
		const path = '/inquiries/inq_3';
		harness.sandbox.control.addFault({ path, kind: 'status', status: 403, times: 2 });
		await trigger.poll();
		expect(trigger.eventIds).toEqual(ids.slice(0, 1));
		await expect(trigger.poll()).rejects.toThrow('inquiry.read');
		await trigger.pollUntilEmpty();
		expect(trigger.eventIds).toEqual(ids);
	});
});

describe('a manual poll', () => {
	it('shows the last events, oldest first, and stores nothing', async () => {
		const trigger = await startTrigger();
		const ids = addEvents(15);
		const before = JSON.stringify(trigger.state);
		const shown = ids.slice(-10).map((eventId) => expect.objectContaining({ eventId }) as unknown);
		expect(await trigger.pollManually()).toEqual(shown);
		expect(JSON.stringify(trigger.state)).toBe(before);
		await trigger.pollUntilEmpty();
		expect(trigger.eventIds).toEqual(ids);
	});

	it('fails if there is no event', async () => {
		const trigger = harness.createTrigger();
		await expect(trigger.pollManually()).rejects.toThrow(
			'Persona has no recent event that matches',
		);
		expect(trigger.state).toEqual({});
	});
});

it('is listed in package.json as a node of the package', () => {
	const { n8n } = JSON.parse(readFileSync('package.json', 'utf8')) as { n8n: { nodes: string[] } };
	expect(n8n.nodes).toContain('dist/nodes/Persona/PersonaPollingTrigger.node.js');
});

describe('a poll with a parameter that is empty or wrong', () => {
	it.each([
		[
			{ onlyWhen: { templateId: '={{ $vars.missing }}' } },
			"The condition 'Template ID' in 'Only When' is empty",
		],
		[{ onlyWhen: { status: ' , ' } }, "The condition 'Status' in 'Only When' is empty"],
		[{ onlyWhen: { tags: '={{ [{ a: 1 }] }}' } }, "'Tags' in 'Only When' must be a list of texts"],
		[
			{ otherEvents: '["custom.reviewed"' },
			"'Events by Name' begins with [ but is not a JSON list",
		],
		[
			{ otherEvents: 'custom.a', onlyWhen: { tags: 'vip' } },
			"'Only When' cannot be checked for custom.a in 'Events by Name'",
		],
		[{ otherEvents: '={{ $vars.missing }}' }, "'Events by Name' is empty"],
		[{ otherEvents: 'Inquiry Approved' }, `'Events by Name' contains "Inquiry Approved"`],
		[{ otherEvents: 'custom.a, inquiry.*' }, `'Events by Name' contains "inquiry.*"`],
		[{ events: '={{ "approved" }}' }, `'Trigger On' contains "approved"`],
		[{ events: '={{ $vars.missing }}' }, "'Trigger On' is empty"],
		[{ events: [] }, "Choose at least one event in 'Trigger On'"],
		[{ fetchLatest: 'perhaps' }, "'Fetch Latest State'"],
		[{ fetchLatest: true, include: '={{ $vars.missing }}' }, "'Include' is empty"],
		[{ output: '={{ $vars.missing }}' }, "'Output' is empty"],
	])(
		'fails with %j, stores nothing, and the next one emits the event: %s',
		async (wrong, sentence) => {
			const trigger = await startTrigger();
			const parameters = { events: ['inquiry.approved', 'inquiry.completed'] };
			const before = JSON.stringify(trigger.state);
			const id = harness.addEvent(T);
			trigger.restart({ parameters: wrong });
			await expect(trigger.poll()).rejects.toThrow(sentence);
			await expect(trigger.pollManually()).rejects.toThrow(sentence);
			expect(JSON.stringify(trigger.state)).toBe(before);
			const right = {
				onlyWhen: {},
				otherEvents: '',
				include: '',
				fetchLatest: false,
				output: 'simplified',
			};
			trigger.restart({ parameters: { ...parameters, ...right } });
			await trigger.poll();
			expect(trigger.eventIds).toEqual([id]);
		},
	);

	it('lets events through as soon as the variable has a value', async () => {
		const trigger = await startTrigger({ onlyWhen: { objectId: '={{ $vars.object }}' } }).catch(
			(error: Error) => error.message,
		);
		expect(trigger).toContain("'Object ID' in 'Only When' is empty");
		const later = harness.createTrigger({
			parameters: { onlyWhen: { objectId: '={{ $vars.object }}' }, output: '={{ $vars.output }}' },
		});
		Object.assign(later.variables, { object: '["inq_2", "inq_3"]', output: 'raw' });
		await later.poll();
		const id = harness.addEvent(T);
		expect(await later.poll()).toMatchObject([{ id, attributes: { name: 'inquiry.approved' } }]);
	});
});

describe('a custom event', () => {
	it.each(['simplified', 'allFields', 'raw'])(
		'passes its whole payload on, also with the latest state (Output %s)',
		async (output) => {
			const trigger = await startTrigger({
				events: [],
				otherEvents: 'custom.reviewed',
				fetchLatest: true,
				output,
			});
			const payload = {
				data: { type: 'inquiry', id: 'inq_1', 'a-b': { type: 'string', value: 'x' } },
				'reviewer-name': 'Jane',
			};
			const id = harness.addEvent(T, 'custom.reviewed');
			const event = harness.sandbox.control.store.getCollection('event').get(id);
			if (event) event.attributes.payload = payload;
			const [item] = (await trigger.poll()) ?? [];
			const { attributes = item } = item as { attributes?: IDataObject };
			expect(attributes.payload).toEqual(payload);
		},
	);
});
