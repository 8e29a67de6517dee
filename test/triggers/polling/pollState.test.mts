import {
	advanceState,
	mergeSubscriptions,
	getSubscribedSince,
	MAX_SEEN_EVENTS,
	OVERLAP_MS,
} from '../../../nodes/Persona/triggers/polling/pollState.ts';

const T = Date.parse('2025-03-15T18:35:00.000Z');

const happened = (count: number, at: (index: number) => number) =>
	Object.fromEntries(Array.from({ length: count }, (_, index) => [`evt_${index}`, at(index)]));

describe('advanced', () => {
	it('remembers what is done in the overlap and forgets what is older', () => {
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

	it('never goes back', () => {
		expect(advanceState({ from: T }, { late: T - 1 }, T - 1)).toEqual({ from: T, seen: {} });
	});

	it('is not led astray by a time that is still to come', () => {
		const now = Date.now();
		const { from } = advanceState({}, { early: now + 10 * OVERLAP_MS }, now + 10 * OVERLAP_MS);
		expect(from).toBeLessThanOrEqual(Date.now() - OVERLAP_MS);
	});

	it('keeps a certain number of IDs at most', () => {
		const { from, seen } = advanceState(
			{},
			happened(MAX_SEEN_EVENTS + 300, (index) => T + index),
			T + 10_000,
		);
		expect(Object.keys(seen)).toHaveLength(MAX_SEEN_EVENTS);
		expect(from).toBe(T + 300);
	});

	it('keeps all IDs of one time, since none of them may come again', () => {
		const ties = happened(MAX_SEEN_EVENTS + 300, () => T);
		expect(advanceState({}, ties, T)).toEqual({ from: T, seen: ties });
	});
});

describe('chosenNext', () => {
	it('keeps since when each event is listened to', () => {
		const all = mergeSubscriptions({ a: 1, b: 2 }, ['*'], 3);
		expect(all).toEqual({ '*': 3, a: 1, b: 2 });
		expect(mergeSubscriptions(all, ['a', 'c'], 4)).toEqual({ a: 1, c: 3 });
	});
});

it('knows no event by the names that every object has', () => {
	expect(getSubscribedSince({ a: 1 }, 'constructor')).toBeUndefined();
});
