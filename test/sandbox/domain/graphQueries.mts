import {
	type JsonObject,
	type Sandbox,
	fixtures,
	startSandbox,
} from '../../../sandbox/sandbox.mts';
import { listEventNames, send, waitUntil } from '../../support/apiClient.mts';

describe('graph queries of the sandbox', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox({ reportSeconds: 0.05 });
	});
	afterAll(() => sandbox.close());
	beforeEach(() => sandbox.control.reset());

	const createGraphQuery = (attributes: JsonObject, meta: JsonObject = {}) =>
		send(sandbox, 'POST', '/graph-queries', {
			data: {
				attributes: { 'graph-query-template-id': fixtures.graphQueryTemplate, ...attributes },
			},
			meta,
		});

	const createAccount = async (email: string) =>
		(
			await send(sandbox, 'POST', '/accounts', {
				data: { attributes: { 'email-address': email } },
			})
		).data.id;

	it('find the accounts that share a value, at once when they run synchronously', async () => {
		const [first, second] = [
			await createAccount('a@example.com'),
			await createAccount('a@example.com'),
		];
		await createAccount('b@example.com');
		const parameters = { email_address: 'a@example.com' };
		const { data, status } = await createGraphQuery(
			{ 'parameter-map': parameters },
			{ 'run-sync': true },
		);
		expect(status).toBe(201);
		expect(data.attributes).toMatchObject({ status: 'completed', params: parameters });
		expect(data.relationships?.accounts.data).toMatchObject([{ id: first }, { id: second }]);
		expect(data.attributes.nodes).toContainEqual({ type: 'account', value: first });
		const read = await send(sandbox, 'GET', `/graph-queries/${data.id}?include=accounts`);
		expect(read.included.map(({ id }) => id)).toEqual([first, second]);
	});

	it('complete later when they run asynchronously', async () => {
		const { data } = await createGraphQuery({
			'parameter-map': { account_id: await createAccount('a@b.co') },
		});
		expect(data.attributes).toMatchObject({ status: 'submitted', nodes: [] });
		await waitUntil(() => listEventNames(sandbox).includes('graph-query.completed'));
		const read = await send(sandbox, 'GET', `/graph-queries/${data.id}`);
		expect(read.data.relationships?.accounts.data).toHaveLength(1);
	});

	it('end as errored for the test persona Error', async () => {
		const parameters = { 'name-last': 'Error' };
		const { data } = await createGraphQuery({ 'parameter-map': parameters }, { 'run-sync': true });
		expect(data.attributes).toMatchObject({ status: 'errored', 'completed-at': null });
	});

	it.each<[JsonObject, number]>([
		[{}, 422],
		[{ 'parameter-map': {}, 'timeout-in-seconds': 60 }, 422],
		[{ 'parameter-map': {}, 'timeout-in-seconds': 0 }, 422],
		[{ 'parameter-map': {}, 'graph-query-template-id': 'grphqt_404' }, 404],
	])('reject %j', async (attributes, status) => {
		expect((await createGraphQuery(attributes)).status).toBe(status);
	});
});
