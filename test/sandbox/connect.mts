import { type JsonObject, type Sandbox, fixtures, startSandbox } from '../../sandbox/sandbox.mts';
import type { ObjectRef } from '../../sandbox/state/storedObject.mts';
import { listEventNames, buildInquiry, send, waitUntil } from '../support/apiClient.mts';

describe('Connect of the sandbox', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox({ reportSeconds: 0.05 });
	});
	afterAll(() => sandbox.close());
	beforeEach(() => sandbox.control.reset());

	const connect = async (organization = 'org_Acme') => {
		const attributes = { 'destination-organization-id': organization };
		const body = { data: { attributes } };
		return (await send(sandbox, 'POST', '/connect/connections', body)).data;
	};
	const statusOf = (id: string) => sandbox.control.find(id)?.attributes.status;
	const inquiry = async (fields: JsonObject = {}) =>
		(await send(sandbox, 'POST', '/inquiries', buildInquiry(fields))).data.id;
	const share = (attributes: JsonObject) =>
		send(sandbox, 'POST', '/connect/share-tokens', { data: { attributes } });
	const redeem = (id: string, attributes: JsonObject = {}, meta: JsonObject = {}) =>
		send(sandbox, 'POST', `/connect/share-tokens/${id}/redeem`, { data: { attributes }, meta });
	const received = async (type: string) => {
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

	it('offers a connection that the other organization accepts a moment later', async () => {
		const { id, attributes } = await connect();
		expect(attributes.status).toBe('pending');
		await waitUntil(() => statusOf(id) === 'active');
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

	it('leaves reactivating to the organization that made the connection', async () => {
		const path = `/connect/connections/${fixtures.connection}`;
		await send(sandbox, 'POST', `${path}/deactivate`);
		expect((await send(sandbox, 'POST', `${path}/reactivate`)).status).toBe(403);
	});

	it('gives an object away until the token is expired', async () => {
		const given = { 'connection-id': (await connect()).id, 'source-id': await inquiry() };
		const { data } = await share({ ...given, 'expires-in-seconds': 60 });
		expect(data).toMatchObject({
			attributes: { status: 'created', direction: 'outbound' },
			relationships: { source: { data: { type: 'inquiry', id: given['source-id'] } } },
		});
		expect((await redeem(data.id)).status).toBe(403);
		const path = `/connect/share-tokens/${data.id}/expire`;
		expect((await send(sandbox, 'POST', path)).data.attributes.status).toBe('expired');
		expect((await send(sandbox, 'POST', path)).status).toBe(409);
		expect((await share({ ...given, 'expires-in-seconds': 59 })).status).toBe(422);
		expect((await share({ ...given, 'source-id': 'inq_none' })).status).toBe(404);
		expect((await share({ ...given, 'source-id': fixtures.user })).status).toBe(422);
	});

	it('shows that there is a name before it shows the name', async () => {
		const { source } = await received('inquiry');
		expect(source).toMatchObject({
			'peekable-attributes': { fields: { 'name-first': { visibility: 'presence', value: true } } },
		});
	});

	it('makes a new inquiry of a shared one, and the next one is shared', async () => {
		const { id } = await received('inquiry');
		const { status, data } = await redeem(id);
		expect([status, data.attributes.status]).toEqual([202, 'pending']);
		await waitUntil(() => statusOf(id) === 'redeemed');
		const token = await send(sandbox, 'GET', `/connect/share-tokens/${id}`);
		const made = token.data.relationships?.destination.data as ObjectRef;
		const { attributes } = (await send(sandbox, 'GET', `/inquiries/${made.id}`)).data;
		expect(attributes).toMatchObject({
			status: 'completed',
			fields: { 'name-first': { value: 'Jane' } },
		});
		expect((await received('inquiry')).id).not.toBe(id);
		expect(listEventNames(sandbox)).toContain('connect/share-token.inbound-redeemed');
		expect((await redeem(id)).status).toBe(409);
	});

	it('fills an object that is there, by equal names and by mappings', async () => {
		const [{ id }, destination] = [await received('account'), await inquiry()];
		await redeem(
			id,
			{ 'destination-id': destination },
			{
				'field-mappings': [
					{ 'source-field-name': 'name_first', 'destination-field-name': 'name-first' },
				],
			},
		);
		await waitUntil(() => statusOf(id) === 'redeemed');
		const { fields } = (await send(sandbox, 'GET', `/inquiries/${destination}`)).data.attributes;
		expect(fields).toMatchObject({ 'name-first': { value: 'Jane' }, 'name-last': { value: null } });
		const other = await received('account');
		expect((await redeem(other.id)).status).toBe(422);
	});

	it('says when the data does not fit', async () => {
		const [{ id }, destination] = [await received('account'), await inquiry()];
		const mapping = { 'source-field-name': 'name_first', 'destination-field-name': 'birthdate' };
		await redeem(id, { 'destination-id': destination }, { 'field-mappings': [mapping] });
		await waitUntil(() => statusOf(id) === 'failed');
		expect(sandbox.control.find(id)?.attributes['failure-reason']).toBe('import_failed');
	});

	it('redeems nothing through a connection that is not active', async () => {
		const { id } = await received('inquiry');
		await send(sandbox, 'POST', `/connect/connections/${fixtures.connection}/deactivate`);
		expect((await redeem(id)).status).toBe(409);
	});
});
