import type { IDataObject } from 'n8n-workflow';
import type { PersonaObject } from '../../nodes/Persona/transport/jsonApi.ts';
import { flattenObject } from '../../nodes/Persona/transport/flatten.ts';

const inquiry = {
	type: 'inquiry',
	id: 'inq_1',
	attributes: {
		status: 'completed',
		'created-at': '2025-01-01T00:00:00Z',
		tags: ['a'],
		behaviors: { 'request-spoof-attempts': 1 },
		fields: {
			'name-first': { type: 'string', value: 'Jane' },
			'my_own Key': { type: 'json', value: { type: 'x', value: { 'a-b': 1 } } },
			address: { type: 'hash', value: { street_1: { type: 'string', value: 'Main St' } } },
			ids: {
				type: 'array',
				value: [{ type: 'hash', value: { n: { type: 'string', value: '1' } } }],
			},
			empty: { type: 'string', value: null },
		},
	},
	relationships: {
		account: { data: { type: 'account', id: 'act_1' } },
		reports: { data: [{ type: 'report/watchlist', id: 'rep_1' }] },
		selfies: { data: [] },
		inquiries: { data: [{ type: 'inquiry', id: 'inq_2' }] },
		reviewer: { data: null },
	},
};

const account = {
	type: 'account',
	id: 'act_1',
	attributes: { 'reference-id': 'user-42' },
	relationships: { inquiry: { data: { type: 'inquiry', id: 'inq_1' } } },
};

describe('flattenObject', () => {
	it('is flat enough for an expression', () => {
		expect(flattenObject(inquiry)).toEqual({
			id: 'inq_1',
			type: 'inquiry',
			status: 'completed',
			createdAt: '2025-01-01T00:00:00Z',
			tags: ['a'],
			behaviors: { requestSpoofAttempts: 1 },
			fields: {
				'name-first': 'Jane',
				'my_own Key': { type: 'x', value: { 'a-b': 1 } },
				address: { street_1: 'Main St' },
				ids: [{ n: '1' }],
				empty: null,
			},
			accountId: 'act_1',
			reportIds: ['rep_1'],
			selfieIds: [],
			inquiryIds: ['inq_2'],
			reviewerId: null,
		});
	});

	it('contains included objects under the name of the relationship', () => {
		expect(flattenObject(inquiry, { included: [account] })).toMatchObject({
			accountId: 'act_1',
			account: { id: 'act_1', type: 'account', referenceId: 'user-42', inquiryId: 'inq_1' },
			reportIds: ['rep_1'],
		});
	});

	it('renames a top-level error, which n8n would take for a failed item', () => {
		const object = { type: 'thing', id: '1', attributes: { error: 'x', status: 'errored' } };
		expect(flattenObject(object)).toEqual({
			id: '1',
			type: 'thing',
			status: 'errored',
			errorDetails: 'x',
		});
	});

	it('may have nothing but a type', () => {
		expect(flattenObject({ type: 'rate-limit/api' } as never)).toEqual({ type: 'rate-limit/api' });
	});

	it.each([{}, null, { data: null }, { data: {} }, { data: { id: '' } }, { data: 5 }])(
		'has null for a relation without an ID: %j',
		(relation) => {
			const object = { type: 'thing', id: '1', relationships: { account: relation } };
			expect(flattenObject(object)).toEqual({ type: 'thing', id: '1', accountId: null });
		},
	);

	it('has a list for a relation to many, whatever Persona sends for none', () => {
		const relationships = {
			reports: { data: {} },
			'account-statuses': { data: [{ type: 'account-status', id: 'actst_1' }, null, {}] },
			sessions: { data: null },
		};
		expect(flattenObject({ type: 'thing', id: '1', relationships })).toEqual({
			type: 'thing',
			id: '1',
			reportIds: [],
			accountStatusIds: ['actst_1'],
			sessionIds: [],
		});
	});

	it("unwraps only Persona's own lists and maps", () => {
		const data = { type: 'hash', value: { 'a-b': { type: 'string', value: 'x' } } };
		const fields = {
			own: { type: 'json', value: data },
			list: { type: 'json', value: [data] },
			choices: { type: 'multi_choices', value: ['a', 'b'] },
			map: data,
			constructor: { type: 'string', value: 'kept' },
		};
		const object = JSON.parse(
			JSON.stringify({ type: 'thing', id: '1', attributes: { fields } }).replace(
				'"map":',
				'"__proto__":{"type":"string","value":"kept"},"map":',
			),
		) as PersonaObject;
		const simplified = flattenObject(object).fields as IDataObject;
		expect(Object.entries(simplified)).toEqual([
			['own', data],
			['list', [data]],
			['choices', ['a', 'b']],
			['__proto__', 'kept'],
			['map', { 'a-b': 'x' }],
			['constructor', 'kept'],
		]);
		expect(Object.getPrototypeOf(simplified)).toBe(Object.prototype);
	});

	it.each([
		...['custom-http-headers', 'get-params', 'post-params', 'params', 'payload-filter'],
		...['parameter-map', 'variable-map', 'json-schema', 'signals', 'peekable-attributes'],
	])('keeps %s of the customer letter for letter', (name) => {
		const value = { 'a-b': { c_d: { type: 'string', value: [{ 'e.f': 1 }] } } };
		const object = { type: 'thing', id: '1', attributes: { 'some-part': { [name]: value } } };
		expect(Object.values(flattenObject(object).somePart as IDataObject)).toEqual([value]);
	});

	it('keeps the keys of a map whose keys are data, and names its values', () => {
		const attributes = {
			result: [{ sources: { 'us-ofac': { 'source-name': 'x' } } }],
			'vehicle-classes': { 'semi-mid-sized': { 'acquisition-date': '2023-11-22' } },
		};
		expect(flattenObject({ type: 'thing', id: '1', attributes })).toMatchObject({
			result: [{ sources: { 'us-ofac': { sourceName: 'x' } } }],
			vehicleClasses: { 'semi-mid-sized': { acquisitionDate: '2023-11-22' } },
		});
	});

	it('keeps the payload and the context of a custom event as they are', () => {
		const payload = { 'my-key': 1, data: { type: 'x', attributes: { fields: { 'a-b': 1 } } } };
		const attributes = { name: 'custom.order.paid', payload, context: { 'my-key': 2 } };
		expect(flattenObject({ type: 'event', id: 'evt_1', attributes })).toMatchObject({
			payload,
			context: { 'my-key': 2 },
		});
	});

	it('keeps members outside the attributes', () => {
		const run = { type: 'run', id: '1', 'run-type': 'manual' };
		expect(flattenObject(run)).toEqual({ id: '1', type: 'run', runType: 'manual' });
	});

	it('remembers no more than 10,000 of the names that customers choose', () => {
		const set = jest.spyOn(Map.prototype, 'set');
		for (let number = 0; number < 10_050; number++) {
			const attributes = { [`chosen-name-${number}`]: 1 };
			flattenObject({ type: 'inquiry', id: 'inq_1', attributes });
		}
		const [names] = new Set(set.mock.contexts as Map<string, string>[]);
		set.mockRestore();
		expect(names.get('chosen-name-10049')).toBe('chosenName10049');
		expect(names.has('chosen-name-0')).toBe(false);
		expect(names.size).toBeLessThan(100);
	});
});
