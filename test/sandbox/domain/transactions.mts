import {
	type JsonObject,
	type Sandbox,
	fixtures,
	startSandbox,
} from '../../../sandbox/sandbox.mts';
import { listEventNames, send, waitUntil } from '../../support/apiClient.mts';

describe('transactions of the sandbox', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox();
	});
	afterAll(() => sandbox.close());
	beforeEach(() => sandbox.control.reset());

	const createTransaction = (attributes: JsonObject = {}) =>
		send(sandbox, 'POST', '/transactions', {
			data: { attributes: { 'transaction-type-id': fixtures.transactionType, ...attributes } },
		});
	const postMeta = (path: string, meta?: JsonObject) =>
		send(sandbox, 'POST', `/transactions/${path}`, meta && { meta });
	const patchTransaction = (id: string, attributes: JsonObject) =>
		send(sandbox, 'PATCH', `/transactions/${id}`, { data: { attributes } });
	const fetchTransaction = (id: string, query = '') =>
		send(sandbox, 'GET', `/transactions/${id}${query}`);
	const fetchIds = async (query: string) =>
		(await send(sandbox, 'GET', `/transactions?${query}`)).list?.map(({ id }) => id);
	const picture = { data: Buffer.from('a picture').toString('base64'), filename: 'a.png' };
	const getFileUrl = (fields: unknown, key: string) =>
		(fields as Record<string, { value: { url: string } }>)[key].value.url;
	const createAccount = async () => {
		const attributes = { 'selfie-photo': { data: picture } };
		return (await send(sandbox, 'POST', '/accounts', { data: { attributes } })).data.id;
	};

	it('are created once for each reference ID', async () => {
		const first = await createTransaction({ 'reference-id': 'order-1', fields: { amount: 99.5 } });
		const again = await createTransaction({ 'reference-id': 'order-1', fields: { amount: 1 } });
		expect([first.status, again.status]).toEqual([201, 200]);
		expect(again.data).toEqual(first.data);
		expect(first.data.attributes.fields).toEqual({ amount: { type: 'number', value: 99.5 } });
		expect((await fetchTransaction(first.data.id)).data).toEqual(first.data);
		expect(listEventNames(sandbox)).toEqual(['transaction.created']);
	});

	it('are not created with values that do not fit their type', async () => {
		expect((await createTransaction({ fields: { amount: 'much' } })).status).toBe(422);
		expect((await createTransaction({ fields: { receipt: 'a.png' } })).status).toBe(422);
		expect((await createTransaction({ 'transaction-type-id': 'txntp_none' })).status).toBe(404);
		expect(await fetchIds('')).toEqual([]);
	});

	it('are listed by reference ID, type and identifier', async () => {
		const { id } = (await createTransaction({ fields: { order_number: 'A-1' } })).data;
		const other = (await createTransaction({ 'reference-id': 'order-2' })).data.id;
		expect(await fetchIds('filter[reference-id]=order-2')).toEqual([other]);
		expect(await fetchIds(`filter[transaction-type-id]=${fixtures.transactionType}`)).toEqual([
			other,
			id,
		]);
		const key = 'filter[identifier][key]=order_number';
		expect(await fetchIds(`${key}&filter[identifier][value]=A-1`)).toEqual([id]);
		expect(await fetchIds(`${key}&filter[identifier][value]=A-2`)).toEqual([]);
		expect((await send(sandbox, 'GET', `/transactions?${key}`)).status).toBe(400);
		const colour = 'filter[identifier][colour]=red';
		expect((await send(sandbox, 'GET', `/transactions?${colour}`)).status).toBe(400);
	});

	it('emit events about what an update changed', async () => {
		const { id } = (await createTransaction({ 'reference-id': 'order-1' })).data;
		await createTransaction({ 'reference-id': 'order-2' });
		expect((await patchTransaction(id, { 'reference-id': 'order-2' })).status).toBe(409);
		const { data } = await patchTransaction(id, {
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

	it('have the last label they were given', async () => {
		const { id } = (await createTransaction()).data;
		await postMeta(`${id}/label`, { label: 'fraud', score: 0.92, 'model-version': '2' });
		await patchTransaction(id, { label: 'good' });
		const { included } = await fetchTransaction(id, '?include=transaction-label');
		expect(included).toMatchObject([
			{ type: 'transaction-label', attributes: { 'model-label': 'good', 'model-version': null } },
		]);
		expect(listEventNames(sandbox).filter((name) => name === 'transaction.labeled')).toHaveLength(
			2,
		);
	});

	it('are related to other objects, where a repeated change has no effect', async () => {
		const { id } = (await createTransaction()).data;
		const meta = { 'relation-schema-key': 'payer', 'target-object-id': await createAccount() };
		const fetchRelated = async () =>
			(await fetchTransaction(id)).data.relationships?.['related-objects'].data;
		for (const _ of [1, 2]) expect((await postMeta(`${id}/add-relation`, meta)).status).toBe(200);
		expect(await fetchRelated()).toEqual([{ type: 'account', id: meta['target-object-id'] }]);
		for (const _ of [1, 2])
			expect((await postMeta(`${id}/remove-relation`, meta)).status).toBe(200);
		expect(await fetchRelated()).toEqual([]);
		const names = listEventNames(sandbox).filter((name) => name.includes('relation'));
		expect(names).toEqual(['transaction.added-relation', 'transaction.removed-relation']);
	});

	it('lose their biometrics and those of related objects only', async () => {
		const fields = { selfie_photo: picture, receipt: picture, amount: 5 };
		const { id, attributes } = (await createTransaction({ fields })).data;
		const target = await createAccount();
		await postMeta(`${id}/add-relation`, {
			'relation-schema-key': 'payer',
			'target-object-id': target,
		});
		const { data } = await postMeta(`${id}/redact-biometrics`);
		expect(data.attributes.fields).toMatchObject({
			selfie_photo: { type: 'file', value: null },
			amount: { value: 5 },
		});
		expect((await fetch(getFileUrl(attributes.fields, 'selfie_photo'))).status).toBe(404);
		expect((await fetch(getFileUrl(attributes.fields, 'receipt'))).status).toBe(200);
		const payer = await send(sandbox, 'GET', `/accounts/${target}`);
		expect(payer.data.attributes.fields).toMatchObject({ selfie_photo: { value: null } });
	});

	it('lose all fields and files when they are redacted', async () => {
		const { id, attributes } = (
			await createTransaction({ fields: { receipt: picture, amount: 5 } })
		).data;
		const { data } = await send(sandbox, 'DELETE', `/transactions/${id}`);
		expect(data.attributes.fields).toEqual({
			receipt: { type: 'file', value: null },
			amount: { type: 'number', value: null },
		});
		expect((await fetch(getFileUrl(attributes.fields, 'receipt'))).status).toBe(404);
		await waitUntil(() => listEventNames(sandbox).includes('transaction.redacted'));
	});

	it('show a hundred related objects at most', async () => {
		const { id } = (await createTransaction()).data;
		for (let count = 0; count < 101; count += 1) {
			const target = sandbox.control.store.add({
				type: 'account',
				id: `act_${count}`,
				attributes: { 'reference-id': null },
			});
			await postMeta(`${id}/add-relation`, {
				'relation-schema-key': 'payer',
				'target-object-id': target.id,
			});
		}
		const { data } = await fetchTransaction(id);
		expect(data.relationships?.['related-objects'].data).toHaveLength(100);
	});
});
