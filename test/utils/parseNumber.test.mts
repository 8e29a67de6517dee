import fc from 'fast-check';
import { parseNumber } from '../../nodes/Persona/utils/parseNumber.ts';

describe('parseNumber', () => {
	it.each([
		[5, 5],
		['5', 5],
		[' 1.5\n', 1.5],
		['.5', 0.5],
		['-3', -3],
		['0', 0],
	])('reads %j as %d', (value, number) => {
		expect(parseNumber(value)).toBe(number);
	});

	it.each([
		'',
		' ',
		null,
		undefined,
		false,
		[],
		[5],
		{},
		NaN,
		Infinity,
		'1,5',
		'0x10',
		'1e3',
		'five',
	])('does not guess what %j means', (value) => {
		expect(parseNumber(value)).toBeUndefined();
	});

	it('reads every number again from its decimal text, and never throws', () => {
		const number = fc.double({ noNaN: true, min: -1e15, max: 1e15 });
		fc.assert(
			fc.property(number, (value) => {
				const text = value.toFixed(6);
				expect(parseNumber(text)).toBe(Number(text));
			}),
		);
		fc.assert(
			fc.property(fc.anything({ withNullPrototype: true }), (value) => void parseNumber(value)),
		);
	});
});
