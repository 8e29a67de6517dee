import {
	fixtures,
	type JsonObject,
	type Sandbox,
	startSandbox,
} from '../../../sandbox/sandbox.mts';
import { listEventNames, buildInquiry, send, waitUntil } from '../../support/apiClient.mts';

describe('accounts of the sandbox', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox({ searchLagSeconds: 0 });
	});
	afterAll(() => sandbox.close());
	beforeEach(() => sandbox.control.reset());

	const createAccount = (attributes: JsonObject, meta?: JsonObject) =>
		send(sandbox, 'POST', '/accounts', { data: { attributes }, ...(meta && { meta }) });
	const postMeta = (path: string, meta: JsonObject) =>
		send(sandbox, 'POST', `/accounts/${path}`, { meta });

	it('show flat attributes and custom fields as typed, nested fields', async () => {
		const { data, status } = await createAccount({
			'name-first': 'Jane',
			birthdate: '1990-01-02',
			fields: { customer_number: '7', email_address: 'jane@example.com' },
		});
		expect(status).toBe(201);
		expect(data.attributes.fields).toMatchObject({
			name: { type: 'hash', value: { first: { type: 'string', value: 'Jane' } } },
			birthdate: { type: 'date', value: '1990-01-02' },
			customer_number: { type: 'string', value: '7' },
			email_address: { type: 'string', value: 'jane@example.com' },
		});
	});

	it('reject a reference ID that is taken, and update its account on upsert', async () => {
		const first = await createAccount({ 'reference-id': 'user-1' });
		expect((await createAccount({ 'reference-id': 'user-1' })).status).toBe(409);
		const again = await createAccount(
			{ 'reference-id': 'user-1', 'name-first': 'June' },
			{ 'upsert-by': 'reference-id' },
		);
		expect(again.status).toBe(200);
		expect(again.data.id).toBe(first.data.id);
		expect(listEventNames(sandbox)).toContain('account.updated-fields');
	});

	it('are found for an upsert by a field that is unique in their type, and by nothing else', async () => {
		const { data } = await createAccount({ fields: { tax_number: '7' } });
		const upsert = (attributes: JsonObject) =>
			createAccount(attributes, { 'upsert-by': 'tax-number' });
		const found = await upsert({ fields: { tax_number: '7' }, 'name-first': 'June' });
		expect([found.status, found.data.id]).toEqual([200, data.id]);
		expect((await upsert({ 'name-first': 'June' })).status).toBe(400);
		await createAccount({ fields: { tax_number: '7' } });
		expect((await upsert({ fields: { tax_number: '7' } })).status).toBe(400);
	});

	it('can be searched by their fields', async () => {
		const { data } = await createAccount({ 'name-last': 'Doe' });
		await createAccount({ 'name-last': 'Roe' });
		const query = { attribute: 'fields.name.last', operator: 'eq', value: 'Doe' };
		const { list } = await send(sandbox, 'POST', '/accounts/search', { query });
		expect(list.map(({ id }) => id)).toEqual([data.id]);
	});

	it('are searched by the IDs of their type and status, not by the names', async () => {
		const { data } = await createAccount({ 'account-status': 'Paused' });
		const searchIds = async (attribute: string, value: string) => {
			const query = { attribute, operator: 'eq', value };
			const { list } = await send(sandbox, 'POST', '/accounts/search', { query });
			return list.map(({ id }) => id);
		};
		expect(await searchIds('status', fixtures.getAccountStatus('Paused'))).toEqual([data.id]);
		expect(await searchIds('status', 'Paused')).toEqual([]);
		expect(await searchIds('type', fixtures.accountType)).toContain(data.id);
		expect(await searchIds('type', 'User')).toEqual([]);
	});

	it('are related under a key until the relation is removed', async () => {
		const [a, b] = [(await createAccount({})).data.id, (await createAccount({})).data.id];
		const meta = { 'relation-schema-key': 'business', 'target-object-id': b };
		await postMeta(`${a}/add-relation`, meta);
		const path = `/accounts/${a}/relations?filter[key]=`;
		expect((await send(sandbox, 'GET', `${path}business`)).list.map(({ id }) => id)).toEqual([b]);
		expect((await send(sandbox, 'GET', `${path}family`)).list).toEqual([]);
		expect((await send(sandbox, 'GET', `/accounts/${a}/relations`)).status).toBe(400);
		await postMeta(`${a}/remove-relation`, meta);
		expect((await send(sandbox, 'GET', `${path}business`)).list).toEqual([]);
	});

	it('take over the inquiries of accounts that are consolidated into them', async () => {
		const source = (await createAccount({ 'reference-id': 'old' })).data.id;
		const target = (await createAccount({ 'reference-id': 'new' })).data.id;
		const inquiry = await send(
			sandbox,
			'POST',
			'/inquiries',
			buildInquiry({}, { 'account-id': source }),
		);
		const merged = await postMeta(`${target}/consolidate`, { 'source-account-ids': [source] });
		expect(merged.status).toBe(202);
		const { list } = await send(sandbox, 'GET', `/inquiries?filter[account-id]=${target}`);
		expect(list.map(({ id }) => id)).toEqual([inquiry.data.id]);
		const accounts = await send(sandbox, 'GET', '/accounts?filter[reference-id]=old,new');
		expect(accounts.list.map(({ id }) => id)).toEqual([target]);
	});

	it('redact their inquiries and reports when they are redacted', async () => {
		const { id } = (await createAccount({ 'name-first': 'Jane' })).data;
		const inquiry = await send(
			sandbox,
			'POST',
			'/inquiries',
			buildInquiry({ 'name-first': 'Jane' }, { 'account-id': id }),
		);
		expect((await send(sandbox, 'DELETE', `/accounts/${id}`)).text).not.toContain('Jane');
		await waitUntil(() => listEventNames(sandbox).includes('account.redacted'));
		const { data } = await send(sandbox, 'GET', `/inquiries/${inquiry.data.id}`);
		expect(data.attributes['redacted-at']).toEqual(expect.any(String));
	});
});
