import fc from 'fast-check';
import {
	listPossibleDigits,
	toInternationalDigits,
} from '../../../nodes/Persona/operations/checkValue/phoneNumber.ts';

const isMatch = (value: string, listed: string, countryCode?: string) =>
	listPossibleDigits(value, countryCode)?.includes(toInternationalDigits(listed));

describe('a phone number', () => {
	const countryCodes = fc.constantFrom('1', '7', '39', '44', '49', '998');
	const nationalNumbers = fc.stringMatching(/^[1-9]\d{6,10}$/);
	const separators = fc.constantFrom('', ' ', '-', ' (', ') ', '.', '/');

	/** The digits with a separator after any of them. */
	const addSeparators = (digits: string) =>
		fc
			.array(separators, { minLength: digits.length, maxLength: digits.length })
			.map((all) => [...digits].map((digit, index) => digit + all[index]).join(''));

	it('matches in any notation that has the country code', () => {
		const notations = fc.tuple(countryCodes, nationalNumbers).chain(([code, number]) =>
			fc.tuple(
				fc.constant(`+${code}${number}`),
				fc
					.constantFrom('+', '00', '')
					.chain((prefix) => addSeparators(code + number).map((digits) => prefix + digits)),
			),
		);
		fc.assert(
			fc.property(notations, ([listed, value]) => {
				// A zero in brackets is not dialled.
				fc.pre(!value.includes('(0)'));
				expect(isMatch(value, listed)).toBe(true);
				expect(isMatch(listed, value)).toBe(true);
			}),
		);
	});

	it('matches without its country code where that is given separately', () => {
		fc.assert(
			fc.property(countryCodes, nationalNumbers, fc.boolean(), (code, number, hasTrunkPrefix) => {
				const trunkPrefix =
					new Map([
						['1', '1'],
						['7', '8'],
					]).get(code) ?? '0';
				const value = (hasTrunkPrefix ? trunkPrefix : '') + number;
				expect(isMatch(value, `+${code}${number}`, code)).toBe(true);
			}),
		);
	});

	it('does not match another number', () => {
		fc.assert(
			fc.property(countryCodes, nationalNumbers, nationalNumbers, (code, number, other) => {
				fc.pre(number !== other);
				expect(isMatch(`+${code}${other}`, `+${code}${number}`)).toBe(false);
			}),
		);
	});
});
