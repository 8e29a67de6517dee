import fc from 'fast-check';
import { parseCoordinates } from '../../../nodes/Persona/utils/values/coordinates.ts';
import { formatCountryCode } from '../../../nodes/Persona/utils/values/countryCode.ts';
import { formatDomain, getDomainKey } from '../../../nodes/Persona/utils/values/domain.ts';
import {
	formatEmailAddress,
	getEmailAddressKey,
} from '../../../nodes/Persona/utils/values/emailAddress.ts';
import { getFingerprintKey } from '../../../nodes/Persona/utils/values/fingerprint.ts';
import {
	formatSocialSecurityNumber,
	getIdNumberKey,
} from '../../../nodes/Persona/utils/values/idNumber.ts';
import { formatIpBlock, parseIpBlock } from '../../../nodes/Persona/utils/values/ipBlock.ts';
import { getFullNameKey, getNameKey } from '../../../nodes/Persona/utils/values/personName.ts';
import {
	formatAnyPhoneNumber,
	formatPhoneNumber,
	parsePhoneNumber,
} from '../../../nodes/Persona/utils/values/phoneNumber.ts';

type Key = (text: string) => unknown;

/** One kind of value: each line has spellings of one value, and differs from all other lines. */
interface ValueKind {
	getKey: Key;
	values: string[][];
	unreadable: string[];
	/** Whether an invisible mark inside the value changes nothing. */
	hasNoInside?: boolean;
}

const getPhoneKey: Key = (text) => parsePhoneNumber(text)?.possible[0];

const KINDS: Record<string, ValueKind> = {
	'an email address': {
		getKey: getEmailAddressKey,
		hasNoInside: true,
		values: [
			['jane@example.com', 'JANE@Example.COM', 'mailto:jane@example.com', '<jane@example.com>'],
			[
				'jane.doe@example.com',
				'Jane Doe <jane.doe@example.com>',
				'"Doe, J." <jane.doe@example.com>',
			],
			[
				'jane@bücher.example',
				'jane@xn--bcher-kva.example',
				'jane@BÜCHER.example.',
				'jane@bu\u0308cher.example',
			],
			[
				'jane+a@example.com',
				'ｊａｎｅ＋ａ＠ｅｘａｍｐｌｅ．ｃｏｍ',
				'mailto:jane+a@example.com?subject=Hi',
			],
			['jane@例え.jp', 'jane@例え。jp'],
		],
		unreadable: [
			'',
			'jane',
			'jane doe@example.com',
			'@example.com',
			'a@b@c.d',
			'a@example.com, b@example.com',
			'a@',
			'a@.com',
			'a@b..c',
		],
	},
	'a domain': {
		getKey: getDomainKey,
		hasNoInside: true,
		values: [
			[
				'example.com',
				'@example.com',
				'*@example.com',
				'EXAMPLE.com.',
				'https://example.com/a?b#c',
				'//user@example.com:8080',
			],
			['bücher.example', 'xn--bcher-kva.example', '@Bücher.example'],
			['mail.example.com', 'http://mail.example.com'],
		],
		unreadable: [
			'',
			'example',
			'*.example.com',
			'a@example.com',
			'.com',
			'exa mple.com',
			'192.0.2.1',
			'a..b',
		],
	},
	'a phone number': {
		getKey: getPhoneKey,
		hasNoInside: true,
		values: [
			[
				...['+442079460958', '+44-(0)20 7946 0958', '+44 (0)20 7946 0958', '0044 20 7946 0958'],
				...[
					'00 44 (0) 20-7946-0958',
					'011 44 20 7946 0958',
					'0011 44 20 7946 0958',
					'(+44) 20 7946 0958',
				],
				...[
					'tel:+44-20-7946-0958',
					'tel:+442079460958;ext=12',
					'+44 20 7946 0958 x123',
					'+44 20 7946 0958 ext. 5',
				],
				...[
					'tel:20-7946-0958;phone-context=+44',
					'＋４４ ２０ ７９４６ ０９５８',
					'+٤٤٢٠٧٩٤٦٠٩٥٨',
					'+44 020 7946 0958',
					'+44 20 7946–0958',
				],
			],
			['+14155551234', '+1 (415) 555-1234', '1-415-555-1234', '001 415.555.1234', '14155551234'],
			['+390612345678', '+39 06 1234 5678', '+39 (0)6 1234 5678', '0039 06 12345678'],
			['+79123456789', '+7 (912) 345-67-89', '+7 8 912 345-67-89'],
			['+3612345678', '+36 (06) 1 234 5678', '+36 1 234 5678'],
			['+525512345678', '+52 1 55 1234 5678'],
			['+4915123456789', '+49 (0) 151 / 2345 6789'],
		],
		unreadable: [
			'',
			'12',
			'nobody',
			'+1 415 555',
			'+999 123 456 789',
			'+4412345678901234567',
			'1.23e+10',
			'+14155551234, +14155551235',
		],
	},
	'a country': {
		getKey: formatCountryCode,
		values: [
			[
				'GB',
				'gb',
				'UK',
				'U.K.',
				'GBR',
				'United Kingdom',
				'the United Kingdom',
				'Great Britain',
				'England',
			],
			['US', 'USA', 'U.S.A.', 'usa', '840', 'United States', 'United States of America'],
			['GR', 'EL', 'GRC', 'Greece'],
			['DE', 'DEU', 'germany', 'ＤＥ', '276', '２７６'],
			['AF', '004'],
			['CI', 'Côte d’Ivoire', "Cote d'Ivoire", 'Ivory Coast'],
			['KR', 'South Korea', 'Republic of Korea'],
			['KP', 'North Korea'],
			['CZ', 'Czechia', 'Czech Republic'],
			['TR', 'Türkiye', 'Turkey'],
			['BA', 'Bosnia & Herzegovina', 'Bosnia and Herzegovina'],
			['KN', 'Saint Kitts and Nevis', 'St. Kitts & Nevis'],
			['NL', 'The Netherlands', 'Holland'],
			['XK', 'Kosovo'],
			['CG'],
			['CD', 'DR Congo'],
		],
		unreadable: [
			'',
			'Congo',
			'Korea',
			'XX',
			'ZZ',
			'EU',
			'SU',
			'Atlantis',
			'380',
			'999',
			'280',
			'4',
			'001',
			'Channel Islands',
			'Germany, France',
		],
	},
	'an IP address or range': {
		getKey: formatIpBlock,
		hasNoInside: true,
		values: [
			[
				'203.0.113.42',
				'203.0.113.42:51544',
				'203.0.113.42/32',
				'::ffff:203.0.113.42',
				'[::ffff:203.0.113.42]:80',
				'203.0.113.42/255.255.255.255',
			],
			[
				'203.0.113.0/24',
				'203.0.113.0/255.255.255.0',
				'203.0.113.*',
				'203.0.113.7/24',
				'::ffff:203.0.113.0/120',
			],
			['203.0.0.0/16', '203.0.*.*'],
			[
				'2001:db8::1',
				'[2001:db8::1]:443',
				'[2001:db8::1]',
				'2001:0DB8:0:0::1',
				'2001:db8::1%eth0',
				'2001:db8::1/128',
			],
			['2001:db8::/32', '2001:DB8::/32', '2001:db8:1::/32'],
			['fe80::1', 'fe80::1%en0'],
			['0.0.0.0/0'],
		],
		unreadable: [
			'',
			'203.0.113.42, 10.0.0.1',
			'203.0.113.42 10.0.0.1',
			'203.0.113.042',
			'203.0.113.256',
			'203.0.113',
			'203.0.113.0/33',
			'203.0.113.0/255.0.255.0',
			'203.0.*.1',
			'203.0.113.1-203.0.113.9',
			'localhost',
			'2001:db8::1:443:::',
			'*',
			'2001:db8::/255.255.0.0',
		],
	},
	'a name': {
		getKey: (text) => getFullNameKey(text) || undefined,
		values: [
			['Jane Doe', 'Doe, Jane', ' JANE  doe ', 'J\u200bane Doe', 'Jáne Döe', 'Ｊａｎｅ Doe'],
			[
				"Sean O'Brien",
				'Sean O‘Brien',
				'Sean O’Brien',
				'Sean OʼBrien',
				'Sean Oʹbrien',
				'Sean O′Brien',
				'Sean O`Brien',
				'Sean O´Brien',
				'Sean O＇Brien',
				'O’Brien, Sean',
			],
			[
				'Anne-Marie Weiß',
				'Anne–Marie Weiss',
				'Anne—Marie WEISS',
				'Anne‑Marie Weiß',
				'Anne‐Marie Weiß',
				'Anne−Marie Weiß',
				'Anne Marie Weiß',
				'Anne－Marie Weiß',
			],
			[
				'Robert Downey Jr',
				'Robert Downey, Jr.',
				'Downey, Robert, Jr.',
				'Downey Jr., Robert',
				'ROBERT DOWNEY JR.',
			],
			['Robert Downey', 'Downey, Robert'],
			['John Smith III', 'John Smith, III', 'Smith, John III'],
			['Ana Doe PhD', 'Ana Doe, Ph.D.', 'Doe, Ana, PhD'],
			['Işık Yılmaz', 'ISIK YILMAZ', 'Isik Yilmaz'],
			['Søren Ærø', 'SOREN AERO', 'Sören Aerø'],
			['Łukasz Đorđe', 'Lukasz Dorde'],
			['Þór Guðmundsson', 'THOR GUDMUNDSSON'],
			['राम Doe'],
			['रम Doe'],
			['ΓΙΩΡΓΟΣ', 'Γιώργος', 'γιωργοσ'],
		],
		unreadable: ['', ' - ', "'", ','],
	},
	'the number of a document': {
		getKey: getIdNumberKey,
		hasNoInside: true,
		values: [
			['12345678909', '123.456.789-09', '123 456 789/09', '１２３４５６７８９０９', '١٢٣٤٥٦٧٨٩٠٩'],
			['012345678909', '012-345-678-909'],
			['5E123456'],
			['I1234562', 'i-123 4562', 'I\u00a01234562', 'I–1234562'],
		],
		unreadable: ['', '--', ' . ', '123456789.0', '1.23457E+11', '1,23457E+11'],
	},
	'a fingerprint': {
		getKey: getFingerprintKey,
		hasNoInside: true,
		values: [['3082c3af', '3082C3AF', ' 3082c3af\u200b'], ['3082c3ae'], ['3082c3xF'], ['3082c3xf']],
		unreadable: [''],
	},
	coordinates: {
		getKey: (text) => {
			const place = parseCoordinates(text);
			return place && `${place.latitude.toFixed(5)} ${place.longitude.toFixed(5)}`;
		},
		values: [
			[
				'37.78, -122.39',
				'37.78,-122.39',
				'37.78 -122.39',
				'37,78; -122,39',
				'37,78, -122,39',
				'37.78° N, 122.39° W',
				'N 37.78 W 122.39',
				'122.39W, 37.78N',
				'37.78, −122.39',
				'37°46\'48" N 122°23\'24" W',
				'37° 46′ 48″ N, 122° 23′ 24″ W',
			],
			['-33.86, 151.2', '33.86 S 151.2 E'],
			['0, 0', '0 0'],
		],
		unreadable: [
			'',
			'91, 0',
			'0, 181',
			'37.78',
			'San Francisco',
			'37.78 N, 122.39 S',
			'-37.78 N, 1 E',
			'1, 2, 3',
			'1.5.2, 3',
		],
	},
};

const ENDS = ['', ' ', '\u00a0', '\ufeff', '\u200b', '\u200e', '\u202b', '\u00ad', '\n', '\u2069'];

const ends = fc.constantFrom(...ENDS);

describe.each(Object.entries(KINDS))('%s', (_, { getKey, values, unreadable, hasNoInside }) => {
	it.each(values)('is the same in every spelling: %s', (...spellings) => {
		const keys = spellings.map((spelling) => getKey(spelling));
		expect(keys).toEqual(spellings.map(() => keys[0]));
		expect(keys[0]).toBeDefined();
	});

	it('is another one if the values differ', () => {
		const keys = values.map(([first]) => getKey(first));
		expect(new Set(keys).size).toBe(values.length);
	});

	it.each(unreadable)('is not %j', (text) => {
		expect(getKey(text)).toBeUndefined();
	});

	it('does not change by blanks and invisible marks around it', () => {
		const spellings = fc.constantFrom(...values.flat());
		fc.assert(
			fc.property(ends, ends, spellings, ends, ends, (one, two, value, three, four) => {
				expect(getKey(one + two + value + three + four)).toEqual(getKey(value));
			}),
		);
	});

	it(`${hasNoInside ? 'does not change' : 'is read'} with an invisible mark inside`, () => {
		const inside = fc.constantFrom('\u200b', '\u2060', '\ufeff', '\u200e', '\u00ad');
		const spellings = fc.constantFrom(...values.flat());
		fc.assert(
			fc.property(spellings, fc.nat(), inside, (value, seed, mark) => {
				const at = seed % (value.length + 1);
				const marked = value.slice(0, at) + mark + value.slice(at);
				if (hasNoInside) expect(getKey(marked)).toEqual(getKey(value));
				else expect(getKey(marked)).toBeDefined();
			}),
		);
	});

	it('is read or not, whatever the text is', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'grapheme' }), (text) => {
				expect(() => getKey(text)).not.toThrow();
			}),
		);
	});
});

type Format = (text: string) => string | undefined;

const FORMATS: Array<[name: string, format: Format, written: Array<[string, string | undefined]>]> =
	[
		[
			'an email address',
			formatEmailAddress,
			[
				['Jane.Doe@Example.com', 'Jane.Doe@Example.com'],
				['jane@bücher.example', 'jane@bücher.example'],
				[' \u200bjane@example.com\u00a0', 'jane@example.com'],
				['mailto:jane@example.com', 'jane@example.com'],
				['Jane Doe <jane@example.com>', 'jane@example.com'],
				['jane', undefined],
			],
		],
		[
			'a domain',
			formatDomain,
			[
				['Example.com', 'Example.com'],
				['@example.com', 'example.com'],
				['https://example.com/', 'example.com'],
				['*.example.com', undefined],
			],
		],
		[
			'a phone number',
			formatPhoneNumber,
			[
				['+14155551234', '+14155551234'],
				['+44-(0)20 7946 0958', '+442079460958'],
				['011 44 20 7946 0958', '+442079460958'],
				['+39 06 1234 5678', '+390612345678'],
				['(415) 555-1234', undefined],
				['14155551234', undefined],
				['+1 415 555 1234 x5', undefined],
				// Delhi, Johannesburg, Buenos Aires and Nottingham as they are written there.
				...['011 2345 6789', '011 234 5678', '011 4345 6789', '0115 496 0123'].map(
					(text): [string, undefined] => [text, undefined],
				),
			],
		],
		[
			'a phone number of any form',
			formatAnyPhoneNumber,
			[
				['+44-(0)20 7946 0958', '+442079460958'],
				['555-555-1234', '555-555-1234'],
				[' (415) 555-1234\u200b', '(415) 555-1234'],
				['+1 415 555', undefined],
				['n/a', undefined],
			],
		],
		[
			'an IP address',
			formatIpBlock,
			[
				['203.0.113.42', '203.0.113.42'],
				['2001:DB8::1', '2001:db8::1'],
				['203.0.113.7/24', '203.0.113.0/24'],
				['::ffff:203.0.113.42', '203.0.113.42'],
			],
		],
		['a country', formatCountryCode, [['uk', 'GB']]],
		[
			'a social security number',
			formatSocialSecurityNumber,
			[
				['123-45-6789', '123-45-6789'],
				['123456789', '123-45-6789'],
				['123 45 6789', '123-45-6789'],
				['\u200b023–45–6789 ', '023-45-6789'],
				['23456789', undefined],
				['***-**-6789', undefined],
				['123-45-6789a', undefined],
			],
		],
	];

describe.each(FORMATS)('%s is written', (name, format, written) => {
	it.each(written)('%j as %j', (text, expected) => {
		expect(format(text)).toBe(expected);
	});

	it('in a form that stays as it is', () => {
		const spellings = Object.values(KINDS).flatMap(({ values }) => values.flat());
		const texts = fc.oneof(
			fc.constantFrom(...spellings, ...written.map(([text]) => text)),
			fc.string({ unit: fc.constantFrom(...'+0123456789.:/@-ab ') }),
		);
		fc.assert(
			fc.property(texts, (text) => {
				const first = format(text);
				if (first !== undefined) expect(format(first)).toBe(first);
			}),
		);
	});

	it('in a form that is the same value', () => {
		const kind = Object.entries(KINDS).find(([one]) => name.startsWith(one));
		for (const text of kind?.[1].values.flat() ?? []) {
			const first = format(text);
			if (first !== undefined) expect(kind?.[1].getKey(first)).toEqual(kind?.[1].getKey(text));
		}
	});
});

describe('the parts of a name', () => {
	it.each([
		['Robert', 'Downey, Jr.', 'Robert Downey Jr'],
		['Anne-Marie', "O'Neil", 'Anne Marie O’Neil'],
		['José', 'Müller', 'Jose Muller'],
	])('%s and %s are %s', (first, last, whole) => {
		expect(getNameKey(first, last)).toBe(getFullNameKey(whole));
	});
});

describe('an address in a range', () => {
	it.each(['203.0.113.42:51544', '[::ffff:203.0.113.42]:443'])('is read: %s', (text) => {
		expect(parseIpBlock(text)).toEqual(parseIpBlock('203.0.113.42'));
	});
});

describe('a country', () => {
	it.each([
		['Korea, Republic of', 'KR'],
		["Korea (the Democratic People's Republic of)", 'KP'],
		['Iran (Islamic Republic of)', 'IR'],
		['Congo, Democratic Republic of the', 'CD'],
		['Moldova, Republic of', 'MD'],
		['Tanzania, United Republic of', 'TZ'],
		['Bolivia (Plurinational State of)', 'BO'],
		['Philippines (the)', 'PH'],
		['Gambia, The', 'GM'],
		['Netherlands, Kingdom of the', 'NL'],
		['Falkland Islands (the) [Malvinas]', 'FK'],
		['Saint Vincent and the Grenadines', 'VC'],
		['Saint Helena, Ascension and Tristan da Cunha', 'SH'],
		['Saint Martin (French part)', 'MF'],
		['Sint Maarten (Dutch part)', 'SX'],
		['Bonaire, Sint Eustatius and Saba', 'BQ'],
		['Cocos (Keeling) Islands (the)', 'CC'],
		['South Georgia and the South Sandwich Islands', 'GS'],
		['United States Minor Outlying Islands (the)', 'UM'],
		// As the World Bank writes them.
		['Bahamas, The', 'BS'],
		['Congo, Dem. Rep.', 'CD'],
		['Congo, Rep.', 'CG'],
		["Cote d'Ivoire", 'CI'],
		['Curacao', 'CW'],
		['Egypt, Arab Rep.', 'EG'],
		['Hong Kong SAR, China', 'HK'],
		['Iran, Islamic Rep.', 'IR'],
		["Korea, Dem. People's Rep.", 'KP'],
		['Korea, Dem. People’s Rep.', 'KP'],
		['Korea, Rep.', 'KR'],
		['Kyrgyz Republic', 'KG'],
		['Lao PDR', 'LA'],
		['Macao SAR, China', 'MO'],
		['Macedonia, FYR', 'MK'],
		['Micronesia, Fed. Sts.', 'FM'],
		['São Tomé and Principe', 'ST'],
		['Slovak Republic', 'SK'],
		['Somalia, Fed. Rep.', 'SO'],
		['St. Martin (French part)', 'MF'],
		['Taiwan, China', 'TW'],
		['Venezuela, RB', 'VE'],
		['Virgin Islands (U.S.)', 'VI'],
		['West Bank and Gaza', 'PS'],
		['Yemen, Rep.', 'YE'],
		// As the CIA's World Factbook writes them.
		['Korea, North', 'KP'],
		['Korea, South', 'KR'],
		['Micronesia, Federated States of', 'FM'],
	])('may be named as ISO 3166-1 and sorted lists do: %s', (name, code) => {
		expect(formatCountryCode(name)).toBe(code);
	});

	it('may be given by its number, which is the one that Unicode has for it', () => {
		const numbers = Array.from({ length: 999 }, (_, index) => String(index + 1).padStart(3, '0'));
		const read = numbers.filter((number) => formatCountryCode(number) !== undefined);
		expect(read.map(formatCountryCode)).toEqual(
			read.map((number) => new Intl.Locale(`und-${number}`).region),
		);
		// The other 40 of ISO's 249 numbers are also calling codes.
		expect(read).toHaveLength(209);
	});

	it.each(['Korea', 'Atlantis, Republic of', 'Germany, France', 'of, Republic'])(
		'is not guessed: %s',
		(name) => expect(formatCountryCode(name)).toBeUndefined(),
	);
});
