import {
	advanceState,
	mergeSubscriptions,
	getSubscribedSince,
	MAX_SEEN_EVENTS,
	OVERLAP_MS,
} from '../../../nodes/Persona/triggers/polling/pollState.ts';

const T = Date.parse('2025-03-15T18:35:00.000Z');

const createTimes = (count: number, at: (index: number) => number) =>
	Object.fromEntries(Array.from({ length: count }, (_, index) => [`evt_${index}`, at(index)]));

describe('advanceState', () => {
	it('remembers the events of the overlap and forgets older ones', () => {
		const { from, seen } = advanceState(
			{ from: T - OVERLAP_MS, seen: { a: T - 1, b: T } },
			{ c: T },
			T,
		);
		expect({ from, seen }).toEqual({ from: T - OVERLAP_MS, seen: { a: T - 1, b: T, c: T } });
		expect(advanceState({ from, seen }, { d: T + OVERLAP_MS }, T + OVERLAP_MS).seen).toEqual({
			b: T,
			c: T,
			d: T + OVERLAP_MS,
		});
	});

	it('never moves back in time', () => {
		expect(advanceState({ from: T }, { late: T - 1 }, T - 1)).toEqual({ from: T, seen: {} });
	});

	it('does not move on to a time in the future', () => {
		const now = Date.now();
		const { from } = advanceState({}, { early: now + 10 * OVERLAP_MS }, now + 10 * OVERLAP_MS);
		expect(from).toBeLessThanOrEqual(Date.now() - OVERLAP_MS);
	});

	it('remembers 10,000 events at most', () => {
		const { from, seen } = advanceState(
			{},
			createTimes(MAX_SEEN_EVENTS + 300, (index) => T + index),
			T + 10_000,
		);
		expect(Object.keys(seen)).toHaveLength(10_000);
		expect(from).toBe(T + 300);
	});

	it('remembers all events of the same time, because none of them may be emitted again', () => {
		const ties = createTimes(MAX_SEEN_EVENTS + 300, () => T);
		expect(advanceState({}, ties, T)).toEqual({ from: T, seen: ties });
	});
});

describe('mergeSubscriptions', () => {
	it('keeps since when the trigger listens to each event', () => {
		const all = mergeSubscriptions({ a: 1, b: 2 }, ['*'], 3);
		expect(all).toEqual({ '*': 3, a: 1, b: 2 });
		expect(mergeSubscriptions(all, ['a', 'c'], 4)).toEqual({ a: 1, c: 3 });
	});
});

it('is not subscribed to an event with the name of a member of every object', () => {
	expect(getSubscribedSince({ a: 1 }, 'constructor')).toBeUndefined();
});
