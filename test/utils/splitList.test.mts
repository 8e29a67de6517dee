import { splitList } from '../../nodes/Persona/utils/splitList.ts';

describe('splitList', () => {
	it.each([
		['a, b ,c', ['a', 'b', 'c']],
		[
			['a', 'b,c'],
			['a', 'b', 'c'],
		],
		[' , ,', []],
		[undefined, []],
		[null, []],
		[[undefined, 'a', ''], ['a']],
		[42, ['42']],
	])('makes of %j the entries %j', (value, entries) => {
		expect(splitList(value)).toEqual(entries);
	});
});
