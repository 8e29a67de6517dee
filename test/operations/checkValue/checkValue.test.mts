import type { INodeParameters } from 'n8n-workflow';
import { startSandbox, type JsonObject, type Sandbox } from '../../../sandbox/sandbox.mts';
import { send, waitUntil } from '../../support/apiClient.mts';
import { runNode } from '../../support/runNode.mts';
import { startRequestRecorder } from '../../support/requestRecorder.mts';

describe('Checking a value', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox({ reportSeconds: 0 });
	});
	beforeEach(() => sandbox.control.reset());
	afterAll(async () => await sandbox.close());

	/** A new list with these items, all of them active; its ID and theirs. */
	async function newList(path: string, items: JsonObject[], more: JsonObject = {}) {
		const body = { data: { attributes: { name: 'Blocked', ...more } } };
		const list = (await send(sandbox, 'POST', `/list/${path}`, body)).data.id;
		const ids: string[] = [];
		for (const values of items) {
			const attributes = { 'list-id': list, ...values };
			const { data } = await send(sandbox, 'POST', `/list-item/${path}`, { data: { attributes } });
			ids.push(data.id);
		}
		await waitUntil(() => ids.every((id) => itemOf(id).status === 'active'));
		return { list, ids };
	}

	const itemOf = (id: string) => sandbox.control.find(id)?.attributes as JsonObject;

	const check = async (
		list: string,
		values: unknown[],
		parameters: INodeParameters = {},
		baseUrl = sandbox.apiUrl,
	) => {
		const { items, error } = await runNode({
			credentials: { baseUrl, apiKey: 'persona_sandbox_demo' },
			parameters: {
				resource: 'listItem',
				operation: 'checkValue',
				listId: { __rl: true, mode: 'id', value: list },
				value: '={{ $json.value }}',
				...parameters,
			},
			items: values.map((value) => ({ value })) as never,
		});
		return { json: items.map(({ json }) => json), error };
	};

	it('finds what is on the list and tells what matched', async () => {
		const { list, ids } = await newList('ip-addresses', [
			{ value: '203.0.113.0/24' },
			{ value: '2001:db8::/32' },
			{ value: '192.0.2.1' },
		]);
		const { json } = await check(list, ['203.0.113.42', '198.51.100.1']);
		const known = { listId: list, listName: 'Blocked', listType: 'ipAddress', checked: 3 };
		expect(json).toEqual([
			{
				...known,
				onList: true,
				value: '203.0.113.42',
				matches: [
					expect.objectContaining({ id: ids[0], status: 'active', value: '203.0.113.0/24' }),
				] as unknown,
				pending: 0,
				note: null,
			},
			{ ...known, onList: false, value: '198.51.100.1', matches: [], pending: 0, note: null },
		]);
	});

	it('reads a list once, however many items ask about it', async () => {
		const { list } = await newList('strings', [{ value: 'abc123' }]);
		sandbox.control.requests.length = 0;
		const values = Array.from({ length: 200 }, (_, index) => `abc${index}`);
		const { json } = await check(list, values);
		expect(json.filter(({ onList }) => onList).map(({ value }) => value)).toEqual(['abc123']);
		expect(sandbox.control.requests).toHaveLength(1);
	});

	it('counts no archived items, and pending ones apart', async () => {
		const { list, ids } = await newList('strings', [{ value: 'abc1' }, { value: 'abc2' }]);
		await send(sandbox, 'DELETE', `/list-item/strings/${ids[0]}`);
		itemOf(ids[1]).status = 'pending';
		const { json } = await check(list, ['abc1', 'abc2']);
		expect(json.map(({ onList, pending, checked }) => [onList, pending, checked])).toEqual([
			[false, 0, 0],
			[false, 1, 0],
		]);
	});

	it('says of an archived list that nothing matches it', async () => {
		const { list } = await newList('strings', [{ value: 'abc123' }]);
		await send(sandbox, 'DELETE', `/lists/${list}`);
		const { json } = await check(list, ['abc123']);
		const note = 'The list is archived, so nothing matches it';
		expect(json).toMatchObject([{ onList: false, checked: 0, note }]);
	});

	it('says of a list with fuzzy first names that only Persona compares those', async () => {
		const jane = { 'name-first': 'Jané', 'name-last': 'Doe' };
		const { list } = await newList('names', [jane], { 'allow-fuzzy-name-first': true });
		const { json } = await check(list, ['jane DOE', 'Jan Doe']);
		expect(json.map(({ onList }) => onList)).toEqual([true, false]);
		expect(json[1].note).toContain('also matches similar first names');
	});

	it('takes a country code for phone numbers and the class of an ID', async () => {
		const phones = await newList('phone-numbers', [{ value: '+4915123456789' }]);
		const countryCode = { options: { countryCode: '49' } };
		expect((await check(phones.list, ['0151 23456789'])).json[0].onList).toBe(false);
		expect((await check(phones.list, ['0151 23456789'], countryCode)).json[0].onList).toBe(true);
		const ids = await newList('government-id-numbers', [{ 'id-number': 'A1', 'id-class': 'pp' }]);
		expect((await check(ids.list, ['a-1'])).json[0].onList).toBe(true);
		const license = { options: { idClass: 'dl' } };
		expect((await check(ids.list, ['a-1'], license)).json[0].onList).toBe(false);
	});

	it('gives the items as Persona sent them where they are not simplified', async () => {
		const { list, ids } = await newList('strings', [{ value: 'abc123' }]);
		const { json } = await check(list, ['abc123'], { simplify: false });
		expect(json[0].matches).toMatchObject([{ id: ids[0], attributes: { value: 'abc123' } }]);
	});

	it.each([
		['', "'Value' is empty"],
		[{ a: 1 }, "'Value' must be text"],
		['localhost', "'Value' does not fit the type of the list"],
	])('refuses %j on a list of IP addresses', async (value, message) => {
		const { list } = await newList('ip-addresses', [{ value: '203.0.113.42' }]);
		const { error } = await check(list, [value]);
		expect(error?.message).toBe(message);
	});

	it('fails where Persona gave only a part of the items, unless one of those matches', async () => {
		const refs = ['lin_1', 'lin_2'].map((id) => ({ type: 'list-item/string', id }));
		const attributes = { status: 'active', value: 'abc1' };
		const server = await startRequestRecorder(() => ({
			body: {
				data: { type: 'list/string', id: 'lst_1', relationships: { 'list-items': { data: refs } } },
				included: [{ ...refs[0], attributes }],
			},
		}));
		const match = await check('lst_1', ['abc1'], {}, server.baseUrl);
		const miss = await check('lst_1', ['abc2'], {}, server.baseUrl);
		await server.stop();
		expect(match.json[0].onList).toBe(true);
		expect(miss.error?.message).toBe('Persona returned only part of the list: 1 items are missing');
	});
});
