import type { INodeParameters } from 'n8n-workflow';
import { startSandbox, type JsonObject, type Sandbox } from '../../../sandbox/sandbox.mts';
import { send, waitUntil } from '../../support/apiClient.mts';
import { runNode } from '../../support/runNode.mts';
import { startRequestRecorder } from '../../support/requestRecorder.mts';

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
		const listFacts = { listId, listName: 'Blocked', listType: 'ipAddress', checked: 3 };
		expect(json).toEqual([
			{
				...listFacts,
				onList: true,
				value: '203.0.113.42',
				matches: [
					expect.objectContaining({ id: itemIds[0], status: 'active', value: '203.0.113.0/24' }),
				] as unknown,
				pending: 0,
				note: null,
			},
			{ ...listFacts, onList: false, value: '198.51.100.1', matches: [], pending: 0, note: null },
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
		expect((await checkValues(phones.listId, ['0151 23456789'])).json[0].onList).toBe(false);
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

	it('returns matching items as Persona sent them without Simplify', async () => {
		const { listId, itemIds } = await createList('strings', [{ value: 'abc123' }]);
		const { json } = await checkValues(listId, ['abc123'], { simplify: false });
		expect(json[0].matches).toMatchObject([{ id: itemIds[0], attributes: { value: 'abc123' } }]);
	});

	it.each([
		['', "'Value' is empty"],
		[{ a: 1 }, "'Value' must be text"],
		['localhost', "'Value' does not fit the type of the list"],
	])('rejects the value %j for a list of IP addresses', async (value, message) => {
		const { listId } = await createList('ip-addresses', [{ value: '203.0.113.42' }]);
		const { error } = await checkValues(listId, [value]);
		expect(error?.message).toBe(message);
	});

	it('fails where Persona returned only part of the list, unless one of its items matches', async () => {
		const references = ['lin_1', 'lin_2'].map((id) => ({ type: 'list-item/string', id }));
		const attributes = { status: 'active', value: 'abc1' };
		const server = await startRequestRecorder(() => ({
			body: {
				data: {
					type: 'list/string',
					id: 'lst_1',
					relationships: { 'list-items': { data: references } },
				},
				included: [{ ...references[0], attributes }],
			},
		}));
		const matching = await checkValues('lst_1', ['abc1'], {}, server.baseUrl);
		const other = await checkValues('lst_1', ['abc2'], {}, server.baseUrl);
		await server.stop();
		expect(matching.json[0].onList).toBe(true);
		expect(other.error?.message).toBe(
			'Persona returned only part of the list: 1 items are missing',
		);
	});
});
