import {
	type JsonObject,
	type Sandbox,
	fixtures,
	startSandbox,
} from '../../../sandbox/sandbox.mts';
import type { ObjectRef } from '../../../sandbox/state/storedObject.mts';
import { listEventNames, buildInquiry, send, waitUntil } from '../../support/apiClient.mts';

describe('Connect of the sandbox', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox({ reportSeconds: 0.05 });
	});
	afterAll(() => sandbox.close());
	beforeEach(() => sandbox.control.reset());

	const createConnection = async (organization = 'org_Acme') => {
		const attributes = { 'destination-organization-id': organization };
		const body = { data: { attributes } };
		return (await send(sandbox, 'POST', '/connect/connections', body)).data;
	};
	const getStatus = (id: string) => sandbox.control.find(id)?.attributes.status;
	const createInquiry = async (fields: JsonObject = {}) =>
		(await send(sandbox, 'POST', '/inquiries', buildInquiry(fields))).data.id;
	const createShareToken = (attributes: JsonObject) =>
		send(sandbox, 'POST', '/connect/share-tokens', { data: { attributes } });
	const redeemShareToken = (id: string, attributes: JsonObject = {}, meta: JsonObject = {}) =>
		send(sandbox, 'POST', `/connect/share-tokens/${id}/redeem`, { data: { attributes }, meta });
	const fetchInboundToken = async (type: string) => {
		const path = '/connect/share-tokens';
		const filter = 'filter[direction]=inbound&filter[status]=created';
		const { list } = await send(sandbox, 'GET', `${path}?${filter}`);
		for (const { id } of list) {
			const { data } = await send(sandbox, 'GET', `${path}/${id}?peek-source-data=true`);
			const source = data.attributes['source-data'] as JsonObject;
			if (source.type === `connect/source-data/${type}`) return { id, source };
		}
		throw new Error(`No ${type} is shared`);
	};

	it('activates a connection once the other organization has accepted it', async () => {
		const { id, attributes } = await createConnection();
		expect(attributes.status).toBe('pending');
		await waitUntil(() => getStatus(id) === 'active');
		const path = `/connect/connections/${id}`;
		expect((await send(sandbox, 'POST', `${path}/reactivate`)).status).toBe(409);
		await send(sandbox, 'POST', `${path}/deactivate`);
		expect((await send(sandbox, 'POST', `${path}/deactivate`)).status).toBe(409);
		const filter = 'filter[status]=inactive&filter[destination-organization-id]=org_Acme';
		const { list } = await send(sandbox, 'GET', `/connect/connections?${filter}`);
		expect(list.map((each) => each.id)).toEqual([id]);
		const { data } = await send(sandbox, 'POST', `${path}/reactivate`);
		expect(data.attributes.status).toBe('pending');
	});

	it('lets only the source organization reactivate a connection', async () => {
		const path = `/connect/connections/${fixtures.connection}`;
		await send(sandbox, 'POST', `${path}/deactivate`);
		expect((await send(sandbox, 'POST', `${path}/reactivate`)).status).toBe(403);
	});

	it('shares an object until the token expires', async () => {
		const attributes = {
			'connection-id': (await createConnection()).id,
			'source-id': await createInquiry(),
		};
		const { data } = await createShareToken({ ...attributes, 'expires-in-seconds': 60 });
		expect(data).toMatchObject({
			attributes: { status: 'created', direction: 'outbound' },
			relationships: { source: { data: { type: 'inquiry', id: attributes['source-id'] } } },
		});
		expect((await redeemShareToken(data.id)).status).toBe(403);
		const path = `/connect/share-tokens/${data.id}/expire`;
		expect((await send(sandbox, 'POST', path)).data.attributes.status).toBe('expired');
		expect((await send(sandbox, 'POST', path)).status).toBe(409);
		expect((await createShareToken({ ...attributes, 'expires-in-seconds': 59 })).status).toBe(422);
		expect((await createShareToken({ ...attributes, 'source-id': 'inq_none' })).status).toBe(404);
		expect((await createShareToken({ ...attributes, 'source-id': fixtures.user })).status).toBe(
			422,
		);
	});

	it('shows whether a field has a value before the token is redeemed, but not the value', async () => {
		const { source } = await fetchInboundToken('inquiry');
		expect(source).toMatchObject({
			'peekable-attributes': { fields: { 'name-first': { visibility: 'presence', value: true } } },
		});
	});

	it('creates an inquiry from a shared one, after which the next one is shared', async () => {
		const { id } = await fetchInboundToken('inquiry');
		const { status, data } = await redeemShareToken(id);
		expect([status, data.attributes.status]).toEqual([202, 'pending']);
		await waitUntil(() => getStatus(id) === 'redeemed');
		const token = await send(sandbox, 'GET', `/connect/share-tokens/${id}`);
		const created = token.data.relationships?.destination.data as ObjectRef;
		const { attributes } = (await send(sandbox, 'GET', `/inquiries/${created.id}`)).data;
		expect(attributes).toMatchObject({
			status: 'completed',
			fields: { 'name-first': { value: 'Jane' } },
		});
		expect((await fetchInboundToken('inquiry')).id).not.toBe(id);
		expect(listEventNames(sandbox)).toContain('connect/share-token.inbound-redeemed');
		expect((await redeemShareToken(id)).status).toBe(409);
	});

	it('fills an existing object by field name and mapping', async () => {
		const [{ id }, destination] = [await fetchInboundToken('account'), await createInquiry()];
		await redeemShareToken(
			id,
			{ 'destination-id': destination },
			{
				'field-mappings': [
					{ 'source-field-name': 'name_first', 'destination-field-name': 'name-first' },
				],
			},
		);
		await waitUntil(() => getStatus(id) === 'redeemed');
		const { fields } = (await send(sandbox, 'GET', `/inquiries/${destination}`)).data.attributes;
		expect(fields).toMatchObject({ 'name-first': { value: 'Jane' }, 'name-last': { value: null } });
		const other = await fetchInboundToken('account');
		expect((await redeemShareToken(other.id)).status).toBe(422);
	});

	it('fails with a reason when the data does not fit', async () => {
		const [{ id }, destination] = [await fetchInboundToken('account'), await createInquiry()];
		const mapping = { 'source-field-name': 'name_first', 'destination-field-name': 'birthdate' };
		await redeemShareToken(id, { 'destination-id': destination }, { 'field-mappings': [mapping] });
		await waitUntil(() => getStatus(id) === 'failed');
		expect(sandbox.control.find(id)?.attributes['failure-reason']).toBe('import_failed');
	});

	it('rejects redeeming through an inactive connection', async () => {
		const { id } = await fetchInboundToken('inquiry');
		await send(sandbox, 'POST', `/connect/connections/${fixtures.connection}/deactivate`);
		expect((await redeemShareToken(id)).status).toBe(409);
	});
});
