import {
	advanced,
	chosenNext,
	listenedSince,
	MEMORY,
	OVERLAP,
} from '../../../nodes/Persona/triggers/polling/pollState.ts';

const T = Date.parse('2025-03-15T18:35:00.000Z');

const happened = (count: number, at: (index: number) => number) =>
	Object.fromEntries(Array.from({ length: count }, (_, index) => [`evt_${index}`, at(index)]));

describe('advanced', () => {
	it('remembers what is done in the overlap and forgets what is older', () => {
		const { from, seen } = advanced({ from: T - OVERLAP, seen: { a: T - 1, b: T } }, { c: T }, T);
		expect({ from, seen }).toEqual({ from: T - OVERLAP, seen: { a: T - 1, b: T, c: T } });
		expect(advanced({ from, seen }, { d: T + OVERLAP }, T + OVERLAP).seen).toEqual({
			b: T,
			c: T,
			d: T + OVERLAP,
		});
	});

	it('never goes back', () => {
		expect(advanced({ from: T }, { late: T - 1 }, T - 1)).toEqual({ from: T, seen: {} });
	});

	it('is not led astray by a time that is still to come', () => {
		const now = Date.now();
		const { from } = advanced({}, { early: now + 10 * OVERLAP }, now + 10 * OVERLAP);
		expect(from).toBeLessThanOrEqual(Date.now() - OVERLAP);
	});

	it('keeps a certain number of IDs at most', () => {
		const { from, seen } = advanced(
			{},
			happened(MEMORY + 300, (index) => T + index),
			T + 10_000,
		);
		expect(Object.keys(seen)).toHaveLength(MEMORY);
		expect(from).toBe(T + 300);
	});

	it('keeps all IDs of one time, since none of them may come again', () => {
		const ties = happened(MEMORY + 300, () => T);
		expect(advanced({}, ties, T)).toEqual({ from: T, seen: ties });
	});
});

describe('chosenNext', () => {
	it('keeps since when each event is listened to', () => {
		const all = chosenNext({ a: 1, b: 2 }, ['*'], 3);
		expect(all).toEqual({ '*': 3, a: 1, b: 2 });
		expect(chosenNext(all, ['a', 'c'], 4)).toEqual({ a: 1, c: 3 });
	});
});

it('knows no event by the names that every object has', () => {
	expect(listenedSince({ a: 1 }, 'constructor')).toBeUndefined();
});
