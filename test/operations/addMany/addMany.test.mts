import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { parseCsv } from '../../../sandbox/domain/imports/csv.mts';
import { startSandbox, type JsonObject, type Sandbox } from '../../../sandbox/sandbox.mts';
import { send } from '../../support/apiClient.mts';
import { runNode, type NodeRunOptions } from '../../support/runNode.mts';
import { startRequestRecorder, type RequestRecorder } from '../../support/requestRecorder.mts';

const byId = (value: string) => ({ __rl: true, mode: 'id', value });

/** Adds the values of all items with the panel as given. */
const addMany = async (
	baseUrl: string,
	parameters: INodeParameters,
	items: IDataObject[],
	more: Partial<NodeRunOptions> = {},
) =>
	await runNode({
		credentials: { baseUrl, apiKey: 'persona_sandbox_demo' },
		parameters: { resource: 'listItem', operation: 'addMany', ...parameters },
		items,
		...more,
	});

const phoneNumbers = (count: number) =>
	Array.from({ length: count }, (_, index) => ({ value: `+1415555${1000 + index}` }));

describe('Adding many list items', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox({ reportSeconds: 0.05 });
	});
	afterEach(() => {
		sandbox.control.clearFaults();
		sandbox.control.reset();
	});
	afterAll(async () => await sandbox.close());

	const newList = async (path: string) =>
		(await send(sandbox, 'POST', `/list/${path}`, { data: { attributes: { name: 'Blocked' } } }))
			.data.id;

	const valuesOn = async (list: string) => {
		const { included } = await send(sandbox, 'GET', `/lists/${list}?include=list-items`);
		return (included ?? []).map(({ attributes }) => attributes as JsonObject);
	};

	/** What was asked of Persona since the list was made, e.g. `POST /importer/…`. */
	const asked = () =>
		sandbox.control.requests
			.map(({ method, path }) => `${method} ${path.replace('/api/v1', '')}`)
			.filter((request) => !/ \/lists?\//.test(request));

	const ofPhones = (listId: string, options: INodeParameters = {}) => ({
		listType: 'phoneNumber',
		listId: byId(listId),
		value: '={{ $json.value }}',
		options,
	});

	it('sends one import for hundreds of items and counts what came of them', async () => {
		const list = await newList('phone-numbers');
		await send(sandbox, 'POST', '/list-item/phone-numbers', {
			data: { attributes: { 'list-id': list, value: '+14155551000' } },
		});
		sandbox.control.requests.length = 0;
		const values = [...phoneNumbers(298), { value: '+14155551001' }, { value: 'nobody' }];
		const { items, error } = await addMany(sandbox.apiUrl, ofPhones(list), values);
		expect(error).toBeUndefined();
		expect(items.map(({ json }) => json)).toEqual([
			{
				listId: list,
				listType: 'phoneNumber',
				method: 'import',
				given: 300,
				added: 297,
				duplicate: 2,
				refused: 1,
				importerId: expect.stringMatching(/^mprt_/) as string,
				problems: [{ reason: expect.stringContaining('1 of 299 rows') as string }],
			},
		]);
		expect(asked().length).toBeLessThan(5);
		expect(await valuesOn(list)).toHaveLength(298);
	});

	it('sends few values one by one and says of each that is refused why', async () => {
		const list = await newList('phone-numbers');
		const values = [
			...[{ value: 'nobody' }, { value: '+14155551234' }, { value: ' ' }],
			...[{ value: '+14155551234' }, { value: { a: 1 } }, { value: '+14155551235' }],
		];
		const { items, error } = await addMany(sandbox.apiUrl, ofPhones(list), values);
		expect(error).toBeUndefined();
		expect(items.map(({ json }) => json)).toEqual([
			{
				listId: list,
				listType: 'phoneNumber',
				method: 'oneByOne',
				given: 6,
				added: 2,
				duplicate: 1,
				refused: 3,
				problems: [
					{ item: 0, value: 'nobody', reason: expect.stringContaining('invalid') as string },
					{ item: 2, reason: "'Value' is empty. Persona requires a value here." },
					{ item: 4, reason: expect.stringContaining("'Value' must be text") as string },
				],
			},
		]);
		expect(asked()).toEqual(Array.from({ length: 3 }, () => 'POST /list-item/phone-numbers'));
	});

	it('counts what is on the list already as a duplicate', async () => {
		const list = await newList('phone-numbers');
		const run = async (executionId: string) => {
			const options = { executionId };
			const { items } = await addMany(sandbox.apiUrl, ofPhones(list), phoneNumbers(3), options);
			return [items[0].json.added, items[0].json.duplicate];
		};
		expect([await run('1'), await run('2')]).toEqual([
			[3, 0],
			[0, 3],
		]);
	});

	it('gives one item for each list, and fails only what has none', async () => {
		const lists = [await newList('names'), await newList('names')];
		const { items } = await addMany(
			sandbox.apiUrl,
			{
				listType: 'name',
				listId: { __rl: true, mode: 'id', value: '={{ $json.list }}' },
				nameFirst: '={{ $json.first }}',
				nameLast: 'Doe, Jr. "JD"',
				options: { importFrom: 2 },
			},
			[
				...[
					{ list: lists[0], first: 'Jane' },
					{ list: lists[1], first: 'June' },
				],
				...[
					{ list: '', first: 'Nobody' },
					{ list: lists[0], first: 'John\nJack' },
				],
			],
			{ onError: 'continueRegularOutput' },
		);
		expect(items.map(({ json }) => [json.listId, json.method, json.given, json.added])).toEqual([
			[lists[0], 'import', 2, 2],
			[lists[1], 'oneByOne', 1, 1],
			[undefined, undefined, undefined, undefined],
		]);
		expect(items[2].json.error).toBe("'List' is empty");
		expect(await valuesOn(lists[0])).toMatchObject([
			{ 'name-first': 'Jane', 'name-last': 'Doe, Jr. "JD"' },
			{ 'name-first': 'John\nJack' },
		]);
	});

	it('imports every type that Persona has an importer for, and no other', async () => {
		const kinds: Array<[string, string, INodeParameters, string]> = [
			['emailAddress', 'email-addresses', { value: 'a@example.com' }, 'import'],
			[
				...(['geolocation', 'geolocations'] as const),
				{ latitude: -0.5, longitude: 1e-7, radiusMeters: 10 },
				'import',
			],
			['governmentIdNumber', 'government-id-numbers', { idNumber: 'A1', idClass: 'pp' }, 'import'],
			['ipAddress', 'ip-addresses', { value: '2001:db8::/32' }, 'import'],
			['name', 'names', { nameFirst: 'Jane', nameLast: 'Doe' }, 'import'],
			['phoneNumber', 'phone-numbers', { value: '+14155551234' }, 'import'],
			['string', 'strings', { value: 'abc123' }, 'oneByOne'],
			['country', 'countries', { countryCode: 'DE' }, 'oneByOne'],
		];
		const outcomes = kinds.map(async ([listType, path, values]) => {
			const list = await newList(path);
			const parameters = {
				listType,
				listId: byId(list),
				...values,
				options: { importFrom: 1 },
			};
			const { items, error } = await addMany(sandbox.apiUrl, parameters, [{}]);
			expect([listType, error]).toEqual([listType, undefined]);
			return [listType, items[0].json.method, items[0].json.added];
		});
		expect(await Promise.all(outcomes)).toEqual(kinds.map(([kind, , , way]) => [kind, way, 1]));
	});

	it('keeps values apart that share an idempotency key of the user', async () => {
		const list = await newList('phone-numbers');
		const options = { idempotencyKey: 'order-1234' };
		const run = async (executionId: string) =>
			(
				await addMany(sandbox.apiUrl, ofPhones(list, options), phoneNumbers(3), { executionId })
			).items.map(({ json }) => json.added);
		expect([await run('1'), await run('2')]).toEqual([[3], [3]]);
		expect(await valuesOn(list)).toHaveLength(3);
	});

	it.each<[INodeParameters, string]>([
		[{ listType: '__proto__' }, "'List Type' has an unknown value"],
		[{ listId: byId('lst_1/archive') }, "'List' is not an ID"],
		[{ options: { importFrom: 0 } }, "'Import From (Values)' is out of range"],
		[
			{ options: { importFrom: 1, waitAtMost: 'soon' } },
			"'Wait at Most (Seconds)' must be a number",
		],
	])('refuses %j before it asks Persona', async (parameters, message) => {
		const panel = { ...ofPhones('lst_1'), ...parameters };
		const { error } = await addMany(sandbox.apiUrl, panel, phoneNumbers(1));
		expect([error?.message, asked()]).toEqual([message, []]);
	});

	it('refuses a value whose idempotency key is no text, and no other', async () => {
		const list = await newList('phone-numbers');
		const values = [
			{ value: '+14155551000', key: { a: 1 } },
			{ value: '+14155551001', key: 'a' },
		];
		const panel = ofPhones(list, { idempotencyKey: '={{ $json.key }}' });
		const { items } = await addMany(sandbox.apiUrl, panel, values);
		expect(items[0].json).toMatchObject({ added: 1, refused: 1, problems: [{ item: 0 }] });
	});

	it('gives what Persona answered with where it is not simplified', async () => {
		const list = await newList('phone-numbers');
		const parameters = { ...ofPhones(list), simplify: false };
		const { items } = await addMany(sandbox.apiUrl, parameters, phoneNumbers(2));
		expect(items[0].json.objects).toMatchObject([
			{ type: 'list-item/phone-number', attributes: { value: '+14155551000' } },
			{ type: 'list-item/phone-number', attributes: { value: '+14155551001' } },
		]);
	});

	it('fails all items of a list together when the key may not write', async () => {
		const list = await newList('phone-numbers');
		sandbox.control.addFault({ path: '/list-item/phone-numbers', kind: 'status', status: 403 });
		const { items } = await addMany(
			sandbox.apiUrl,
			ofPhones(list, { itemsAtATime: 1 }),
			phoneNumbers(3),
			{ onError: 'continueRegularOutput' },
		);
		expect(items.map(({ json }) => json.error)).toEqual(
			Array.from({ length: 3 }, () => 'This API key is not allowed to do that'),
		);
		expect(items[0].json.details).toContain('0 of 3 values were added before');
		expect(asked()).toHaveLength(1);
	});
});

describe('An import that takes its time', () => {
	let server: RequestRecorder;
	let statuses: string[];

	beforeAll(async () => {
		server = await startRequestRecorder(() => ({
			body: {
				data: {
					type: 'importer/list-item/ip-address',
					id: 'mprt_1',
					attributes: {
						status: statuses.length > 1 ? statuses.shift() : statuses[0],
						'successful-count': 1,
						'duplicate-count': 0,
						'error-count': 1,
					},
				},
			},
		}));
	});
	beforeEach(() => {
		server.requests.length = 0;
	});
	afterAll(async () => await server.stop());

	const run = async (waitAtMost: number, items: IDataObject[] = [{ value: '203.0.113.0/24' }]) =>
		await addMany(
			server.baseUrl,
			{
				listType: 'ipAddress',
				listId: byId('lst_1'),
				value: '={{ $json.value }}',
				options: { importFrom: 1, waitAtMost },
			},
			items,
		);

	it('is sent as a CSV file in the columns that Persona knows', async () => {
		statuses = ['ready'];
		await run(5, [{ value: '203.0.113.0/24' }, { value: 'a,"b"\n' }]);
		const [{ path, body }] = server.requests;
		const { attributes } = (body as { data: { attributes: { file: { data: string } } } }).data;
		expect(path).toBe('/importer/list-item/ip-addresses');
		expect(attributes).toMatchObject({ 'list-id': 'lst_1', file: { filename: 'list-items.csv' } });
		const bytes = Buffer.from(attributes.file.data, 'base64');
		expect(bytes.toString()).toBe('value\r\n203.0.113.0/24\r\n"a,""b""\n"\r\n');
		expect(parseCsv(bytes).records).toEqual([{ value: '203.0.113.0/24' }, { value: 'a,"b"' }]);
	});

	it('is asked about until it is done', async () => {
		statuses = ['pending', 'pending', 'ready'];
		const { items, error } = await run(5);
		expect(error).toBeUndefined();
		expect(items[0].json).toMatchObject({ importerId: 'mprt_1', added: 1, refused: 1 });
		const requests = server.requests.map(({ method, path }) => `${method} ${path}`);
		expect(requests.slice(1)).toEqual(['GET /importers/mprt_1', 'GET /importers/mprt_1']);
	});

	it('fails with its ID when it is not done in time', async () => {
		statuses = ['pending'];
		const { error } = await run(1);
		expect(error?.message).toBe("Import mprt_1 is still 'pending' after 1 seconds");
	});

	it('fails with its counts when it ends with an error', async () => {
		statuses = ['errored'];
		const { error } = await run(5);
		expect(error?.message).toBe('Import mprt_1 ended with an error');
		expect(error?.description).toContain('Of 1 values 1 were added');
	});

	it('is waited for no longer when the user stops the execution', async () => {
		statuses = ['pending'];
		const startedAt = Date.now();
		const stop = new AbortController();
		setTimeout(() => stop.abort(), 300);
		await addMany(
			server.baseUrl,
			{
				listType: 'ipAddress',
				listId: byId('lst_1'),
				value: '203.0.113.42',
				options: { importFrom: 1 },
			},
			[{}],
			{ signal: stop.signal },
		);
		await new Promise((resolve) => setTimeout(resolve, 900));
		expect(Date.now() - startedAt).toBeLessThan(5000);
		expect(server.requests).toHaveLength(1);
	});
});
