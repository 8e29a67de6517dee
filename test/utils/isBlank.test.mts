import { isBlank } from '../../nodes/Persona/utils/isBlank.ts';

describe('isBlank', () => {
	it.each([
		...['', ' ', '\t\r\n', '\u00a0', '\u3000', '\u2028', '\ufeff', '\u200b', '\u200d', '\u2060'],
		...['\u00ad', '\u200e\u200f', '\u202a \u202c', '\u2066\u2069', '\u180e', '\u3164', '\u2800'],
		'\u0000',
	])('is true for %j, which shows nothing', (text) => {
		expect(isBlank(text)).toBe(true);
	});

	it.each(['0', '.', '-', ' a ', '\u202bאבג\u202c', '😀', '\u0301'])(
		'is false for %j, which shows something',
		(text) => {
			expect(isBlank(text)).toBe(false);
		},
	);
});
