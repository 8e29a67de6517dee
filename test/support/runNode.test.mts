import { runNode } from './runNode.mts';
import {
	startRequestRecorder,
	type RequestRecorder,
} from '../../tools/services/requestRecorder.mts';

const addTag = {
	resource: 'inquiry',
	operation: 'changeTags',
	tagChange: 'add',
	inquiryId: { __rl: true, mode: 'id', value: '={{ $json.id }}' },
	tagName: '={{ "Seen by " + $json.by }}',
};

describe('runNode', () => {
	let server: RequestRecorder;

	beforeEach(async () => {
		server = await startRequestRecorder(({ path }) => {
			const id = path.split('/')[2];
			if (id === 'inq_404') return { status: 404, body: { errors: [{ title: 'Not found' }] } };
			return { body: { data: { type: 'inquiry', id, attributes: { status: 'approved' } } } };
		});
	});

	afterEach(async () => await server.stop());

	it('evaluates expressions for each item and pairs the output with its input', async () => {
		const { items, error } = await runNode({
			parameters: addTag,
			items: [
				{ id: 'inq_1', by: 'Ann' },
				{ id: 'inq_2', by: 'Bob' },
			],
			credentials: { baseUrl: server.baseUrl },
		});
		expect(error).toBeUndefined();
		expect(items).toEqual([
			{ json: { id: 'inq_1', type: 'inquiry', status: 'approved' }, pairedItem: { item: 0 } },
			{ json: { id: 'inq_2', type: 'inquiry', status: 'approved' }, pairedItem: { item: 1 } },
		]);
		expect(server.requests.map(({ body }) => body)).toEqual(
			expect.arrayContaining([
				{ meta: { 'tag-name': 'Seen by Ann' } },
				{ meta: { 'tag-name': 'Seen by Bob' } },
			]),
		);
	});

	it('reports a failure of the node as an error of n8n', async () => {
		const { items, error } = await runNode({
			parameters: addTag,
			items: [{ id: 'inq_404', by: 'Ann' }],
			credentials: { baseUrl: server.baseUrl },
		});
		expect(items).toEqual([]);
		expect(error).toMatchObject({ name: 'NodeApiError', httpCode: '404' });
	});

	it('separates failed items where the node continues on an error output', async () => {
		const { outputs } = await runNode({
			parameters: addTag,
			items: [
				{ id: 'inq_404', by: 'Ann' },
				{ id: 'inq_2', by: 'Bob' },
			],
			credentials: { baseUrl: server.baseUrl },
			onError: 'continueErrorOutput',
		});
		expect(outputs.map((output) => output.length)).toEqual([1, 1]);
	});

	it('gives another run of the same execution another idempotency key', async () => {
		const items = [{ id: 'inq_1', by: 'Ann' }];
		const credentials = { baseUrl: server.baseUrl };
		for (const runIndex of [0, 0, 1]) {
			await runNode({ parameters: addTag, items, credentials, executionId: '7', runIndex });
		}
		const [first, second, third] = server.requests.map(({ headers }) => headers['idempotency-key']);
		expect(second).toBe(first);
		expect(third).not.toBe(first);
	});
});
