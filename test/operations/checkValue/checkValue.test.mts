import type { INodeParameters } from 'n8n-workflow';
import { startSandbox, type JsonObject, type Sandbox } from '../../../sandbox/sandbox.mts';
import { send, waitUntil } from '../../support/apiClient.mts';
import { runNode } from '../../support/runNode.mts';
import { startRequestRecorder } from '../../../tools/services/requestRecorder.mts';

describe('Check Value', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox({ reportSeconds: 0 });
	});
	beforeEach(() => sandbox.control.reset());
	afterAll(async () => await sandbox.close());

	/** Creates a list with these items, waits until they are active, and returns all IDs. */
	async function createList(path: string, items: JsonObject[], listAttributes: JsonObject = {}) {
		const body = { data: { attributes: { name: 'Blocked', ...listAttributes } } };
		const listId = (await send(sandbox, 'POST', `/list/${path}`, body)).data.id;
		const itemIds: string[] = [];
		for (const values of items) {
			const attributes = { 'list-id': listId, ...values };
			const { data } = await send(sandbox, 'POST', `/list-item/${path}`, { data: { attributes } });
			itemIds.push(data.id);
		}
		await waitUntil(() => itemIds.every((id) => getAttributes(id).status === 'active'));
		return { listId, itemIds };
	}

	const getAttributes = (id: string) => sandbox.control.find(id)?.attributes as JsonObject;

	const checkValues = async (
		listId: string,
		values: unknown[],
		parameters: INodeParameters = {},
		baseUrl = sandbox.apiUrl,
	) => {
		const { items, error } = await runNode({
			credentials: { baseUrl, apiKey: 'persona_sandbox_demo' },
			parameters: {
				resource: 'listItem',
				operation: 'checkValue',
				listId: { __rl: true, mode: 'id', value: listId },
				value: '={{ $json.value }}',
				...parameters,
			},
			items: values.map((value) => ({ value })) as never,
		});
		return { json: items.map(({ json }) => json), error };
	};

	it('finds a value on the list and returns the item that matches', async () => {
		const { listId, itemIds } = await createList('ip-addresses', [
			{ value: '203.0.113.0/24' },
			{ value: '2001:db8::/32' },
			{ value: '192.0.2.1' },
		]);
		const { json } = await checkValues(listId, ['203.0.113.42', '198.51.100.1']);
		const listFacts = {
			...{ listId, listName: 'Blocked', listType: 'ipAddress' },
			...{ checked: 3, pending: 0, unreadable: 0, missing: 0, note: null },
			possible: [],
		};
		expect(json).toEqual([
			{
				...listFacts,
				onList: true,
				value: '203.0.113.42',
				matches: [expect.objectContaining({ id: itemIds[0], status: 'active' })] as unknown,
				basis: 'Compared with 3 active items: 1 of them the same',
			},
			{
				...{ ...listFacts, onList: false, value: '198.51.100.1', matches: [] },
				basis: 'Compared with 3 active items: none of them the same',
			},
		]);
	});

	it('fetches a list once, however many items are compared with it', async () => {
		const { listId } = await createList('strings', [{ value: 'abc123' }]);
		sandbox.control.requests.length = 0;
		const values = Array.from({ length: 200 }, (_, index) => `abc${index}`);
		const { json } = await checkValues(listId, values);
		expect(json.filter(({ onList }) => onList).map(({ value }) => value)).toEqual(['abc123']);
		expect(sandbox.control.requests).toHaveLength(1);
	});

	it('counts pending items separately, and archived ones not at all', async () => {
		const { listId, itemIds } = await createList('strings', [{ value: 'abc1' }, { value: 'abc2' }]);
		await send(sandbox, 'DELETE', `/list-item/strings/${itemIds[0]}`);
		getAttributes(itemIds[1]).status = 'pending';
		const { json } = await checkValues(listId, ['abc1', 'abc2']);
		expect(json.map(({ onList, pending, checked }) => [onList, pending, checked])).toEqual([
			[false, 0, 0],
			[false, 1, 0],
		]);
	});

	it('notes that nothing matches an archived list', async () => {
		const { listId } = await createList('strings', [{ value: 'abc123' }]);
		await send(sandbox, 'DELETE', `/lists/${listId}`);
		const { json } = await checkValues(listId, ['abc123']);
		const note = 'The list is archived, so nothing matches it';
		expect(json).toMatchObject([{ onList: false, checked: 0, note }]);
	});

	it('notes that only Persona itself compares similar first names', async () => {
		const jane = { 'name-first': 'Jané', 'name-last': 'Doe' };
		const { listId } = await createList('names', [jane], { 'allow-fuzzy-name-first': true });
		const { json } = await checkValues(listId, ['jane DOE', 'Jan Doe']);
		expect(json.map(({ onList }) => onList)).toEqual([true, false]);
		expect(json[1].note).toContain('also matches similar first names');
	});

	it('accepts a country code for phone numbers and a class for IDs', async () => {
		const phones = await createList('phone-numbers', [{ value: '+4915123456789' }]);
		const countryCode = { options: { countryCode: '49' } };
		const [undecided] = (await checkValues(phones.listId, ['0151 23456789'])).json;
		expect(undecided.onList).toBeNull();
		expect(undecided.note).toContain("fill in 'Country Code of Phone Number'");
		const wrong = await checkValues(phones.listId, ['0151'], { options: { countryCode: 'DE' } });
		expect(wrong.error?.message).toBe("'Country Code of Phone Number' is not a country code");
		expect((await checkValues(phones.listId, ['0151 23456789'], countryCode)).json[0].onList).toBe(
			true,
		);
		const governmentIds = await createList('government-id-numbers', [
			{ 'id-number': 'A1', 'id-class': 'pp' },
		]);
		expect((await checkValues(governmentIds.listId, ['a-1'])).json[0].onList).toBe(true);
		const license = { options: { idClass: 'dl' } };
		expect((await checkValues(governmentIds.listId, ['a-1'], license)).json[0].onList).toBe(false);
	});

	it.each<[path: string, items: JsonObject[], value: string, note: string]>([
		[
			'names',
			[
				{ 'name-first': 'An', 'name-last': 'Nguyễn Văn' },
				{ 'name-first': 'Jane', 'name-last': 'Doe' },
			],
			'Nguyễn Văn An',
			'1 name may be the same: the order of the words is another, a word is missing, or one is an initial',
		],
		[
			'ip-addresses',
			[{ value: '203.0.113.42' }, { value: '192.0.2.1' }],
			'203.0.113.0/24',
			'The range contains 1 listed address or range, so a part of it is on the list',
		],
		[
			'email-addresses',
			[
				{ value: 'jane@example.com', 'match-type': 'email_address' },
				{ value: 'jane@example.org', 'match-type': 'email_address' },
			],
			'example.com',
			'1 address of this domain, but not the domain itself, is on the list',
		],
	])('does not say that a value is absent that may be on the list: %s', async (...row) => {
		const [path, values, value, note] = row;
		const { listId, itemIds } = await createList(path, values);
		const { json } = await checkValues(listId, [value]);
		expect(json).toMatchObject([
			{
				...{ onList: null, note, matches: [] },
				possible: [{ id: itemIds[0] }],
				basis: 'Compared with 2 active items: none of them the same, 1 perhaps',
			},
		]);
	});

	it('returns matching items as Persona sent them as raw output', async () => {
		const { listId, itemIds } = await createList('strings', [{ value: 'abc123' }]);
		const { json } = await checkValues(listId, ['abc123'], { output: 'raw' });
		expect(json[0].matches).toMatchObject([{ id: itemIds[0], attributes: { value: 'abc123' } }]);
	});

	it.each([
		['', "'Value' is empty"],
		[null, "'Value' is empty"],
		[{ a: 1 }, "'Value' must be text"],
		['localhost', "'Value' does not fit the type of the list"],
	])('rejects the value %j for a list of IP addresses', async (value, message) => {
		const { listId } = await createList('ip-addresses', [{ value: '203.0.113.42' }]);
		const { error } = await checkValues(listId, [value]);
		expect(error?.message).toBe(message);
	});

	it('does not compare what a spreadsheet has made of a number, here or on the list', async () => {
		const { listId, itemIds } = await createList('government-id-numbers', [
			{ 'id-number': '1234567890', 'id-class': 'pp' },
		]);
		for (const value of ['123456789.0', '1.23457E+11']) {
			const { error } = await checkValues(listId, [value]);
			expect(error?.message).toBe("'Value' does not fit the type of the list");
			expect(error?.description).toContain('digits may be missing');
		}
		getAttributes(itemIds[0])['id-number'] = '123456789.0';
		const { json } = await checkValues(listId, ['1234567890']);
		expect(json).toMatchObject([{ onList: null, note: '1 item could not be read' }]);
	});

	it('counts an item that it cannot read, never as checked, and then knows of no other value', async () => {
		const { listId, itemIds } = await createList('ip-addresses', [
			{ value: '203.0.113.42' },
			{ value: '192.0.2.1' },
		]);
		getAttributes(itemIds[1]).value = '192.0.2.1-192.0.2.9';
		const { json } = await checkValues(listId, ['203.0.113.42', '198.51.100.1']);
		const facts = { checked: 1, unreadable: 1, note: '1 item could not be read' };
		expect(json).toMatchObject([
			{ onList: true, ...facts },
			{ onList: null, ...facts },
		]);
	});

	it('knows that nothing is on an empty list', async () => {
		const { listId } = await createList('strings', []);
		const { json } = await checkValues(listId, ['abc']);
		expect(json).toMatchObject([{ onList: false, basis: 'The list has no active items' }]);
	});

	const references = ['lin_1', 'lin_2'].map((id) => ({ type: 'list-item/string', id }));
	const included = references.map((reference, index) => ({
		...reference,
		attributes: { status: 'active', value: `abc${index + 1}` },
	}));

	it.each<[string, JsonObject, number | null]>([
		['without saying which items it has', {}, null],
		['without any of its items', { relationships: { 'list-items': { data: references } } }, 2],
		['with an empty relationship', { relationships: { 'list-items': {} } }, null],
		['with a relationship of null', { relationships: { 'list-items': null } }, null],
		[
			'with one of its two items',
			{
				relationships: { 'list-items': { data: references } },
				included: included.slice(0, 1),
			},
			1,
		],
		[
			'with the first page of its items',
			{
				relationships: {
					'list-items': { data: references.slice(0, 1), links: { next: '/lists?page=2' } },
				},
				included: included.slice(0, 1),
			},
			null,
		],
	])(
		'does not know what is on a list that comes %s',
		async (_, { relationships, ...others }, missing) => {
			const server = await startRequestRecorder(() => ({
				body: { data: { type: 'list/string', id: 'lst_1', relationships }, ...others },
			}));
			const { json, error } = await checkValues('lst_1', ['abc1', 'abc9'], {}, server.baseUrl);
			await server.stop();
			expect(error).toBeUndefined();
			const isReturned = 'included' in others;
			expect(json).toMatchObject([
				{ onList: isReturned ? true : null, missing, checked: isReturned ? 1 : 0 },
				{ onList: null, missing, matches: [] },
			]);
			expect(json[1].note).toMatch(/^Persona returned (the list without|only part of)/);
		},
	);
});
