import { toOutput, type Output } from '../../nodes/Persona/transport/output.ts';

const account = {
	type: 'account',
	id: 'act_1',
	attributes: {
		'reference-id': 'user-42',
		fields: { 'name-first': { type: 'string', value: 'Jane' } },
	},
	relationships: { inquiry: { data: { type: 'inquiry', id: 'inq_1' } } },
};

const inquiry = {
	type: 'inquiry',
	id: 'inq_1',
	attributes: {
		'created-at': '2025-01-01T00:00:00Z',
		status: 'completed',
		note: 'Jane called',
		fields: { 'name-first': { type: 'string', value: 'Jane' } },
	},
	relationships: {
		account: { data: { type: 'account', id: 'act_1' } },
		selfies: { data: [{ type: 'selfie/profile', id: 'self_1' }] },
	},
};

describe('toOutput, simplified', () => {
	const simplified: Output = { mode: 'simplified' };
	const data = inquiry;

	it('has what people work with, the most important first, and no personal data', () => {
		const output = toOutput({ data }, data, simplified);
		expect(JSON.stringify(output)).toBe(
			JSON.stringify({
				...{ status: 'completed', id: 'inq_1', type: 'inquiry', accountId: 'act_1' },
				createdAt: '2025-01-01T00:00:00Z',
			}),
		);
	});

	it('says when an object was redacted or archived, since its other fields would only seem empty', () => {
		const attributes = { status: 'completed', 'redacted-at': '2025-02-01T00:00:00Z' };
		const redacted = { ...inquiry, attributes: { ...attributes, 'archived-at': null } };
		const output = toOutput({ data: redacted }, redacted, simplified);
		expect(output).toMatchObject({ redactedAt: '2025-02-01T00:00:00Z' });
		expect(output).not.toHaveProperty('archivedAt');
	});

	it('begins with the metadata that the user asked for, without what is null', () => {
		const meta = { 'one-time-link': 'https://x', 'session-token': null };
		const output = toOutput({ data, meta }, data, simplified);
		expect(Object.keys(output).slice(0, 2)).toEqual(['oneTimeLink', 'status']);
		expect(output).not.toHaveProperty('sessionToken');
	});

	it('contains included objects, simplified as well', () => {
		const output = toOutput({ data, included: [account] }, data, simplified);
		expect(output.account).toEqual({ referenceId: 'user-42', id: 'act_1', type: 'account' });
	});

	it('has exactly the fields to return, also of an included object and of the whole family of a type', () => {
		const fields = { inquiry: 'fields.name-first,note,account', account: 'fields' };
		const output = { ...simplified, fields };
		expect(toOutput({ data, included: [account] }, data, output)).toEqual({
			...{ id: 'inq_1', type: 'inquiry', fields: { 'name-first': 'Jane' }, note: 'Jane called' },
			accountId: 'act_1',
			account: { id: 'act_1', type: 'account', fields: { 'name-first': 'Jane' } },
		});
		const report = { type: 'report/watchlist', id: 'rep_1', attributes: { term: 'Jane Doe' } };
		const asked = { ...simplified, fields: { report: 'term' } };
		expect(toOutput({ data: report }, report, asked)).toEqual({
			...{ id: 'rep_1', type: 'report/watchlist', term: 'Jane Doe' },
		});
	});

	it('picks members of the entries of a list', () => {
		const checks = [
			{ name: 'id_expired', status: 'failed', metadata: { birthdate: '1990-01-01' } },
		];
		const verification = { type: 'verification/selfie', id: 'ver_1', attributes: { checks } };
		expect(toOutput({ data: verification }, verification, simplified)).toEqual({
			...{ id: 'ver_1', type: 'verification/selfie' },
			checks: [{ name: 'id_expired', status: 'failed' }],
		});
	});

	it('has all fields of a type that it does not know', () => {
		const thing = { type: 'thing', id: '1', attributes: { 'some-part': 1 } };
		expect(toOutput({ data: thing }, thing, simplified)).toEqual({
			id: '1',
			type: 'thing',
			somePart: 1,
		});
	});
});

describe('toOutput of all fields or none', () => {
	const all: Output = { mode: 'allFields' };

	it('adds the metadata of the document', () => {
		const meta = { 'one-time-link': 'https://x', 'session-token': null };
		expect(toOutput({ data: inquiry, meta }, inquiry, all)).toMatchObject({
			id: 'inq_1',
			oneTimeLink: 'https://x',
			sessionToken: null,
		});
	});

	it('contains objects that another included object leads to, where the request asked for them', () => {
		const refer = (type: string) => ({ data: { type, id: `${type}_1` } });
		const create = (type: string, ...related: string[]) => ({
			type,
			id: `${type}_1`,
			attributes: { name: type },
			relationships: Object.fromEntries(related.map((name) => [name, refer(name)])),
		});
		const thing = create('thing', 'shop-type', 'owner');
		const included = [
			create('shop-type', 'latest-version', 'owner'),
			create('latest-version', 'shop-type'),
			create('owner', 'shop-type'),
		];
		const version = { id: 'latest-version_1', type: 'latest-version', name: 'latest-version' };
		for (const path of ['shop-type.latest-version', 'owner, shopType.latestVersion']) {
			const output = toOutput({ data: thing, included }, thing, { ...all, include: path });
			const owner = { id: 'owner_1', type: 'owner', name: 'owner', shopTypeId: 'shop-type_1' };
			expect(output).toEqual({
				id: 'thing_1',
				type: 'thing',
				name: 'thing',
				shopTypeId: 'shop-type_1',
				shopType: {
					...{ id: 'shop-type_1', type: 'shop-type', name: 'shop-type', ownerId: 'owner_1' },
					latestVersionId: 'latest-version_1',
					latestVersion: { ...version, shopTypeId: 'shop-type_1' },
				},
				ownerId: 'owner_1',
				owner,
			});
		}
		expect(
			toOutput({ data: thing, included }, thing, { ...all, include: 'shop-type' }).shopType,
		).toEqual({
			...{ id: 'shop-type_1', type: 'shop-type', name: 'shop-type', ownerId: 'owner_1' },
			latestVersionId: 'latest-version_1',
		});
	});

	it('is what Persona sent if it is raw', () => {
		const document = { data: inquiry, included: [account], meta: { 'one-time-link': 'x' } };
		expect(toOutput(document, inquiry, { mode: 'raw' })).toEqual({
			...inquiry,
			included: [account],
			meta: { 'one-time-link': 'x' },
		});
	});
});
