import { fixtures, type Sandbox, startSandbox } from '../../../sandbox/sandbox.mts';
import { listEventNames, send, waitUntil } from '../../support/apiClient.mts';

describe('batch jobs of the sandbox', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox({ reportSeconds: 0.05 });
	});
	afterAll(() => sandbox.close());
	beforeEach(() => sandbox.control.reset());

	const createJob = async (attributes: object) =>
		await send(sandbox, 'POST', '/batch-jobs', { data: { attributes } });

	it('write their rows in the background and emit events', async () => {
		const { status, data } = await createJob({
			...{ operation: 'upsert', object: 'account', 'lookup-field': 'reference_id' },
			'account-type-id': fixtures.accountType,
			rows: [{ reference_id: 'user-1', name_first: 'Jane' }],
		});
		expect([status, data.attributes.status]).toEqual([202, 'pending']);
		await waitUntil(() => sandbox.control.find(data.id)?.attributes.status === 'completed');
		expect(listEventNames(sandbox)).toEqual(
			expect.arrayContaining(['batch-job.started', 'account.created', 'batch-job.completed']),
		);
	});

	it.each([
		['upsert', 'inquiry', 'token'],
		['upsert', 'account', 'token'],
		['update', 'inquiry', 'reference_id'],
		['upsert', 'account', 'reference_id'],
		['delete', 'account', 'token'],
	])('refuse to %s an %s by %s without a type, as nothing of it is offered', async (...job) => {
		const [operation, object, lookup] = job;
		const rows = [{ [lookup]: 'user-1' }];
		const reply = await createJob({ operation, object, 'lookup-field': lookup, rows });
		expect(reply.status).toBe(422);
	});

	it('read errors by the number of a row, in one direction at a time', async () => {
		const rows = [1, 2, 3].map((number) => ({ reference_id: `nobody-${number}` }));
		const { data } = await createJob({
			...{ operation: 'update', object: 'account', 'lookup-field': 'reference_id', rows },
		});
		await waitUntil(() => sandbox.control.find(data.id)?.attributes.status === 'completed');
		const read = async (page: string) =>
			await send(sandbox, 'GET', `/batch-jobs/${data.id}/errors?${page}`);
		const { list, links } = await read('page[after]=1&page[size]=1');
		expect(list.map(({ attributes }) => attributes['row-number'])).toEqual([2]);
		expect([links.prev, links.next].map((link) => link && decodeURIComponent(link))).toEqual([
			expect.stringContaining('page[before]=2'),
			expect.stringContaining('page[after]=2'),
		]);
		expect((await read('page[after]=1&page[before]=3')).status).toBe(400);
		expect((await read('page[size]=101')).status).toBe(400);
	});
});
