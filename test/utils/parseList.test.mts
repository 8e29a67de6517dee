import { parseList } from '../../nodes/Persona/utils/parseList.ts';

describe('parseList', () => {
	it.each([
		['vip, mobile', ['vip', 'mobile']],
		[
			['vip', ' mobile '],
			['vip', 'mobile'],
		],
		['["vip","mobile"]', ['vip', 'mobile']],
		[' [ "vip", "mobile" ]\n', ['vip', 'mobile']],
		['"vip, mobile"', ['"vip', 'mobile"']],
		[['["vip","mobile"]'], ['vip', 'mobile']],
		[
			[['vip'], ['mobile', ['new']]],
			['vip', 'mobile', 'new'],
		],
		[['Doe, Jane'], ['Doe, Jane']],
		['["Doe, Jane"]', ['Doe, Jane']],
		[
			[1, 2.5, true, 10n],
			['1', '2.5', 'true', '10'],
		],
		['[1, false]', ['1', 'false']],
		[42, ['42']],
		['vip, [beta]', ['vip', '[beta]']],
		['["[beta]"]', ['[beta]']],
		['{vip}', ['{vip}']],
	])('makes of %p the entries %j', (value, entries) => {
		expect(parseList(value)).toEqual({ entries });
	});

	it.each(['', ' , ,', '[]', '[""]', '\u200b', undefined, null, [], [null, '', [' ']], '[null]'])(
		'finds no entries in %p',
		(value) => {
			expect(parseList(value)).toEqual({ entries: [] });
		},
	);

	it('drops what is empty between commas', () => {
		expect(parseList('a, ,b,')).toEqual({ entries: ['a', 'b'] });
	});

	it.each([
		[['a', null]],
		[['a', ' ']],
		[[undefined, 'b']],
		[['a', ['']]],
		['["a", null]'],
		['["", "b"]'],
	])('does not drop an entry of an array that is empty among others: %p', (value) => {
		expect(parseList(value)).toMatchObject({ problem: { finding: 'has an empty entry' } });
	});

	it('opens a list in a list that has no entries', () => {
		expect(parseList(['a', []])).toEqual({ entries: ['a'] });
	});

	it.each(['[vip, mobile]', "['vip']", '[beta]', '["vip"', '["vip"] and more'])(
		'does not guess what %p means',
		(value) => {
			expect(parseList(value)).toMatchObject({
				problem: { finding: 'begins with [ but is not a JSON list' },
			});
		},
	);

	it.each(['{vip,mobile}', ' {"Doe, Jane",vip}\n'])('does not cut the braces of %p', (value) => {
		expect(parseList(value)).toMatchObject({
			problem: { finding: 'is in braces, as databases write lists' },
		});
	});

	it.each([
		...[{}, { a: 1 }, [{ a: 1 }], ['a', [{ a: 1 }]], '{"a":1}', '[{"a":1}]', '["a",{"b":1}]'],
		...[NaN, [Infinity], new Date(0), Symbol('a'), () => 1],
	])('takes no %p as text', (value) => {
		expect(parseList(value)).toMatchObject({ problem: { finding: 'must be a list of texts' } });
	});

	it.each([
		...['[object Object]', 'a, [object Object]', ['user-[object Object]'], '["[object Object]"]'],
		...['Invalid DateTime', ['a', '#N/A'], 'a, #REF!'],
	])('takes no %p for a value', (value) => {
		expect(parseList(value)).toMatchObject({
			problem: { finding: expect.stringMatching(/^contains /) },
		});
	});
});
