import { type JsonObject, type Sandbox, fixtures, startSandbox } from '../../sandbox/sandbox.mts';
import { buildInquiry, send, waitUntil } from '../support/apiClient.mts';

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

	const newList = async (path: string, more: JsonObject = {}) => {
		const body = { data: { attributes: { name: 'Blocked', ...more } } };
		return (await send(sandbox, 'POST', `/list/${path}`, body)).data.id;
	};

	const newItem = (path: string, list: string, values: JsonObject) =>
		send(sandbox, 'POST', `/list-item/${path}`, {
			data: { attributes: { 'list-id': list, ...values } },
		});

	const isActive = (id: string) => sandbox.control.find(id)?.attributes.status === 'active';

	/** How often the item has matched after somebody has finished an inquiry. */
	async function matchesOf(id: string, fields: JsonObject = jane) {
		await waitUntil(() => sandbox.control.find(id)?.attributes.status !== 'pending');
		const inquiry = await send(sandbox, 'POST', '/inquiries', buildInquiry(fields));
		const actions = [{ type: 'start_inquiry' }, { type: 'complete_inquiry' }];
		await send(sandbox, 'POST', `/inquiries/${inquiry.data.id}/perform-simulate-actions`, {
			meta: { 'simulate-actions': actions },
		});
		return sandbox.control.find(id)?.attributes['match-count'];
	}

	it.each<[path: string, hit: JsonObject, miss: JsonObject]>([
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
	])('count the inquiries that match an item: %s %j', async (path, hit, miss) => {
		const list = await newList(path);
		const [first, second] = [
			(await newItem(path, list, hit)).data.id,
			(await newItem(path, list, miss)).data.id,
		];
		await waitUntil(() => isActive(second));
		expect(await matchesOf(first)).toBe(1);
		expect(await matchesOf(first)).toBe(2);
		expect(sandbox.control.find(second)?.attributes['match-count']).toBe(0);
	});

	it('compare first names loosely where they are told to', async () => {
		const list = await newList('names', { 'allow-fuzzy-name-first': true });
		const item = await newItem('names', list, { 'name-first': 'Jan', 'name-last': 'Doe' });
		expect(await matchesOf(item.data.id)).toBe(1);
	});

	it('take items of the lists that the dashboard has made', async () => {
		const list = fixtures.getDashboardList('field');
		const item = await newItem('fields', list, { 'field-value': 'abc123' });
		expect(item.status).toBe(201);
		expect(await matchesOf(item.data.id)).toBe(1);
	});

	it('match no more with an item that is archived, which can still be read', async () => {
		const list = await newList('strings');
		const { id } = (await newItem('strings', list, { value: 'abc123' })).data;
		expect(await matchesOf(id)).toBe(1);
		expect((await send(sandbox, 'DELETE', `/list-item/strings/${id}`)).status).toBe(200);
		expect(await matchesOf(id)).toBe(1);
		const { data } = await send(sandbox, 'GET', `/list-item/strings/${id}`);
		expect(data.attributes).toMatchObject({ status: 'archived', 'match-count': 1 });
		expect((await send(sandbox, 'DELETE', `/list-item/strings/${id}`)).status).toBe(409);
	});

	it('match no more when they are archived, and take no more items', async () => {
		const list = await newList('strings');
		const { id } = (await newItem('strings', list, { value: 'abc123' })).data;
		await send(sandbox, 'DELETE', `/lists/${list}`);
		expect(await matchesOf(id)).toBe(0);
		expect((await newItem('strings', list, { value: 'abc124' })).status).toBe(422);
		const ids = async (status: string) =>
			(await send(sandbox, 'GET', `/lists?filter[status]=${status}`)).list.map((each) => each.id);
		expect(await ids('archived')).toEqual([list]);
		expect(await ids('active')).toEqual([]);
	});

	it('show their items', async () => {
		const list = await newList('strings');
		const { id } = (await newItem('strings', list, { value: 'abc123' })).data;
		const { data, included } = await send(sandbox, 'GET', `/lists/${list}?include=list-items`);
		expect(data.relationships).toEqual({
			'list-items': { data: [{ type: 'list-item/string', id }] },
		});
		expect(included).toMatchObject([{ id, attributes: { value: 'abc123' } }]);
	});

	it('take a value once, and again after it was archived', async () => {
		const list = await newList('strings');
		const { id } = (await newItem('strings', list, { value: 'abc123' })).data;
		expect((await newItem('strings', list, { value: 'abc123' })).status).toBe(409);
		await send(sandbox, 'DELETE', `/list-item/strings/${id}`);
		expect((await newItem('strings', list, { value: 'abc123' })).status).toBe(201);
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
	])('refuse what is no item: %s %j', async (path, values, status) => {
		expect((await newItem(path, await newList(path), values)).status).toBe(status);
	});

	it('refuse items of another type, and items of no list', async () => {
		const list = await newList('names');
		expect((await newItem('strings', list, { value: 'abc123' })).status).toBe(422);
		expect((await newItem('strings', 'lst_404', { value: 'abc123' })).status).toBe(404);
		const item = await newItem('names', list, { 'name-first': 'Jane', 'name-last': 'Doe' });
		expect((await send(sandbox, 'GET', `/list-item/strings/${item.data.id}`)).status).toBe(404);
	});
});
