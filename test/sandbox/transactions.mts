import { type JsonObject, type Sandbox, fixtures, startSandbox } from '../../sandbox/sandbox.mts';
import { listEventNames, send, waitUntil } from '../support/apiClient.mts';

describe('transactions of the sandbox', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox();
	});
	afterAll(() => sandbox.close());
	beforeEach(() => sandbox.control.reset());

	const create = (attributes: JsonObject = {}) =>
		send(sandbox, 'POST', '/transactions', {
			data: { attributes: { 'transaction-type-id': fixtures.transactionType, ...attributes } },
		});
	const post = (path: string, meta?: JsonObject) =>
		send(sandbox, 'POST', `/transactions/${path}`, meta && { meta });
	const patch = (id: string, attributes: JsonObject) =>
		send(sandbox, 'PATCH', `/transactions/${id}`, { data: { attributes } });
	const get = (id: string, query = '') => send(sandbox, 'GET', `/transactions/${id}${query}`);
	const found = async (query: string) =>
		(await send(sandbox, 'GET', `/transactions?${query}`)).list?.map(({ id }) => id);
	const picture = { data: Buffer.from('a picture').toString('base64'), filename: 'a.png' };
	const urlIn = (fields: unknown, key: string) =>
		(fields as Record<string, { value: { url: string } }>)[key].value.url;
	const account = async () => {
		const attributes = { 'selfie-photo': { data: picture } };
		return (await send(sandbox, 'POST', '/accounts', { data: { attributes } })).data.id;
	};

	it('are made once for a reference ID', async () => {
		const first = await create({ 'reference-id': 'order-1', fields: { amount: 99.5 } });
		const again = await create({ 'reference-id': 'order-1', fields: { amount: 1 } });
		expect([first.status, again.status]).toEqual([201, 200]);
		expect(again.data).toEqual(first.data);
		expect(first.data.attributes.fields).toEqual({ amount: { type: 'number', value: 99.5 } });
		expect((await get(first.data.id)).data).toEqual(first.data);
		expect(listEventNames(sandbox)).toEqual(['transaction.created']);
	});

	it('are not made with fields that their type forbids', async () => {
		expect((await create({ fields: { amount: 'much' } })).status).toBe(422);
		expect((await create({ fields: { receipt: 'a.png' } })).status).toBe(422);
		expect((await create({ 'transaction-type-id': 'txntp_none' })).status).toBe(404);
		expect(await found('')).toEqual([]);
	});

	it('are listed by reference ID, by type and by an identifier', async () => {
		const { id } = (await create({ fields: { order_number: 'A-1' } })).data;
		const other = (await create({ 'reference-id': 'order-2' })).data.id;
		expect(await found('filter[reference-id]=order-2')).toEqual([other]);
		expect(await found(`filter[transaction-type-id]=${fixtures.transactionType}`)).toEqual([
			other,
			id,
		]);
		const key = 'filter[identifier][key]=order_number';
		expect(await found(`${key}&filter[identifier][value]=A-1`)).toEqual([id]);
		expect(await found(`${key}&filter[identifier][value]=A-2`)).toEqual([]);
		expect((await send(sandbox, 'GET', `/transactions?${key}`)).status).toBe(400);
		const colour = 'filter[identifier][colour]=red';
		expect((await send(sandbox, 'GET', `/transactions?${colour}`)).status).toBe(400);
	});

	it('say what changed when they are updated', async () => {
		const { id } = (await create({ 'reference-id': 'order-1' })).data;
		await create({ 'reference-id': 'order-2' });
		expect((await patch(id, { 'reference-id': 'order-2' })).status).toBe(409);
		const { data } = await patch(id, {
			status: 'approved',
			fields: { amount: 5 },
			tags: ['vip'],
		});
		expect(data.attributes).toMatchObject({ status: 'approved', tags: ['vip'] });
		expect(listEventNames(sandbox).slice(2)).toEqual([
			'transaction.updated-fields',
			'transaction.status-updated',
		]);
	});

	it('have the label that was given last', async () => {
		const { id } = (await create()).data;
		await post(`${id}/label`, { label: 'fraud', score: 0.92, 'model-version': '2' });
		await patch(id, { label: 'good' });
		const { included } = await get(id, '?include=transaction-label');
		expect(included).toMatchObject([
			{ type: 'transaction-label', attributes: { 'model-label': 'good', 'model-version': null } },
		]);
		expect(listEventNames(sandbox).filter((name) => name === 'transaction.labeled')).toHaveLength(
			2,
		);
	});

	it('relate to other objects, and do nothing where that is so already', async () => {
		const { id } = (await create()).data;
		const meta = { 'relation-schema-key': 'payer', 'target-object-id': await account() };
		const related = async () => (await get(id)).data.relationships?.['related-objects'].data;
		for (const _ of [1, 2]) expect((await post(`${id}/add-relation`, meta)).status).toBe(200);
		expect(await related()).toEqual([{ type: 'account', id: meta['target-object-id'] }]);
		for (const _ of [1, 2]) expect((await post(`${id}/remove-relation`, meta)).status).toBe(200);
		expect(await related()).toEqual([]);
		const names = listEventNames(sandbox).filter((name) => name.includes('relation'));
		expect(names).toEqual(['transaction.added-relation', 'transaction.removed-relation']);
	});

	it('lose the biometrics of all that they are related to, and nothing else', async () => {
		const fields = { selfie_photo: picture, receipt: picture, amount: 5 };
		const { id, attributes } = (await create({ fields })).data;
		const target = await account();
		await post(`${id}/add-relation`, {
			'relation-schema-key': 'payer',
			'target-object-id': target,
		});
		const { data } = await post(`${id}/redact-biometrics`);
		expect(data.attributes.fields).toMatchObject({
			selfie_photo: { type: 'file', value: null },
			amount: { value: 5 },
		});
		expect((await fetch(urlIn(attributes.fields, 'selfie_photo'))).status).toBe(404);
		expect((await fetch(urlIn(attributes.fields, 'receipt'))).status).toBe(200);
		const payer = await send(sandbox, 'GET', `/accounts/${target}`);
		expect(payer.data.attributes.fields).toMatchObject({ selfie_photo: { value: null } });
	});

	it('lose all their fields and files when they are redacted', async () => {
		const { id, attributes } = (await create({ fields: { receipt: picture, amount: 5 } })).data;
		const { data } = await send(sandbox, 'DELETE', `/transactions/${id}`);
		expect(data.attributes.fields).toEqual({
			receipt: { type: 'file', value: null },
			amount: { type: 'number', value: null },
		});
		expect((await fetch(urlIn(attributes.fields, 'receipt'))).status).toBe(404);
		await waitUntil(() => listEventNames(sandbox).includes('transaction.redacted'));
	});
});
