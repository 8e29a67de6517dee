import {
	type JsonObject,
	type Sandbox,
	fixtures,
	startSandbox,
} from '../../../sandbox/sandbox.mts';
import { buildInquiry, send, waitUntil } from '../../support/apiClient.mts';

const jane: JsonObject = {
	'name-first': 'Jane',
	'name-last': 'Doe',
	'email-address': 'jane.doe@example.com',
	'phone-number': '+1 (415) 555-1234',
	'identification-number': 'I1234562',
	'address-country-code': 'DE',
	customer_number: 'abc123',
};

describe('lists of the sandbox', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox({ reportSeconds: 0 });
	});
	afterAll(() => sandbox.close());
	beforeEach(() => sandbox.control.reset());

	const createList = async (path: string, more: JsonObject = {}) => {
		const body = { data: { attributes: { name: 'Blocked', ...more } } };
		return (await send(sandbox, 'POST', `/list/${path}`, body)).data.id;
	};

	const addItem = (path: string, list: string, values: JsonObject) =>
		send(sandbox, 'POST', `/list-item/${path}`, {
			data: { attributes: { 'list-id': list, ...values } },
		});

	const isActive = (id: string) => sandbox.control.find(id)?.attributes.status === 'active';

	/** Completes an inquiry and returns the match count of the item. */
	async function countMatches(id: string, fields: JsonObject = jane) {
		await waitUntil(() => sandbox.control.find(id)?.attributes.status !== 'pending');
		const inquiry = await send(sandbox, 'POST', '/inquiries', buildInquiry(fields));
		const actions = [{ type: 'start_inquiry' }, { type: 'complete_inquiry' }];
		await send(sandbox, 'POST', `/inquiries/${inquiry.data.id}/perform-simulate-actions`, {
			meta: { 'simulate-actions': actions },
		});
		return sandbox.control.find(id)?.attributes['match-count'];
	}

	it.each<[path: string, matching: JsonObject, other: JsonObject]>([
		['countries', { 'country-code': 'DE' }, { 'country-code': 'FR' }],
		['email-addresses', { value: 'Jane.Doe@example.com' }, { value: 'june@example.com' }],
		[
			'email-addresses',
			{ value: 'example.com', 'match-type': 'domain' },
			{ value: 'example.org', 'match-type': 'domain' },
		],
		[
			'geolocations',
			{ latitude: 37.7, longitude: -122.4, 'radius-meters': 20_000 },
			{ latitude: 37.7, longitude: -122.4, 'radius-meters': 100 },
		],
		[
			'government-id-numbers',
			{ 'id-number': 'i1234562', 'id-class': 'dl' },
			{ 'id-number': 'I1234563', 'id-class': 'dl' },
		],
		['ip-addresses', { value: '203.0.113.0/24' }, { value: '203.0.114.0/24' }],
		['ip-addresses', { value: '203.0.113.42' }, { value: '2001:db8::/32' }],
		[
			'names',
			{ 'name-first': 'jane', 'name-last': 'DOE' },
			{ 'name-first': 'Jan', 'name-last': 'Doe' },
		],
		['phone-numbers', { value: '14155551234' }, { value: '14155551235' }],
		['strings', { value: 'abc123' }, { value: 'abc124' }],
	])('count the inquiries that match an item: %s %j', async (path, matching, other) => {
		const list = await createList(path);
		const [first, second] = [
			(await addItem(path, list, matching)).data.id,
			(await addItem(path, list, other)).data.id,
		];
		await waitUntil(() => isActive(second));
		expect(await countMatches(first)).toBe(1);
		expect(await countMatches(first)).toBe(2);
		expect(sandbox.control.find(second)?.attributes['match-count']).toBe(0);
	});

	it('match first names fuzzily when that is turned on', async () => {
		const list = await createList('names', { 'allow-fuzzy-name-first': true });
		const item = await addItem('names', list, { 'name-first': 'Jan', 'name-last': 'Doe' });
		expect(await countMatches(item.data.id)).toBe(1);
	});

	it('accept items for lists that were created in the dashboard', async () => {
		const list = fixtures.getDashboardList('field');
		const item = await addItem('fields', list, { 'field-value': 'abc123' });
		expect(item.status).toBe(201);
		expect(await countMatches(item.data.id)).toBe(1);
	});

	it('no longer match an archived item, which can still be read', async () => {
		const list = await createList('strings');
		const { id } = (await addItem('strings', list, { value: 'abc123' })).data;
		expect(await countMatches(id)).toBe(1);
		expect((await send(sandbox, 'DELETE', `/list-item/strings/${id}`)).status).toBe(200);
		expect(await countMatches(id)).toBe(1);
		const { data } = await send(sandbox, 'GET', `/list-item/strings/${id}`);
		expect(data.attributes).toMatchObject({ status: 'archived', 'match-count': 1 });
		expect((await send(sandbox, 'DELETE', `/list-item/strings/${id}`)).status).toBe(409);
	});

	it('match nothing and accept no items once they are archived', async () => {
		const list = await createList('strings');
		const { id } = (await addItem('strings', list, { value: 'abc123' })).data;
		await send(sandbox, 'DELETE', `/lists/${list}`);
		expect(await countMatches(id)).toBe(0);
		expect((await addItem('strings', list, { value: 'abc124' })).status).toBe(422);
		const fetchIds = async (status: string) =>
			(await send(sandbox, 'GET', `/lists?filter[status]=${status}`)).list.map((each) => each.id);
		expect(await fetchIds('archived')).toEqual([list]);
		expect(await fetchIds('active')).toEqual([]);
	});

	it('show their items', async () => {
		const list = await createList('strings');
		const { id } = (await addItem('strings', list, { value: 'abc123' })).data;
		const { data, included } = await send(sandbox, 'GET', `/lists/${list}?include=list-items`);
		expect(data.relationships).toEqual({
			'list-items': { data: [{ type: 'list-item/string', id }] },
		});
		expect(included).toMatchObject([{ id, attributes: { value: 'abc123' } }]);
	});

	it('accept a value once, and again after its item was archived', async () => {
		const list = await createList('strings');
		const { id } = (await addItem('strings', list, { value: 'abc123' })).data;
		expect((await addItem('strings', list, { value: 'abc123' })).status).toBe(409);
		await send(sandbox, 'DELETE', `/list-item/strings/${id}`);
		expect((await addItem('strings', list, { value: 'abc123' })).status).toBe(201);
	});

	it.each<[path: string, values: JsonObject, status: number]>([
		['strings', {}, 422],
		['strings', { value: ' ' }, 422],
		['strings', { value: 'abc123', comment: 'no' }, 400],
		['names', { value: 'Jane' }, 400],
		['names', { 'name-first': 'Jane' }, 422],
		['countries', { 'country-code': 'Germany' }, 422],
		['email-addresses', { value: 'jane doe' }, 422],
		['email-addresses', { value: 'example.com', 'match-type': 'any' }, 422],
		['geolocations', { latitude: 91, longitude: 0, 'radius-meters': 1 }, 422],
		['geolocations', { latitude: '37', longitude: 0, 'radius-meters': 1 }, 400],
		['ip-addresses', { value: '203.0.113.256' }, 422],
		['ip-addresses', { value: '203.0.113.0/33' }, 422],
		['phone-numbers', { value: 'abc' }, 422],
	])('reject an invalid item: %s %j', async (path, values, status) => {
		expect((await addItem(path, await createList(path), values)).status).toBe(status);
	});

	it('reject items of another type and of an unknown list', async () => {
		const list = await createList('names');
		expect((await addItem('strings', list, { value: 'abc123' })).status).toBe(422);
		expect((await addItem('strings', 'lst_404', { value: 'abc123' })).status).toBe(404);
		const item = await addItem('names', list, { 'name-first': 'Jane', 'name-last': 'Doe' });
		expect((await send(sandbox, 'GET', `/list-item/strings/${item.data.id}`)).status).toBe(404);
	});

	it.each([
		['included', 1, 1],
		['referenced', 1, undefined],
		['none', 0, undefined],
	] as const)('show their items as set: %s', async (shown, referenced, included) => {
		const list = await createList('strings');
		await addItem('strings', list, { value: 'abc123' });
		sandbox.control.setListItems(shown);
		const reply = await send(sandbox, 'GET', `/lists/${list}?include=list-items`);
		expect(reply.data.relationships?.['list-items'].data).toHaveLength(referenced);
		expect(reply.included?.length).toBe(included);
		// Reading does not change the list.
		sandbox.control.setListItems('included');
		const { included: items } = await send(sandbox, 'GET', `/lists/${list}?include=list-items`);
		expect(items).toHaveLength(1);
	});
});
