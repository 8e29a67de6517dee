import fc from 'fast-check';
import { parseBoolean } from '../../nodes/Persona/utils/parseBoolean.ts';

describe('parseBoolean', () => {
	it.each([true, 'true', 'TRUE', ' True ', 1, '1'])('takes %j for on', (value) => {
		expect(parseBoolean(value)).toBe(true);
	});

	it.each([false, 'false', 'False\n', 0, '0', -0])('takes %j for off', (value) => {
		expect(parseBoolean(value)).toBe(false);
	});

	it.each([
		'',
		' ',
		null,
		undefined,
		[],
		[true],
		{},
		2,
		NaN,
		'yes',
		'on',
		'1.0',
		'[object Object]',
	])('does not guess what %j means', (value) => {
		expect(parseBoolean(value)).toBeUndefined();
	});

	it('never throws', () => {
		fc.assert(
			fc.property(fc.anything({ withNullPrototype: true }), (value) => void parseBoolean(value)),
		);
	});
});
