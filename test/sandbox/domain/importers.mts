import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.mts';
import { listEventNames, send, waitUntil } from '../../support/apiClient.mts';

const buildCounts = (successful: number, duplicate: number, error: number) => ({
	status: 'ready',
	'successful-count': successful,
	'duplicate-count': duplicate,
	'error-count': error,
});

describe('importers of the sandbox', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox({ reportSeconds: 0.05 });
	});
	afterAll(() => sandbox.close());
	beforeEach(() => sandbox.control.reset());

	/** Creates an importer and returns it once it has finished. */
	async function runImport(path: string, file: string | Buffer, listId?: string) {
		const data = Buffer.from(file).toString('base64');
		const { data: importer, status } = await send(sandbox, 'POST', `/importer/${path}`, {
			data: {
				attributes: { file: { data, filename: 'a.csv' }, ...(listId && { 'list-id': listId }) },
			},
		});
		expect([status, importer.attributes.status]).toEqual([201, 'pending']);
		await waitUntil(() => sandbox.control.find(importer.id)?.attributes.status !== 'pending');
		return (await send(sandbox, 'GET', `/importers/${importer.id}`)).data;
	}

	const createList = async (path: string) =>
		(await send(sandbox, 'POST', `/list/${path}`, { data: { attributes: { name: 'Blocked' } } }))
			.data.id;

	it('take the file as a part of a form, too, and no form elsewhere', async () => {
		const post = async (path: string) => {
			const form = new FormData();
			form.append('data[attributes][file]', new Blob(['reference_id\nuser-7\n']), 'a.csv');
			const headers = { authorization: 'Bearer persona_sandbox_demo' };
			return await fetch(`${sandbox.apiUrl}${path}`, { method: 'POST', headers, body: form });
		};
		expect((await post('/importer/accounts')).status).toBe(201);
		expect((await post('/accounts')).status).toBe(400);
		await waitUntil(() => listEventNames(sandbox).includes('account.created'));
	});

	it('create an account from every valid row and count the others', async () => {
		const { attributes, type } = await runImport(
			'accounts',
			[
				'reference_id,name_first,name_last,birthdate,tags',
				'user-1,Jane,"Doe, Jr.",1994-04-12,"vip, mobile"',
				'user-1,June,Doe,,',
				'user-2,John,Doe,yesterday,',
				',,,,',
				'',
			].join('\r\n'),
		);
		expect(type).toBe('importer/account');
		expect(attributes).toMatchObject(buildCounts(1, 1, 1));
		const { list } = await send(sandbox, 'GET', '/accounts?filter[reference-id]=user-1');
		expect(list).toHaveLength(1);
		expect(list[0].attributes).toMatchObject({
			tags: ['vip', 'mobile'],
			fields: {
				name: { value: { first: { value: 'Jane' }, last: { value: 'Doe, Jr.' } } },
				birthdate: { value: '1994-04-12' },
			},
		});
		expect(listEventNames(sandbox)).toContain('account.created');
	});

	it.each([
		['names', 'name_first,name_last\nJane,Doe\nJane,Doe\nJane,\n'],
		['email-addresses', 'match_type,value\ndomain,example.com\ndomain,example.com\ndomain,no\n'],
		['geolocations', 'latitude,longitude,radius_meters\n37.7,-122.4,10\n37.7,-122.4,10\n91,0,1\n'],
		['government-id-numbers', 'id_number,id_class\nA1,pp\nA1,pp\nA1,\n'],
		['ip-addresses', 'value\n203.0.113.42\n203.0.113.42\nlocalhost\n'],
		['phone-numbers', 'value\n+14155551234\n+14155551234\nnobody\n'],
	])('add the rows to a list: %s', async (path, file) => {
		const list = await createList(path);
		const { attributes, id } = await runImport(`list-item/${path}`, file, list);
		expect(attributes).toMatchObject(buildCounts(1, 1, 1));
		const { included } = await send(sandbox, 'GET', `/lists/${list}?include=list-items`);
		expect(included).toMatchObject([{ relationships: { creator: { data: { id } } } }]);
	});

	it.each([
		['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0xff])],
		['another table', 'value\nabc123\n'],
		['an open quote', 'name_first,name_last\n"Jane,Doe\n'],
		['a row with a gap', 'name_first,name_last\nJane\n'],
		['nothing but empty lines', '\n\n'],
	])('end as errored with %s', async (_, file) => {
		const { attributes } = await runImport('accounts', file);
		expect(attributes).toMatchObject({ status: 'errored', 'successful-count': 0 });
	});

	it('reject a list of another type and a file without content', async () => {
		const file = { data: Buffer.from('value\n').toString('base64'), filename: 'a.csv' };
		const postImport = (attributes: object) =>
			send(sandbox, 'POST', '/importer/list-item/phone-numbers', { data: { attributes } });
		const other = await createList('names');
		expect((await postImport({ file, 'list-id': other })).status).toBe(422);
		expect((await postImport({ file })).status).toBe(400);
		const list = await createList('phone-numbers');
		expect((await postImport({ file: { filename: 'a.csv' }, 'list-id': list })).status).toBe(422);
	});

	it('are listed newest first', async () => {
		const [first, second] = [
			await runImport('accounts', 'tags\n'),
			await runImport('accounts', 'a\n'),
		];
		const { list } = await send(sandbox, 'GET', '/importers');
		expect(list.map(({ id }) => id)).toEqual([second.id, first.id]);
	});
});
