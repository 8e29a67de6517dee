import fc from 'fast-check';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { getVariantFields } from '../../nodes/Persona/engine/operationRules.ts';
import { VALUE_FORMATS } from '../../nodes/Persona/values/valueFormats.ts';
import { table } from '../../nodes/Persona/resources/index.ts';
import type { Field } from '../../nodes/Persona/fields/types.ts';
import { runNode } from '../support/runNode.mts';
import {
	startRequestRecorder,
	type RequestRecorder,
} from '../../tools/services/requestRecorder.mts';

type Sent = string | string[] | undefined;

/** Parameters that send a value, and the member of the attributes or of `meta` that receives it. */
const FIELDS: Record<string, { parameters: INodeParameters; sent: string }> = {
	'account phone number': {
		parameters: {
			...{ resource: 'account', operation: 'create' },
			additionalFields: { phoneNumber: '={{ $json.value }}' },
		},
		sent: 'phone-number',
	},
	'account email address': {
		parameters: {
			...{ resource: 'account', operation: 'create' },
			additionalFields: { emailAddress: '={{ $json.value }}' },
		},
		sent: 'email-address',
	},
	'account first name': {
		parameters: {
			...{ resource: 'account', operation: 'update', accountId: 'act_1' },
			updateFields: { nameFirst: '={{ $json.value }}' },
		},
		sent: 'name-first',
	},
	'account social security number': {
		parameters: {
			...{ resource: 'account', operation: 'update', accountId: 'act_1' },
			updateFields: { socialSecurityNumber: '={{ $json.value }}' },
		},
		sent: 'social-security-number',
	},
	'account reference ID': {
		parameters: {
			...{ resource: 'account', operation: 'create', referenceId: '={{ $json.value }}' },
		},
		sent: 'reference-id',
	},
	'account postal code': {
		parameters: {
			...{ resource: 'account', operation: 'update', accountId: 'act_1' },
			updateFields: { addressPostalCode: '={{ $json.value }}' },
		},
		sent: 'address-postal-code',
	},
	'account country': {
		parameters: {
			...{ resource: 'account', operation: 'create' },
			additionalFields: { countryCode: '={{ $json.value }}' },
		},
		sent: 'country-code',
	},
	'report phone number': {
		parameters: {
			...{ resource: 'report', operation: 'create', reportType: 'phoneRisk' },
			...{ queryPhoneNumber: '={{ $json.value }}', waitForResult: false },
		},
		sent: 'query.phone-number',
	},
	'report country': {
		parameters: {
			...{ resource: 'report', operation: 'create', reportType: 'watchlist' },
			...{ queryTerm: 'Jane Doe', waitForResult: false },
			additionalFields: { queryAddressCountryCode: '={{ $json.value }}' },
		},
		sent: 'query.address-country-code',
	},
	'allowlist of an API key': {
		parameters: {
			...{ resource: 'apiKey', operation: 'create', name: 'Shop', permissions: 'inquiry.read' },
			additionalFields: { ipAddressAllowlist: '={{ $json.value }}' },
		},
		sent: 'ip-address-allowlist',
	},
	'objects of a case': {
		parameters: {
			...{ resource: 'case', operation: 'removeObjects', caseId: 'case_1' },
			objectIds: '={{ $json.value }}',
		},
		sent: 'object-ids',
	},
	...Object.fromEntries(
		[
			['ipAddress', 'value', 'value'],
			['phoneNumber', 'value', 'value'],
			['country', 'countryCode', 'country-code'],
			['string', 'value', 'value'],
			['governmentIdNumber', 'idNumber', 'id-number'],
		].map(([listType, parameter, sent]) => [
			`${listType} list item`,
			{
				parameters: {
					...{ resource: 'listItem', operation: 'create', listType, listId: 'lst_1' },
					...{ idClass: 'pp', [parameter]: '={{ $json.value }}' },
				},
				sent,
			},
		]),
	),
	'assigned member': {
		parameters: {
			...{ resource: 'case', operation: 'assign', caseId: 'case_1' },
			userEmailAddress: '={{ $json.value }}',
		},
		sent: 'user-email-address',
	},
};

const getNested = (tree: IDataObject, path: string) =>
	path.split('.').reduce<unknown>((value, name) => (value as IDataObject)?.[name], tree);

describe('a value with several spellings', () => {
	let recorder: RequestRecorder;

	beforeAll(async () => {
		recorder = await startRequestRecorder(() => ({
			body: { data: { type: 'thing', id: 'thg_1', attributes: {} } },
		}));
	});

	afterAll(async () => await recorder.stop());

	async function send(name: string, value: unknown) {
		const { parameters, sent } = FIELDS[name];
		recorder.requests.length = 0;
		const { error } = await runNode({
			parameters,
			items: [{ value }] as never,
			credentials: { baseUrl: recorder.baseUrl },
		});
		const { data, meta } = (recorder.requests[0]?.body ?? {}) as Record<string, IDataObject>;
		const places = { ...(data?.attributes as IDataObject), ...meta };
		return {
			value: getNested(places, sent) as Sent,
			requests: recorder.requests.length,
			problem: error && `${error.message}. ${error.description}`,
		};
	}

	it.each<[field: string, given: unknown, sent: Sent]>([
		['account phone number', '+44-(0)20 7946 0958', '+442079460958'],
		['account phone number', '\u200e+1 (415) 555-1234\u00a0', '+14155551234'],
		['account phone number', '011 44 20 7946 0958', '+442079460958'],
		['account phone number', '(415) 555-1234', '(415) 555-1234'],
		['account phone number', 4155551234, '4155551234'],
		['account email address', '\ufeffJane@Example.com ', 'Jane@Example.com'],
		['account email address', 'mailto:jane@bücher.example', 'jane@bücher.example'],
		['account first name', '\u200b Anne\u00a0–\u200cMarie \u200f', 'Anne\u00a0–\u200cMarie'],
		['account first name', '', ''],
		['account social security number', '123456789', '123-45-6789'],
		['account social security number', 123456789, '123-45-6789'],
		['account country', 'uk', 'GB'],
		['account country', 'Germany', 'DE'],
		['report phone number', '0044 20 7946 0958', '+442079460958'],
		['report country', 'USA', 'US'],
		['allowlist of an API key', '203.0.113.7:443, 2001:DB8::1', ['203.0.113.7', '2001:db8::1']],
		['allowlist of an API key', '*', ['*']],
		['ipAddress list item', '203.0.113.42:51544', '203.0.113.42'],
		['ipAddress list item', '203.0.113.0/255.255.255.0', '203.0.113.0/24'],
		['ipAddress list item', '::ffff:203.0.113.42', '203.0.113.42'],
		['phoneNumber list item', '+1 (415) 555-1234', '+14155551234'],
		['country list item', 'EL', 'GR'],
		['country list item', 840, 'US'],
		['account country', 'Korea, Rep.', 'KR'],
		['string list item', '\ufeffa  b\u200b', 'a  b'],
		['string list item', '1.0', '1.0'],
		['governmentIdNumber list item', 123456789, '123456789'],
		['governmentIdNumber list item', '5E123456', '5E123456'],
		['account postal code', '02134-0001', '02134-0001'],
		['account reference ID', ' user-42\u200b', 'user-42'],
		['assigned member', ' <jane@example.com>', 'jane@example.com'],
		['objects of a case', 'inq_A1,\u200b rep_B2', ['inq_A1', 'rep_B2']],
	])('is sent as Persona asks for it: %s %j as %j', async (field, given, sent) => {
		expect(await send(field, given)).toEqual({ value: sent, requests: 1, problem: undefined });
	});

	it.each<[field: string, given: unknown, problem: RegExp]>([
		['account phone number', 'n/a', /'Phone Number' is not a phone number.+\+14155551234/],
		['account email address', 'jane', /'Email Address' is not an email address/],
		['account social security number', '12345678', /'Social Security Number' .+nine digits/],
		['account country', 'Korea', /'Country Code' is not a country/],
		['report phone number', '(415) 555-1234', /'Phone Number' .+country code/],
		['report country', 'XX', /'Address Country Code' is not a country/],
		['allowlist of an API key', '203.0.113.7, here', /'IP Address Allowlist' has an entry/],
		['ipAddress list item', '203.0.113.42, 10.0.0.1', /'Value' .+single one.+X-Forwarded-For/],
		['ipAddress list item', '203.0.113.042', /'Value' is not an IP address/],
		['phoneNumber list item', '4155551234', /'Value' is not a phone number with country code/],
		[
			'country list item',
			'380',
			/'Country Code' is not a country, or not a certain one.+calling code/,
		],
		['assigned member', 'Jane', /'User Email Address' is not an email address/],
		['objects of a case', 'user-1', /'Object IDs' has an entry .+A reference ID/],
		['objects of a case', 'inq_A1 rep_B2', /'Object IDs' has an entry .+with commas between/],
		[
			'objects of a case',
			['inq_A1', 'https://example.com/inquiries/inq_A1'],
			/'Object IDs' has an entry that is not the ID/,
		],
	])('is rejected before a request if it cannot be read: %s %j', async (field, given, problem) => {
		const result = await send(field, given);
		expect(result.requests).toBe(0);
		expect(result.problem).toMatch(problem);
	});

	it.each(
		[
			...['governmentIdNumber list item', 'account postal code', 'account reference ID'],
			...['account phone number', 'phoneNumber list item', 'account social security number'],
		].flatMap((field) =>
			['123456789.0', '123456789,00', '1.23457E+11', '1,23457e+11', ' 1E+15\u200b'].map(
				(given) => [field, given] as const,
			),
		),
	)('is rejected if a spreadsheet has made a number of its digits: %s %j', async (field, given) => {
		const { requests, problem } = await send(field, given);
		expect(requests).toBe(0);
		expect(problem).toMatch(/' was changed by a spreadsheet or a program\. It ends in \.0 or/);
	});
});

describe('the form in which a value is written', () => {
	it.each(Object.entries(VALUE_FORMATS))('%s stays as it is', (_, { format }) => {
		const texts = fc.oneof(
			fc.string({ unit: 'grapheme', minLength: 1 }),
			fc.string({ unit: fc.constantFrom(...'+0123456789.:/@-ab '), minLength: 1 }),
			fc.emailAddress(),
			fc.domain(),
			fc.ipV4(),
			fc.ipV6(),
		);
		fc.assert(
			fc.property(texts, (text) => {
				const written = format(text);
				if (written !== undefined) expect(format(written)).toBe(written);
			}),
		);
	});

	it('is said in the description of every field', () => {
		const all = table.resources.flatMap(({ operations }) =>
			Object.values(operations).flatMap(({ attributes, data, meta, filter, query, variants }) => [
				...[attributes, data, meta, filter, query],
				...Object.values(variants?.options ?? {}).map(getVariantFields),
			]),
		);
		const fields: Field[] = all.flatMap((place) => Object.values(place ?? {}));
		const silent = fields.filter(
			({ format, description = '' }) =>
				format && !description.includes(VALUE_FORMATS[format].conversion),
		);
		expect(silent.map(({ displayName }) => displayName)).toEqual([]);
		expect(fields.filter(({ format }) => format).length).toBeGreaterThan(50);
	});
});

/** The members of Persona's requests that are values of a kind, by the ends of their names. */
const KINDS: Array<[name: RegExp, formats: string[]]> = [
	[/(^|[.-])email-address$/, ['emailAddress']],
	[/(^|[.-])phone-number$/, ['phoneNumber', 'anyPhoneNumber']],
	[/(^|[.-])country-code$/, ['countryCode']],
	[/social-security-number$/, ['socialSecurityNumber']],
	[/ip-address-allowlist$/, ['ipAllowlistEntry']],
	[/^object-ids$/, ['objectId']],
	[/(^|[.])name-(first|middle|last)$/, ['trimmedText']],
	[/(^|[.-])(id-number|identification-number|postal-code|reference-id)$/, ['identifier']],
	[/(^|[.-])ein$/, ['ein']],
	[/(^|[.-])(crypto-address|business-name)$/, ['trimmedText']],
	[/address-(street-[12]|city|subdivision)$/, ['trimmedText']],
	[/^(value|field-value)$/, ['trimmedText', 'emailAddressOrDomain', 'ipRange', 'phoneNumber']],
];

describe('every field of such a kind', () => {
	const fields = table.resources.flatMap(({ value, operations }) =>
		Object.entries(operations).flatMap(([operation, { attributes, data, meta, variants }]) =>
			[
				{ attributes: { ...attributes, ...data, ...meta }, name: '' },
				...Object.values(variants?.options ?? {}),
			].flatMap((place) =>
				Object.entries(getVariantFields(place)).map(
					([name, { format }]) => [`${value}.${operation} ${place.name}`, name, format] as const,
				),
			),
		),
	);

	it.each(KINDS)('%s has its format', (name, formats) => {
		const found = fields.filter(([, field]) => name.test(field));
		expect(found.length).toBeGreaterThan(0);
		expect(found.filter(([, , format]) => !formats.includes(String(format)))).toEqual([]);
	});
});
