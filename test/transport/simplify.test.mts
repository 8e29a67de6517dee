import { toOutput, simplifyObject } from '../../nodes/Persona/transport/simplify.ts';
import { toLocator, runFakeNode, useFakeServer } from '../support/fakeResource.mts';

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

describe('simplified', () => {
	it('is flat enough for an expression', () => {
		expect(simplifyObject(inquiry)).toEqual({
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

	it('holds what was included in full under the name of the relationship', () => {
		expect(simplifyObject(inquiry, [account])).toMatchObject({
			accountId: 'act_1',
			account: { id: 'act_1', type: 'account', referenceId: 'user-42', inquiryId: 'inq_1' },
			reportIds: ['rep_1'],
		});
	});

	it('calls a top-level error by another name, as n8n takes that one for a failure', () => {
		const object = { type: 'thing', id: '1', attributes: { error: 'x', status: 'errored' } };
		expect(simplifyObject(object)).toEqual({
			id: '1',
			type: 'thing',
			status: 'errored',
			errorDetails: 'x',
		});
	});

	it('copes with an object that has nothing but its type', () => {
		expect(simplifyObject({ type: 'rate-limit/api' } as never)).toEqual({ type: 'rate-limit/api' });
	});

	it('keeps members that stand beside the attributes', () => {
		const run = { type: 'run', id: '1', 'run-type': 'manual' };
		expect(simplifyObject(run)).toEqual({ id: '1', type: 'run', runType: 'manual' });
	});
});

describe('output', () => {
	const serve = useFakeServer();

	it('joins what Persona says beside the object', () => {
		const meta = { 'one-time-link': 'https://x', 'session-token': null };
		expect(toOutput({ data: inquiry, meta }, inquiry, true)).toMatchObject({
			id: 'inq_1',
			oneTimeLink: 'https://x',
			sessionToken: null,
		});
	});

	it('is what Persona sent when it is not to be simplified', () => {
		const document = { data: inquiry, included: [account], meta: { 'one-time-link': 'x' } };
		expect(toOutput(document, inquiry, false)).toEqual({
			...inquiry,
			included: [account],
			meta: { 'one-time-link': 'x' },
		});
	});

	it('of a print is a file with its name and type', async () => {
		const bytes = Buffer.from([37, 80, 68, 70, 0, 255, 254]);
		const server = await serve(() => ({
			headers: { 'content-type': 'application/pdf; charset=binary' },
			body: bytes,
		}));
		const { items } = await runFakeNode(server, 'print', {
			parameters: { thingId: toLocator('thg_1') },
		});
		expect(items[0].json).toEqual({
			id: 'thg_1',
			fileName: 'thing-thg_1.pdf',
			mimeType: 'application/pdf',
		});
		expect(items[0].binary?.data).toMatchObject({
			fileName: 'thing-thg_1.pdf',
			mimeType: 'application/pdf',
			data: bytes.toString('base64'),
		});
	});
});
