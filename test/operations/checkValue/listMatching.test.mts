import type { IDataObject } from 'n8n-workflow';
import {
	COMPARISONS,
	type ValueHints,
} from '../../../nodes/Persona/operations/checkValue/listMatching.ts';

/** How a value relates to a list item; undefined where the value does not fit the list. */
function compare(listType: string, value: string, attributes: IDataObject, hints?: ValueHints) {
	const object = { type: `list-item/${listType}`, id: 'li_1', attributes };
	const result = COMPARISONS[listType].createFinder([object])(value, hints);
	if (!result) return undefined;
	const kinds = Object.entries(result).filter(([, items]) => items.length > 0);
	return kinds.length === 0 ? 'different' : kinds.map(([kind]) => kind).join();
}

const domain = { value: 'Example.com', 'match-type': 'domain' };

const passport = { 'id-number': 'I1234562', 'id-class': 'pp' };

const jane = { 'name-first': 'Jane', 'name-last': 'Doe' };

const sanFrancisco = { latitude: 37.7879461, longitude: -122.3977409, 'radius-meters': 500 };

describe('a value', () => {
	it.each<[listType: string, value: string, item: IDataObject, hints?: ValueHints]>([
		['browser-fingerprint', ' abc123 ', { value: 'abc123' }],
		['device-fingerprint', 'abc123', { value: 'abc123' }],
		['string', 'abc 123', { value: 'abc 123' }],
		['field', 'abc123', { 'field-value': 'abc123' }],
		['country', 'de', { 'country-code': 'DE' }],
		['country', 'UK', { 'country-code': 'GB' }],
		['country', 'Germany', { 'country-code': 'DE' }],
		['ip-address', '203.0.113.42:51544', { value: '203.0.113.0/255.255.255.0' }],
		['government-id-number', '123.456.789-09', { 'id-number': '12345678909', 'id-class': 'pp' }],
		[
			'email-address',
			'jane@bücher.example',
			{ value: 'xn--bcher-kva.example', 'match-type': 'domain' },
		],
		[
			'email-address',
			'Jane <jane@example.com>',
			{ value: 'jane@example.com', 'match-type': 'domain' },
		],
		['name', 'Robert Downey Jr', { 'name-first': 'Robert', 'name-last': 'Downey, Jr.' }],
		['geolocation', '37,7879461; -122,3977409', sanFrancisco],
		['phone-number', '0151 23456789', { value: '0151 / 234 567-89' }],
		['phone-number', '+1 415 555 1234', { value: '14155551234.0' }],
		['phone-number', '+4915123456789', { value: '0151 23456789' }, { countryCode: '49' }],
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
		['name', '王小明', { 'name-first': '小明', 'name-last': '王' }],
		['name', '王 小明', { 'name-first': '小明', 'name-last': '王' }],
		['name', '小明 王', { 'name-first': '小明', 'name-last': '王' }],
		['name', '田中　太郎', { 'name-first': '太郎', 'name-last': '田中' }],
		['name', '김철수', { 'name-first': '철수', 'name-last': '김' }],
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
		['phone-number', '151 23456789', { value: '+4915123456789' }, { countryCode: '49' }],
		['phone-number', '49 151 23456789', { value: '+4915123456789' }, { countryCode: '49' }],
		['phone-number', '06 1234567', { value: '+39061234567' }, { countryCode: '39' }],
		['phone-number', '(415) 555-1234', { value: '+14155551234' }, { countryCode: '1' }],
		['phone-number', '1-415-555-1234', { value: '+14155551234' }, { countryCode: '1' }],
		['phone-number', '8 912 345-67-89', { value: '+79123456789' }, { countryCode: '7' }],
		['phone-number', '+14155551234', { value: '+14155551234' }, { countryCode: '49' }],
		['geolocation', '37.7879461, -122.3977409', sanFrancisco],
		['geolocation', '37.7915 -122.3977409', sanFrancisco],
		['geolocation', '0,-179.999', { latitude: 0, longitude: 179.999, 'radius-meters': 223 }],
	])('matches: %s %j, %j %j', (...[listType, value, item, hints]) => {
		expect(compare(listType, value, item, hints)).toBe('matches');
	});

	it.each<[listType: string, value: string, item: IDataObject]>([
		['phone-number', '0151 23456789', { value: '+4915123456789' }],
		['phone-number', '+4915123456789', { value: '0151 23456789' }],
		['phone-number', '+14155551234', { value: '(415) 555-1234' }],
		['ip-address', '203.0.113.0/23', { value: '203.0.113.0/24' }],
		['ip-address', '203.0.113.0/24', { value: '203.0.113.42' }],
		['ip-address', '2001:db8::/32', { value: '2001:db8::1' }],
		['email-address', 'example.com', { value: 'jane@example.com', 'match-type': 'email_address' }],
		['name', 'Doe Jane', jane],
		['name', 'Jane Marie Doe', jane],
		['name', 'Jane', jane],
		['name', 'J. Doe', jane],
		['name', 'Jane M. Doe', { 'name-first': 'Jane Marie', 'name-last': 'Doe' }],
		['name', 'Dr. Jane Doe', jane],
		['name', 'Jane Doe', { 'name-first': null, 'name-last': 'Doe' }],
		['name', 'Robert Downey', { 'name-first': 'Robert', 'name-last': 'Downey, Jr.' }],
		['name', 'Nguyễn Văn An', { 'name-first': 'An', 'name-last': 'Nguyễn Văn' }],
		['name', 'Nguyễn Văn An', { 'name-first': 'An', 'name-last': 'Nguyễn' }],
		['name', 'Nguyen An', { 'name-first': 'Văn An', 'name-last': 'Nguyễn' }],
		['name', 'Nagy Péter', { 'name-first': 'Péter', 'name-last': 'Nagy' }],
		['name', 'Kim Min-jun', { 'name-first': 'Minjun', 'name-last': 'Kim' }],
		['name', 'Min jun Kim', { 'name-first': 'Minjun', 'name-last': 'Kim' }],
		['name', 'Wang Xiaoming', { 'name-first': 'Xiao Ming', 'name-last': 'Wang' }],
		['name', 'Yamada Taro', { 'name-first': 'Tarō', 'name-last': 'Yamada' }],
		['name', 'José García', { 'name-first': 'José', 'name-last': 'García López' }],
		['name', 'García López José', { 'name-first': 'José', 'name-last': 'García' }],
		['name', 'Jon Jonsson', { 'name-first': 'Jón Þór', 'name-last': 'Jónsson' }],
		['name', 'Thor Gudmundsson', { 'name-first': 'Jón Þór', 'name-last': 'Guðmundsson' }],
		['name', 'Ana De la Cruz', { 'name-first': 'Ana', 'name-last': 'Delacruz' }],
	])('may match, so that it is never said to be absent: %s %j, %j', (...[type, value, item]) => {
		expect(compare(type, value, item)).toBe('possible');
	});

	it.each<[listType: string, value: string, item: IDataObject]>([
		['string', 'abc', { value: null }],
		['string', 'abc', { value: '\u200b' }],
		['browser-fingerprint', 'abc', {}],
		['ip-address', '203.0.113.42', { value: 'redacted' }],
		['ip-address', '203.0.113.42', { value: '203.0.113.1-203.0.113.99' }],
		['country', 'US', { 'country-code': '??' }],
		['email-address', 'jane@example.com', { value: '*.example.com', 'match-type': 'domain' }],
		['phone-number', '+14155551234', { value: 'unknown' }],
		['name', 'Jane Doe', { 'name-first': null, 'name-last': null }],
		['government-id-number', 'I1234562', { 'id-number': '-', 'id-class': 'pp' }],
		['geolocation', '1, 2', { latitude: null, longitude: null, 'radius-meters': 5 }],
		['geolocation', '1, 2', { latitude: 1, longitude: 2 }],
	])('is not compared with an item that cannot be read: %s %j, %j', (listType, value, item) => {
		expect(compare(listType, value, item)).toBe('unreadable');
	});

	it.each<[listType: string, value: string, item: IDataObject, hints?: ValueHints]>([
		['string', 'ABC123', { value: 'abc123' }],
		['country', 'DE', { 'country-code': 'FR' }],
		['email-address', 'jane.doe+a@example.com', { value: 'jane.doe@example.com' }],
		['email-address', 'jane@mail.example.com', domain],
		['email-address', 'jane@notexample.com', domain],
		['government-id-number', 'I1234563', passport],
		['government-id-number', 'I1234562', passport, { idClass: 'dl' }],
		['ip-address', '203.0.114.0', { value: '203.0.113.0/24' }],
		['ip-address', '203.0.112.0/25', { value: '203.0.112.128/25' }],
		['ip-address', '203.0.113.42', { value: '::/0' }],
		['ip-address', '2001:db9::', { value: '2001:db8::/32' }],
		['name', 'Jan Doe', jane],
		['name', 'Jane', { 'name-first': 'J', 'name-last': 'Doe' }],
		['name', 'Robert Downey Jr', { 'name-first': 'Robert', 'name-last': 'Downey Sr' }],
		['name', 'Kim Min-jun', { 'name-first': 'Min-ji', 'name-last': 'Kim' }],
		['name', 'Nguyễn Văn An', { 'name-first': 'Văn Bình', 'name-last': 'Nguyễn' }],
		['name', 'Jane Marie Doe', { 'name-first': 'Jane Mary', 'name-last': 'Doe' }],
		['name', '王小明', { 'name-first': '小红', 'name-last': '王' }],
		['name', 'रम Doe', { 'name-first': 'राम', 'name-last': 'Doe' }],
		['phone-number', '+14155551235', { value: '+14155551234' }],
		['phone-number', '0151 23456788', { value: '+4915123456789' }],
		['phone-number', '+44 151 23456789', { value: '+4915123456789' }, { countryCode: '49' }],
		['geolocation', '37.7929, -122.3977409', sanFrancisco],
	])('does not match: %s %j, %j %j', (...[listType, value, item, hints]) => {
		expect(compare(listType, value, item, hints)).toBe('different');
	});

	it.each([
		['country', 'Atlantis'],
		['country', 'Korea'],
		['email-address', 'jane doe'],
		['email-address', '@'],
		['email-address', 'jane'],
		['email-address', '*.example.com'],
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
		['phone-number', '+1 415 555'],
	])('does not fit the list: %s %j', (listType, value) => {
		expect(compare(listType, value, {})).toBeUndefined();
	});
});
