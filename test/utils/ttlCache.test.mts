import { inspect } from 'node:util';
import { TtlCache } from '../../nodes/Persona/utils/ttlCache.ts';

afterEach(() => jest.restoreAllMocks());

describe('TtlCache', () => {
	it('forgets the entry that was written longest ago when it is full', () => {
		const cache = new TtlCache<number>(2);
		cache.set('a', 1);
		cache.set('b', 2);
		cache.set('a', 3);
		cache.set('c', 4);
		expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([3, undefined, 4]);
	});

	it('forgets an entry after its TTL, which begins again when it is written again', () => {
		const now = jest.spyOn(Date, 'now').mockReturnValue(1_000);
		const cache = new TtlCache<number>(10, 500);
		cache.set('a', 1);
		cache.set('b', 1);
		now.mockReturnValue(1_400);
		cache.set('b', 2);
		now.mockReturnValue(1_499);
		expect([cache.get('a'), cache.get('b')]).toEqual([1, 2]);
		now.mockReturnValue(1_500);
		expect([cache.get('a'), cache.get('b')]).toEqual([undefined, 2]);
	});

	it('forgets an entry that is deleted', () => {
		const cache = new TtlCache<number>(10);
		cache.set('a', 1);
		cache.delete('a');
		expect(cache.get('a')).toBeUndefined();
	});

	it('holds nothing of what it has forgotten once something else is written', () => {
		const now = jest.spyOn(Date, 'now').mockReturnValue(1_000);
		const cache = new TtlCache<string>(10, 500);
		for (const key of ['a', 'b', 'c']) cache.set(key, `value of ${key}`);
		now.mockReturnValue(1_600);
		cache.set('d', 'value of d');
		expect(inspect(cache, { depth: null })).not.toContain('value of a');
		expect(inspect(cache, { depth: null })).not.toContain('value of c');
		expect(cache.get('d')).toBe('value of d');
	});
});
