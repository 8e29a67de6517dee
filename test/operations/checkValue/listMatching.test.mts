import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';
import { parseIpBlock, isWithin } from '../../../nodes/Persona/operations/checkValue/ipBlock.ts';
import {
	COMPARISONS,
	type ValueHints,
} from '../../../nodes/Persona/operations/checkValue/listMatching.ts';

/** Whether a value matches an item of a list; undefined where it does not fit the list. */
function matches(kind: string, value: string, attributes: IDataObject, hints?: ValueHints) {
	const object = { type: `list-item/${kind}`, id: 'li_1', attributes };
	const found = COMPARISONS[kind].createFinder([object])(value, hints);
	return found && found.length > 0;
}

const domain = { value: 'Example.com', 'match-type': 'domain' };

const passport = { 'id-number': 'I1234562', 'id-class': 'pp' };

const jane = { 'name-first': 'Jane', 'name-last': 'Doe' };

const sanFrancisco = { latitude: 37.7879461, longitude: -122.3977409, 'radius-meters': 500 };

describe('A value', () => {
	it.each<[kind: string, value: string, item: IDataObject, hints?: ValueHints]>([
		['browser-fingerprint', ' abc123 ', { value: 'abc123' }],
		['device-fingerprint', 'abc123', { value: 'abc123' }],
		['string', 'abc 123', { value: 'abc 123' }],
		['field', 'abc123', { 'field-value': 'abc123' }],
		['country', 'de', { 'country-code': 'DE' }],
		['email-address', 'Jane.Doe@Example.com', { value: 'jane.doe@example.com' }],
		['email-address', 'anyone@example.COM', domain],
		['email-address', 'example.com', domain],
		['email-address', '@example.com', domain],
		['email-address', 'a@example.com', { ...domain, value: '@example.com' }],
		['government-id-number', 'i-123 4562', passport],
		['government-id-number', 'I1234562', passport, { idClass: 'PP' }],
		['ip-address', '203.0.113.42', { value: '203.0.113.42' }],
		['ip-address', '203.0.113.255', { value: '203.0.113.0/24' }],
		['ip-address', '203.0.113.128/25', { value: '203.0.113.0/24' }],
		['ip-address', '8.8.8.8', { value: '0.0.0.0/0' }],
		['ip-address', '::ffff:203.0.113.42', { value: '203.0.113.0/24' }],
		['ip-address', '2001:0DB8:0:0::1', { value: '2001:db8::1' }],
		['ip-address', '2001:db8:ffff::', { value: '2001:db8::/32' }],
		['ip-address', '64:ff9b::192.0.2.33', { value: '64:ff9b::c000:221' }],
		['name', 'JANE DOE', jane],
		['name', 'Doe, Jane', jane],
		['name', ' jane  doe ', jane],
		['name', 'Jose Muller', { 'name-first': 'José', 'name-last': 'Müller' }],
		['name', 'Jose\u0301 Mu\u0308ller', { 'name-first': 'Jose', 'name-last': 'Muller' }],
		['name', 'Anne Marie O’Neil', { 'name-first': 'Anne-Marie', 'name-last': "O'Neil" }],
		['name', 'Ana STRASSE', { 'name-first': 'Ana', 'name-last': 'Straße' }],
		['phone-number', '+1 (415) 555-1234', { value: '14155551234' }],
		['phone-number', '0049 151 23456789', { value: '+49 151 23456789' }],
		['phone-number', '+49 (0) 151 / 2345 6789', { value: '+4915123456789' }],
		['phone-number', 'tel:+4915123456789', { value: '004915123456789' }],
		['phone-number', '0151 23456789', { value: '+4915123456789' }, { countryCode: '49' }],
		['phone-number', '151 23456789', { value: '+4915123456789' }, { countryCode: '+49' }],
		['phone-number', '49 151 23456789', { value: '+4915123456789' }, { countryCode: '0049' }],
		['phone-number', '06 1234567', { value: '+39061234567' }, { countryCode: '39' }],
		['phone-number', '(415) 555-1234', { value: '+14155551234' }, { countryCode: '1' }],
		['phone-number', '1-415-555-1234', { value: '+14155551234' }, { countryCode: '1' }],
		['phone-number', '8 912 345-67-89', { value: '+79123456789' }, { countryCode: '7' }],
		['phone-number', '+14155551234', { value: '+14155551234' }, { countryCode: '49' }],
		['geolocation', '37.7879461, -122.3977409', sanFrancisco],
		['geolocation', '37.7915 -122.3977409', sanFrancisco],
		['geolocation', '0,-179.999', { latitude: 0, longitude: 179.999, 'radius-meters': 223 }],
	])('is on a list: %s %j, %j %j', (...[kind, value, item, hints]) => {
		expect(matches(kind, value, item, hints)).toBe(true);
	});

	it.each<[kind: string, value: string, item: IDataObject, hints?: ValueHints]>([
		['string', 'ABC123', { value: 'abc123' }],
		['string', 'null', { value: null }],
		['country', 'DE', { 'country-code': 'FR' }],
		['email-address', 'jane.doe+a@example.com', { value: 'jane.doe@example.com' }],
		['email-address', 'example.com', { value: 'jane@example.com', 'match-type': 'email_address' }],
		['email-address', 'jane@mail.example.com', domain],
		['email-address', 'jane@notexample.com', domain],
		['government-id-number', 'I1234563', passport],
		['government-id-number', 'I1234562', passport, { idClass: 'dl' }],
		['ip-address', '203.0.114.0', { value: '203.0.113.0/24' }],
		['ip-address', '203.0.113.0/23', { value: '203.0.113.0/24' }],
		['ip-address', '203.0.113.42', { value: '::/0' }],
		['ip-address', '2001:db9::', { value: '2001:db8::/32' }],
		['ip-address', '203.0.113.42', { value: 'redacted' }],
		['name', 'Jan Doe', jane],
		['name', 'Doe Jane', jane],
		['name', 'Jane Marie Doe', jane],
		['name', 'रम Doe', { 'name-first': 'राम', 'name-last': 'Doe' }],
		['phone-number', '+14155551235', { value: '+14155551234' }],
		['phone-number', '0151 23456789', { value: '+4915123456789' }],
		['phone-number', '+44 151 23456789', { value: '+4915123456789' }, { countryCode: '49' }],
		['geolocation', '37.7929, -122.3977409', sanFrancisco],
	])('is not on a list: %s %j, %j %j', (...[kind, value, item, hints]) => {
		expect(matches(kind, value, item, hints)).toBe(false);
	});

	it.each([
		['country', 'Germany'],
		['email-address', 'jane doe'],
		['email-address', '@'],
		['geolocation', 'San Francisco'],
		['geolocation', '91, 0'],
		['geolocation', '37.7879461'],
		['government-id-number', '--'],
		['ip-address', '203.0.113.256'],
		['ip-address', '203.0.113.042'],
		['ip-address', '203.0.113'],
		['ip-address', '203.0.113.0/33'],
		['ip-address', '203.0.113.0/'],
		['ip-address', '203.0.113.0/24/8'],
		['ip-address', '2001:db8'],
		['ip-address', '2001::db8::1'],
		['ip-address', '1:2:3:4:5:6:7:8:9'],
		['ip-address', '1:2:3:4:5:6:7::8'],
		['ip-address', '2001:db8:12345::'],
		['ip-address', '::/129'],
		['ip-address', ':'],
		['name', ' - '],
		['phone-number', '12'],
		['phone-number', 'nobody'],
		['phone-number', '555-1234 ext. 5'],
	])('does not fit a list: %s %j', (kind, value) => {
		expect(matches(kind, value, {})).toBeUndefined();
	});
});

describe('A phone number', () => {
	const codes = fc.constantFrom('1', '7', '39', '44', '49', '998');
	const national = fc.stringMatching(/^[1-9]\d{6,10}$/);
	const gap = fc.constantFrom('', ' ', '-', ' (', ') ', '.', '/');

	/** The digits with something between any two of them. */
	const spaced = (digits: string) =>
		fc
			.array(gap, { minLength: digits.length, maxLength: digits.length })
			.map((gaps) => [...digits].map((digit, index) => digit + gaps[index]).join(''));

	it('matches in any notation that has its country code', () => {
		const notations = fc.tuple(codes, national).chain(([code, number]) =>
			fc.tuple(
				fc.constant(`+${code}${number}`),
				fc
					.constantFrom('+', '00', '')
					.chain((prefix) => spaced(code + number).map((digits) => prefix + digits)),
			),
		);
		fc.assert(
			fc.property(notations, ([listed, value]) => {
				// A zero in brackets is not dialled.
				fc.pre(!value.includes('(0)'));
				expect(matches('phone-number', value, { value: listed })).toBe(true);
				expect(matches('phone-number', listed, { value })).toBe(true);
			}),
		);
	});

	it('matches without its country code where that is given apart', () => {
		fc.assert(
			fc.property(codes, national, fc.boolean(), (code, number, dialled) => {
				const trunk =
					new Map([
						['1', '1'],
						['7', '8'],
					]).get(code) ?? '0';
				const value = (dialled ? trunk : '') + number;
				const hints = { countryCode: code };
				expect(matches('phone-number', value, { value: `+${code}${number}` }, hints)).toBe(true);
			}),
		);
	});

	it('does not match another number', () => {
		fc.assert(
			fc.property(codes, national, national, (code, one, other) => {
				fc.pre(one !== other);
				const value = { value: `+${code}${one}` };
				expect(matches('phone-number', `+${code}${other}`, value)).toBe(false);
			}),
		);
	});
});

describe('An IP address', () => {
	const bits = (size: number) =>
		fc.tuple(
			fc.bigInt({ min: 0n, max: 2n ** BigInt(size) - 1n }),
			fc.integer({ min: 0, max: size }),
		);

	const v4 = (address: bigint) =>
		[24n, 16n, 8n, 0n].map((shift) => (address >> shift) & 0xffn).join('.');

	const v6 = (address: bigint) =>
		Array.from({ length: 8 }, (_, index) =>
			((address >> BigInt(112 - 16 * index)) & 0xffffn).toString(16),
		).join(':');

	it.each([
		[32, v4],
		[128, v6],
	])('of %d bits is in every block that begins as it does, and in no other', (size, write) => {
		fc.assert(
			fc.property(bits(size), fc.nat(), ([address, prefix], seed) => {
				const inside = parseIpBlock(write(address));
				const outer = parseIpBlock(`${write(address)}/${prefix}`);
				if (!inside || !outer) throw new Error(`${write(address)}/${prefix} was not read`);
				expect(isWithin(inside, outer)).toBe(true);
				if (prefix === 0) return;
				// Another bit among those that must be the same.
				const flipped = address ^ (1n << BigInt(size - 1 - (seed % prefix)));
				const outside = parseIpBlock(write(flipped));
				expect(outside && isWithin(outside, outer)).toBe(false);
			}),
		);
	});

	it('is the same however its zeros are written', () => {
		const groups = fc.array(fc.constantFrom('0', '1', 'ab', 'ffff'), {
			minLength: 8,
			maxLength: 8,
		});
		fc.assert(
			fc.property(groups, (all) => {
				// A URL writes addresses in their shortest form.
				const { hostname } = new URL(`http://[${all.join(':')}]`);
				const padded = all.map((group) => group.padStart(4, '0').toUpperCase()).join(':');
				expect(parseIpBlock(hostname.slice(1, -1))).toEqual(parseIpBlock(padded));
				expect(parseIpBlock(padded)).toBeDefined();
			}),
		);
	});

	it('is read or refused, whatever the text is', () => {
		fc.assert(
			fc.property(fc.string({ unit: fc.constantFrom(...'0123456789af:./') }), (text) => {
				const block = parseIpBlock(text);
				expect(block === undefined || block.prefixBits <= block.addressBits).toBe(true);
			}),
		);
	});
});
