import type { TimestampedEvent } from '../../../nodes/Persona/events/eventList.ts';
import type { EventSource } from '../../../nodes/Persona/events/eventSource.ts';
import type { EventSelection } from '../../../nodes/Persona/events/parameters.ts';
import { toItems } from '../../../nodes/Persona/triggers/polling/toItems.ts';

const T = Date.parse('2025-03-15T18:35:00.000Z');

const buildEvent = (index: number): TimestampedEvent => ({
	event: {
		type: 'event',
		id: `evt_${index}`,
		attributes: {
			name: 'inquiry.completed',
			payload: { data: { type: 'inquiry', id: `inq_${index}` } },
		},
	},
	at: T + index,
});

const buildEvents = (count: number) =>
	Array.from({ length: count }, (_, index) => buildEvent(index));

const selection: EventSelection = {
	conditions: {},
	fetchLatest: true,
	include: [],
	output: 'allFields',
};

/** A Persona in which all inquiries are approved, but for one that cannot be read. */
function createSource(unreadable?: number) {
	const paths: string[] = [];
	const source: EventSource = {
		async request({ path }) {
			paths.push(path);
			const id = path.replace('/inquiries/', '');
			if (id === `inq_${unreadable}`) return { statusCode: 500, headers: {}, body: {} };
			const data = { type: 'inquiry', id, attributes: { status: 'approved' } };
			return { statusCode: 200, headers: {}, body: { data } };
		},
		toResponseError: ({ statusCode }, permission) => new Error(`${statusCode} ${permission}`),
		toError: (message) => new Error(message),
	};
	return { source, paths };
}

describe('toItems', () => {
	it('makes an item of each event that matches, in order, in its latest state', async () => {
		const { source } = createSource();
		const { items, doneCount } = await toItems(source, buildEvents(25), selection, Infinity);
		expect(items.map(({ eventId }) => eventId)).toEqual(
			buildEvents(25).map(({ event }) => event.id),
		);
		expect(items[0]).toMatchObject({ attempt: 1, object: { status: 'approved' } });
		expect(doneCount).toBe(25);
	});

	it('counts events that do not match as done, and reads no object that never can', async () => {
		const { source, paths } = createSource();
		const never = { ...selection, conditions: { objectId: ['inq_other'] } };
		expect(await toItems(source, buildEvents(25), never, Infinity)).toEqual({
			items: [],
			doneCount: 25,
		});
		expect(paths).toEqual([]);
	});

	it('ends before an event whose object cannot be read', async () => {
		const { source } = createSource(13);
		const { items, doneCount } = await toItems(source, buildEvents(25), selection, Infinity);
		expect([items.length, doneCount]).toEqual([13, 13]);
	});

	it('throws if that is the first event, with the permission that it takes', async () => {
		const { source } = createSource(0);
		await expect(toItems(source, buildEvents(25), selection, Infinity)).rejects.toThrow(
			'500 inquiry.read',
		);
	});

	it('ends after the first ten events if there is no time left', async () => {
		const { source } = createSource();
		const { items, doneCount } = await toItems(source, buildEvents(25), selection, 0);
		expect([items.length, doneCount]).toEqual([10, 10]);
	});

	it('needs no time and no request for events as they are', async () => {
		const { source, paths } = createSource();
		const asSent = { ...selection, fetchLatest: false };
		const { items } = await toItems(source, buildEvents(25), asSent, 0);
		expect([items.length, paths]).toEqual([25, []]);
	});
});
