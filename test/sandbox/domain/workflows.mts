import {
	type JsonObject,
	type Sandbox,
	fixtures,
	startSandbox,
} from '../../../sandbox/sandbox.mts';
import { listEventNames, send, waitUntil } from '../../support/apiClient.mts';

describe('workflows of the sandbox', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox({ reportSeconds: 0.05 });
	});
	afterAll(() => sandbox.close());
	beforeEach(() => sandbox.control.reset());

	const triggerRun = (fields: JsonObject, workflow = fixtures.workflow, on = sandbox) =>
		send(on, 'POST', `/workflows/${workflow}/trigger`, { data: { attributes: { fields } } });

	const getStatus = (id: string) => sandbox.control.find(id)?.attributes.status;

	it('are in progress at first and completed later', async () => {
		const { data, status } = await triggerRun({ account_id: 'act_1' });
		expect([status, data.attributes.status]).toEqual([200, 'in_progress']);
		await waitUntil(() => getStatus(data.id) === 'completed');
		const path = `/workflow-runs/${data.id}?include=workflow,workflow-version`;
		const read = await send(sandbox, 'GET', path);
		expect(read.data.attributes['completed-at']).toEqual(expect.any(String));
		expect(read.included.map(({ id }) => id)).toEqual([
			fixtures.workflow,
			fixtures.workflowVersion,
		]);
		expect(listEventNames(sandbox)).toContain('workflow-run.created');
	});

	it('end as errored for the test persona Error', async () => {
		const { data } = await triggerRun({ account_id: 'act_1', name_last: 'Error' });
		await waitUntil(() => getStatus(data.id) === 'errored');
		expect(listEventNames(sandbox)).toContain('workflow-run.errored');
	});

	it('are listed by status', async () => {
		const fetchIds = async (from: Sandbox, status: string) =>
			(await send(from, 'GET', `/workflow-runs?filter[status]=${status}`)).list.map(({ id }) => id);
		const { data } = await triggerRun({ account_id: 'act_1' });
		await waitUntil(() => getStatus(data.id) === 'completed');
		expect(await fetchIds(sandbox, 'completed')).toEqual([data.id]);
		expect(await fetchIds(sandbox, 'in_progress')).toEqual([]);

		const slow = await startSandbox({ reportSeconds: 3_600 });
		try {
			const running = await triggerRun({ account_id: 'act_1' }, fixtures.workflow, slow);
			expect(await fetchIds(slow, 'in_progress')).toEqual([running.data.id]);
			expect(await fetchIds(slow, 'completed')).toEqual([]);
		} finally {
			await slow.close();
		}
	});

	const stored = { filename: 'id.jpg', url: 'https://files.example.com/id.jpg', 'byte-size': 1 };

	it.each<[string, JsonObject]>([
		['document', { document: stored }],
		['undeclared/1/photo', { undeclared: [1, { photo: { filename: 'id.jpg', id: 'file_1' } }] }],
		['note', { note: 'https://files.example.com/id.jpg?access_token=abc' }],
	])('refuse a file that is stored already, wherever it is: %s', async (at, fields) => {
		const { status, errors } = await triggerRun({ account_id: 'a', ...fields });
		expect([status, errors?.[0].source?.pointer]).toEqual([400, `/data/attributes/fields/${at}`]);
	});

	it('take the content of a file', async () => {
		const document = { filename: 'id.jpg', data: 'eA==' };
		expect((await triggerRun({ account_id: 'a', document })).status).toBe(200);
	});

	it.each<JsonObject>([
		{},
		{ account_id: null },
		{ account_id: 7 },
		{ account_id: 'a', force: 'yes' },
	])('reject values that do not fit their inputs: %j', async (fields) => {
		const { status, errors } = await triggerRun(fields);
		expect(status).toBe(422);
		expect(errors[0].source?.pointer).toMatch(/^\/data\/attributes\/fields\//);
	});

	it('do not run when they are unknown or not live', async () => {
		expect((await triggerRun({ account_id: 'a' }, 'wfl_404')).status).toBe(404);
		Object.assign(sandbox.control.find(fixtures.workflowVersion)?.attributes ?? {}, {
			live: false,
		});
		expect((await triggerRun({ account_id: 'a' })).status).toBe(409);
	});

	it('list their versions with inputs, except archived ones', async () => {
		const path = `/workflow-versions?filter[workflow-id]=${fixtures.workflow}`;
		const { list } = await send(sandbox, 'GET', path);
		expect(list.map(({ attributes }) => attributes.status)).toEqual(['draft', 'published']);
		Object.assign(sandbox.control.find(list[1].id)?.attributes ?? {}, { status: 'archived' });
		expect((await send(sandbox, 'GET', path)).list).toHaveLength(1);
		expect((await send(sandbox, 'GET', '/workflow-versions')).status).toBe(400);
	});
});
