import fc from 'fast-check';
import {
	formatPhoneNumber,
	parseCountryCallingCode,
	parsePhoneNumber,
} from '../../../nodes/Persona/utils/values/phoneNumber.ts';

const isMatch = (value: string, listed: string, countryCode?: string) => {
	const [one, other] = [value, listed].map((text) => parsePhoneNumber(text, countryCode)?.possible);
	return one?.some((digits) => other?.includes(digits)) ?? false;
};

describe('a phone number', () => {
	const countryCodes = fc.constantFrom('1', '7', '39', '44', '49', '998');
	// Ten digits, as in North America and Russia.
	const nationalNumbers = fc.stringMatching(/^[2-9]\d{9}$/);
	const separators = fc.constantFrom('', ' ', '-', ' (', ') ', '.', '/', '\u00a0', '–', '\u200e');

	/** The digits with a separator after any of them. */
	const addSeparators = (digits: string) =>
		fc
			.array(separators, { minLength: digits.length, maxLength: digits.length })
			.map((all) => [...digits].map((digit, index) => digit + all[index]).join(''));

	const notations = fc.tuple(countryCodes, nationalNumbers).chain(([code, number]) =>
		fc.tuple(
			fc.constant(`+${code}${number}`),
			fc
				.constantFrom('+', '00', '011')
				.chain((prefix) => addSeparators(code + number).map((digits) => prefix + digits)),
		),
	);

	it('is the same in any notation that has the country code', () => {
		fc.assert(
			fc.property(notations, ([listed, value]) => {
				expect(isMatch(value, listed)).toBe(true);
				expect(formatPhoneNumber(value)).toBe(listed);
			}),
		);
	});

	it('matches without its country code where that is given separately', () => {
		fc.assert(
			fc.property(countryCodes, nationalNumbers, fc.boolean(), (code, number, isDialled) => {
				const trunkPrefixes = new Map([
					['1', '1'],
					['7', '8'],
					['39', ''],
				]);
				const value = (isDialled ? (trunkPrefixes.get(code) ?? '0') : '') + number;
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

	it.each([
		['0151 23456789', '+4915123456789', '49'],
		['151 23456789', '+4915123456789', '49'],
		['49 151 23456789', '+4915123456789', '49'],
		['06 1234567', '+39061234567', '39'],
		['(415) 555-1234', '+14155551234', '1'],
		['8 912 345-67-89', '+79123456789', '7'],
		['06 1 234 5678', '+3612345678', '36'],
		['8 029 123 45 67', '+375291234567', '375'],
		['8 612 34567', '+37061234567', '370'],
	])('%s is %s in the country %s', (value, listed, countryCode) => {
		expect(isMatch(value, listed, countryCode)).toBe(true);
	});
});

describe('a country code of phone numbers', () => {
	it.each([
		...['49', '+49', '0049', ' 49\u200b', '４９'].map((text) => [text, '49']),
		...['DE', '0', '4', '999', '491', '', '49151'].map((text) => [text, undefined]),
	])('%j is %j', (text, code) => {
		expect(parseCountryCallingCode(text as string)).toBe(code);
	});
});
