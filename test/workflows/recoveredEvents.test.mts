import type { IDataObject } from 'n8n-workflow';
import { evaluateParameter, getNode, readNodes, routeItem } from './evaluateParameter.mts';

const nodes = readNodes('25-recover-missed-deliveries');

const hoursAgo = (hours: number) => new Date(Date.now() - hours * 3_600_000).toISOString();

describe('a try to handle an event', () => {
	const mine = { id: 5, try: 'mine', state: 'started', startedAt: hoursAgo(0) };

	const mayGoOn = (...others: IDataObject[]) =>
		routeItem(nodes, 'May it continue?', mine, {
			'Enter the try': [[[mine]]],
			'Tries of this event': [[[...others, mine]]],
		});

	const other = { id: 4, try: 'other', state: 'started', startedAt: hoursAgo(1) };

	it('goes on if it is the only one', () => {
		expect(mayGoOn()).toBe(true);
	});

	it.each([
		{ ...other, state: 'done' },
		{ ...other, id: 9, state: 'done' },
		{ ...other, state: 'done', startedAt: hoursAgo(1_000) },
		{ ...other, try: 'mine', state: 'done' },
	])('ends after the event was handled: %j', (done) => {
		expect(mayGoOn(done)).toBe(false);
	});

	it('ends while one is under way that has begun earlier', () => {
		expect(mayGoOn(other)).toBe(false);
	});

	it('goes on before one that has begun later, so that one of two goes on', () => {
		expect(mayGoOn({ ...other, id: 6 })).toBe(true);
	});

	it('goes on after one that was interrupted', () => {
		expect(mayGoOn({ ...other, startedAt: hoursAgo(7) })).toBe(true);
	});

	it('goes on if it is a retry of the one that has failed', () => {
		expect(mayGoOn({ ...other, try: 'mine' })).toBe(true);
	});
});

describe('the list of missing events', () => {
	const list = (
		deliveries: IDataObject[],
		tries: IDataObject[] = [],
		chosen: IDataObject = { events: ['inquiry.approved'] },
	) => {
		const name = 'List what is missing';
		// Without the description of the trigger, its parameters cannot be read.
		const expression = String(getNode(nodes, name).parameters.jsonOutput).replace(
			"$('When something happens').params",
			JSON.stringify(chosen),
		);
		const output = evaluateParameter(nodes, name, expression, [{}], {
			'Find failed deliveries': [[deliveries]],
			'Find interrupted tries': [[tries]],
		}) as { missing: IDataObject[] };
		return output.missing.map(({ eventId }) => eventId);
	};

	const delivery = (eventId: string | null, day: number, eventName = 'inquiry.approved') => ({
		...{ id: `wbhe_${day}`, eventId, eventName, createdAt: `2026-03-0${day}T00:00:00.000Z` },
	});
	const interrupted = (eventId: string, day: number) => ({
		...{ eventId, event: 'inquiry.approved', startedAt: `2026-03-0${day}T00:00:00.000Z` },
	});

	it('is empty if there are neither failed deliveries nor interrupted tries', () => {
		expect(list([{}], [{}])).toEqual([]);
	});

	it('has each event once, the oldest first', () => {
		const deliveries = [delivery('evt_3', 3), delivery('evt_1', 1), delivery('evt_1', 2)];
		expect(list(deliveries, [interrupted('evt_2', 2), interrupted('evt_3', 4)])).toEqual([
			...['evt_2', 'evt_1', 'evt_3'],
		]);
	});

	it('has only events that the trigger starts with, in whichever of its fields they are', () => {
		const deliveries = ['inquiry.approved', 'case.created', 'custom.a', 'account.created'].map(
			(name, index) => delivery(`evt_${index}`, index + 1, name),
		);
		const chosen = { events: ['inquiry.approved'], moreEvents: ['case.created'] };
		expect(list(deliveries, [], chosen)).toEqual(['evt_0', 'evt_1']);
		expect(list(deliveries, [], { otherEvents: 'custom.b, custom.a' })).toEqual(['evt_2']);
		expect(list(deliveries, [], { events: ['*'] })).toHaveLength(4);
	});

	it('has a delivery without an event, which fails and is told', () => {
		expect(list([delivery(null, 1)])).toEqual(['wbhe_1']);
	});

	it.each([
		[9, ['evt_1']],
		[10, []],
	])('has an event after %i tries: %j', (count, expected) => {
		const tries = Array.from({ length: count }, () => interrupted('evt_1', 1));
		expect(list([], tries)).toEqual(expected);
		expect(list([delivery('evt_1', 1)], tries)).toEqual(expected);
	});
});
