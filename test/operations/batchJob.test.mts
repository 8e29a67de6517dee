import type { IDataObject, INodeExecutionData, INodeParameters } from 'n8n-workflow';
import type { BatchJobChange } from '../../sandbox/domain/batchJobs/batchJob.mts';
import { fixtures, startSandbox, type Sandbox } from '../../sandbox/sandbox.mts';
import { waitUntil } from '../support/apiClient.mts';
import { runNode, type NodeRunOptions } from '../support/runNode.mts';
import { startRequestRecorder } from '../../tools/services/requestRecorder.mts';
import { useVirtualClock } from '../support/virtualClock.mts';
import { buildDuration } from '../support/buildDuration.mts';

jest.mock('../../nodes/Persona/utils/delay.ts');

const API_KEY = 'persona_sandbox_demo';

const CONTINUE: Partial<NodeRunOptions> = { onError: 'continueRegularOutput' };

/** The body of a request for a job. */
interface JobBody {
	data: { attributes: IDataObject & { rows: IDataObject[] } };
}

const upsert: INodeParameters = {
	jobType: 'upsertAccounts',
	rowsReferenceId: '={{ $json.id }}',
	accountTypeId: fixtures.accountType,
	rowsFields: '={{ $json.fields }}',
};

const update: INodeParameters = { ...upsert, jobType: 'updateAccountsByReferenceId' };

const getErrors = (items: INodeExecutionData[]) => items.filter(({ json }) => 'error' in json);

const getPairs = ({ pairedItem }: INodeExecutionData) =>
	[pairedItem].flat().map((pair) => (typeof pair === 'object' ? pair.item : pair));

describe('batch jobs', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox({
			reportSeconds: 0,
			apiKeys: [{ value: API_KEY, allowTemplates: true }],
			rateLimit: { maxRequests: 1e6, windowSeconds: 60 },
		});
	});
	afterEach(() => {
		sandbox.control.clearFaults();
		sandbox.control.reset();
	});
	afterAll(async () => await sandbox.close());

	useVirtualClock();

	const run = async (
		parameters: INodeParameters,
		items: IDataObject[],
		options: Partial<NodeRunOptions> = {},
		baseUrl = sandbox.apiUrl,
	) =>
		await runNode({
			credentials: { baseUrl, apiKey: API_KEY },
			parameters: { resource: 'batchJob', operation: 'create', ...parameters },
			items,
			...options,
		});

	const getJobs = () =>
		sandbox.control.requests
			.filter(({ method, path }) => method === 'POST' && path.endsWith('/batch-jobs'))
			.map(({ body }) => (body as unknown as JobBody).data.attributes);

	const buildPeople = (count: number) =>
		Array.from({ length: count }, (_, index) => ({
			id: `user-${index}`,
			fields: { 'name-first': 'Jane', plan: 'gold' },
		}));

	it('send the rows of all items, a thousand at a time, with names in snake_case', async () => {
		const { items, error } = await run(upsert, buildPeople(2_500));
		expect(error).toBeUndefined();
		const jobs = getJobs();
		expect(jobs.map(({ rows }) => rows.length)).toEqual([1_000, 1_000, 500]);
		expect(jobs[0].rows[0]).toEqual({ reference_id: 'user-0', name_first: 'Jane', plan: 'gold' });
		expect(
			items.map(({ json }) => [json.status, (json.runData as IDataObject).createdCount]),
		).toEqual([
			['completed', 1_000],
			['completed', 1_000],
			['completed', 500],
		]);
		expect(items.flatMap(getPairs)).toEqual(Array.from({ length: 2_500 }, (_, index) => index));
	});

	it('return each row that Persona refuses as a failure of the item it came from', async () => {
		const people = buildPeople(250);
		await run(upsert, people);
		const given = people.map((person, index) =>
			index % 2 === 0 ? person : { ...person, id: `nobody-${index}` },
		);
		const { items, error } = await run(update, given, CONTINUE);
		expect(error).toBeUndefined();
		const errors = getErrors(items);
		// Persona returns at most a hundred at a time.
		expect(errors.map(getPairs)).toEqual(Array.from({ length: 125 }, (_, at) => [2 * at + 1]));
		expect(errors[124].json).toEqual({
			error: 'Persona refused this row: No record found with unique id "nobody-249"',
			message: expect.stringMatching(
				/^It is row 250 of 250 in Batch Job mprtpr_\w+, of which 125 failed\./,
			) as string,
		});
		const [job, ...others] = items.filter(({ json }) => !('error' in json));
		expect(others).toEqual([]);
		expect(getPairs(job)).toEqual(Array.from({ length: 125 }, (_, at) => 2 * at));
	});

	it('return no job where every row has failed', async () => {
		const { items } = await run(update, buildPeople(3), CONTINUE);
		expect(items.map(getPairs)).toEqual([[0], [1], [2]]);
		expect(getErrors(items)).toHaveLength(3);
	});

	it('fail the node at a refused row unless it continues on errors, and count the others', async () => {
		await run(upsert, buildPeople(4));
		const wrong = ['x', 'y'].map((id) => ({ id, fields: { plan: 'gold' } }));
		const { error } = await run(update, [...buildPeople(4), ...wrong]);
		expect(error?.message).toBe('Persona refused this row: No record found with unique id "x"');
		expect((error as { context?: IDataObject }).context?.itemIndex).toBe(4);
		expect(error?.description).toContain('One other item was under way and failed as well.');
		expect(error?.description).toContain('4 other items were carried out');
	});

	it.each([
		['updateAccountsByReferenceId', "choose 'Create or Update Accounts by Reference ID' in 'Job'."],
		['updateAccountsById', 'The environment of the API key has no such account: check the ID.'],
		['updateInquiries', 'The environment of the API key has no such inquiry: check the ID.'],
	])('say what to do where %s finds no object', async (jobType, advice) => {
		const token = jobType === 'updateInquiries' ? 'inq_Nobody' : 'act_Nobody';
		const parameters = { ...update, jobType, rowsToken: token, inquiryTemplateId: '' };
		const { error } = await run(parameters, buildPeople(1));
		expect(error?.message).toContain('No record found');
		expect(error?.description).toContain(advice);
	});

	it('fail all rows with the error of the whole run', async () => {
		const people = [...buildPeople(2), { id: 'e', fields: { name_last: 'Error' } }];
		const { items } = await run(upsert, people, CONTINUE);
		expect(items.map(({ json }) => json.error)).toEqual(
			Array(3).fill(
				expect.stringMatching(
					/^Batch Job mprtpr_\w+ failed as a whole: Could not connect to the destination \(failed_to_write\)$/,
				),
			),
		);
	});

	it('fail the items of a job that is not done in time, with its ID', async () => {
		const people = [{ id: 'e', fields: { name_last: 'Waits Forever' } }, ...buildPeople(2)];
		const { items } = await run(
			{ ...upsert, options: { rowsPerJob: 1, waitAtMost: buildDuration(30, 'seconds') } },
			people,
			CONTINUE,
		);
		expect(items[0].json.error).toMatch(
			/^Batch Job mprtpr_\w+ is still 'running' after 30 seconds$/,
		);
		expect(items.slice(1).map(({ json }) => json.status)).toEqual(['completed', 'completed']);
	});

	/** Runs a job that waits, and changes it once the node has asked for it. */
	const runChanged = async (...changes: BatchJobChange[]) => {
		const people = [{ id: 'e', fields: { name_last: 'Waits Forever' } }, ...buildPeople(1)];
		const running = run(
			{ ...upsert, options: { waitAtMost: buildDuration(1, 'days') } },
			people,
			CONTINUE,
		);
		for (const change of changes) {
			const { length } = sandbox.control.requests;
			await waitUntil(() => sandbox.control.requests.length > length + 2);
			const [{ id }] = sandbox.control.store.getCollection('batch-job').findAll();
			sandbox.control.changeBatchJob(id, change);
		}
		return await running;
	};

	it('wait while a job is paused, and go on when it is resumed', async () => {
		const { items } = await runChanged('paused', 'resumed');
		expect(items.map(({ json }) => [json.status, json.runCount])).toEqual([['completed', 2]]);
	});

	it.each<BatchJobChange>(['canceled', 'killed'])(
		'fail all rows of a job that was %s, since it is not known which were written',
		async (change) => {
			const { items } = await runChanged('paused', change);
			expect(items.map(({ json }) => json)).toEqual(
				Array(2).fill({
					error: expect.stringMatching(
						new RegExp(`^Batch Job mprtpr_\\w+ ended with the status '${change}'$`),
					) as string,
					message: expect.stringContaining(
						'It is not known whether this row was written.',
					) as string,
				}),
			);
		},
	);

	it('fail only the items of a job that Persona refuses', async () => {
		sandbox.control.addFault({ method: 'POST', kind: 'status', status: 422, times: 1 });
		const { items } = await run(
			{ ...upsert, options: { rowsPerJob: 2 } },
			buildPeople(4),
			CONTINUE,
		);
		expect(items.map(({ json }) => json.error ?? json.status)).toEqual([
			'Persona rejected a value',
			'Persona rejected a value',
			'completed',
		]);
	});

	it('return at once where the user does not want to wait', async () => {
		const { items } = await run({ ...upsert, waitForResult: false }, buildPeople(3));
		expect(items.map(({ json }) => json.status)).toEqual(['pending']);
		expect(getPairs(items[0])).toEqual([0, 1, 2]);
		expect(sandbox.control.requests).toHaveLength(1);
	});

	it('are not created again when n8n tries the node again', async () => {
		const options = { executionId: '1', ...CONTINUE };
		const first = await run({ ...upsert, options: { rowsPerJob: 2 } }, buildPeople(3), options);
		const second = await run({ ...upsert, options: { rowsPerJob: 2 } }, buildPeople(3), options);
		expect(second.items.map(({ json }) => json.id)).toEqual(first.items.map(({ json }) => json.id));
		const other = await run(
			{ ...upsert, options: { rowsPerJob: 2 } },
			buildPeople(3).map((person) => ({ ...person, fields: { plan: 'free' } })),
			options,
		);
		expect(other.items[0].json.id).not.toBe(first.items[0].json.id);
	});

	it('derive a key for each job from the key of the user', async () => {
		const options = { rowsPerJob: 2, idempotencyKey: 'import-1' };
		const { items, error } = await run({ ...upsert, options }, buildPeople(6));
		expect(error).toBeUndefined();
		expect(new Set(items.map(({ json }) => json.id)).size).toBe(3);
	});

	it('send equal rows once and pair them with all their items', async () => {
		const [person] = buildPeople(1);
		const { id, fields } = person;
		const inOtherOrder = { id, fields: { plan: fields.plan, 'name-first': fields['name-first'] } };
		const { items } = await run(upsert, [person, inOtherOrder]);
		expect(getJobs()[0].rows).toHaveLength(1);
		expect(getPairs(items[0])).toEqual([0, 1]);
	});

	it('keep rows with other account types apart', async () => {
		const people = buildPeople(3).map((person, index) => ({ ...person, type: `t${index % 2}` }));
		await run({ ...upsert, accountTypeId: '=acttp_{{ $json.type }}' }, people, CONTINUE);
		expect(getJobs().map((job) => [job['account-type-id'], job.rows.length])).toEqual([
			['acttp_t0', 2],
			['acttp_t1', 1],
		]);
	});

	it.each<[string, IDataObject, string]>([
		['without a lookup value', { id: '', fields: { plan: 'gold' } }, "'Reference ID' is empty"],
		[
			'whose lookup value is incomplete',
			{ id: 'user-undefined', fields: { plan: 'gold' } },
			"'Reference ID' is incomplete: 'user-undefined'",
		],
		['that would change nothing', { id: 'user-9', fields: {} }, "'Fields' is empty"],
		[
			'with the lookup value twice',
			{ id: 'user-9', fields: { 'reference-id': 'user-8' } },
			"'Fields' contains 'reference_id', which 'Reference ID' sets",
		],
		[
			'with two spellings of a name',
			{ id: 'user-9', fields: { 'name-first': 'Jane', name_first: 'June' } },
			"'Fields' has 'name_first' twice",
		],
		[
			'for an object that an earlier row changes otherwise',
			{ id: 'user-0', fields: { plan: 'free' } },
			"'Reference ID' is the same as in item 0 (counted from 0), but the rest of the row differs",
		],
	])('refuse a row %s before the first request', async (_, wrong, message) => {
		const { error } = await run(update, [...buildPeople(2), wrong]);
		expect(error?.message).toBe(
			`Nothing was sent to Persona: 1 of 3 items has an error. Item 2 (counted from 0): ${message}`,
		);
		expect(sandbox.control.requests).toEqual([]);
	});

	it('send every name of a field, whatever JavaScript does with it', async () => {
		const fields = '{"__proto__": 1, "constructor": 2}';
		await run({ ...upsert, rowsFields: fields }, [{ id: 'user-0' }], CONTINUE);
		const [{ rows }] = getJobs();
		expect(JSON.stringify(rows)).toBe('[{"reference_id":"user-0","__proto__":1,"constructor":2}]');
	});

	it.each<[string, INodeParameters, IDataObject]>([
		[
			'accounts',
			{ accountTypeId: fixtures.accountType },
			{ birthdate: '1994-04-12', email_address: 'jane@example.com' },
		],
		[
			'inquiries',
			{
				jobType: 'updateInquiries',
				rowsToken: { __rl: true, mode: 'id', value: '=inq_{{ $json.id }}' },
				inquiryTemplateId: { __rl: true, mode: 'id', value: fixtures.inquiryTemplate },
			},
			{ birthdate: '1994-04-12', email_address: 'jane@example.com' },
		],
	])('map the columns of %s by a type or template that is not sent', async (_, own, row) => {
		const { rowsFields: _fields, ...others } = update;
		const rowsFieldsColumns = { mappingMode: 'autoMapInputData', value: null, schema: [] };
		await run(
			{ ...others, ...own, rowsFieldsMode: 'columns', rowsFieldsColumns },
			[{ id: 'user-0', birthdate: '1994-04-12', 'email-address': 'jane@example.com' }],
			CONTINUE,
		);
		const [{ rows, ...job }] = getJobs();
		expect(rows).toEqual([expect.objectContaining(row)]);
		expect(Object.keys(job).sort()).toEqual(['lookup-field', 'object', 'operation']);
	});

	it('name an ID of another kind', async () => {
		const { error } = await run(
			{
				jobType: 'updateInquiries',
				rowsToken: { __rl: true, mode: 'id', value: "={{ 'act_1' }}" },
				rowsFields: '{"plan": "gold"}',
			},
			[{}],
		);
		expect(error?.message).toBe("'Inquiry' has the wrong kind of ID");
	});

	it.each<[string, object, string]>([
		[
			'ended without a result',
			{ status: 'canceled', errors: { 'error-count': 0, 'global-errors': [] } },
			"Batch Job mprtpr_1 ended with the status 'canceled'",
		],
		[
			'has more failed rows than Persona names',
			{ status: 'completed', errors: { 'error-count': 1, 'global-errors': [] } },
			'Persona does not name all rows of Batch Job mprtpr_1 that failed',
		],
		[
			'has failed rows that Persona does not count',
			{ status: 'completed', errors: { 'global-errors': [] } },
			'Persona does not name all rows of Batch Job mprtpr_1 that failed',
		],
		...[0, 3, 1.5, null].map((number): [string, object, string] => [
			`has a failed row with the number ${number}`,
			{ status: 'completed', errors: { 'error-count': 1 }, failedRow: number },
			'Persona does not name all rows of Batch Job mprtpr_1 that failed',
		]),
		[
			'has written fewer rows than it has, without a failed one',
			{ status: 'completed', errors: { 'error-count': 0 }, written: 1 },
			'Persona does not name all rows of Batch Job mprtpr_1 that failed',
		],
		...['boom', ['boom']].map((globalErrors): [string, object, string] => [
			`has ${JSON.stringify(globalErrors)} as the errors of the whole run`,
			{ status: 'completed', errors: { 'error-count': 0, 'global-errors': globalErrors } },
			'Persona does not name all rows of Batch Job mprtpr_1 that failed',
		]),
		[
			'failed as a whole without a reason',
			{ status: 'completed', errors: { 'error-count': 0, 'global-errors': [{}] } },
			'Batch Job mprtpr_1 failed as a whole: Persona does not say why',
		],
	])('never count a row as written whose job %s', async (_, answer, message) => {
		const { status, errors, ...more } = answer as { status: string; errors: IDataObject };
		const { failedRow, written } = more as { failedRow?: number | null; written?: number };
		const rows = failedRow === undefined ? [] : [{ 'row-number': failedRow }];
		const data = rows.map((attributes) => ({ type: 'batch-job-row-error', id: '1', attributes }));
		const runData = { 'success-count': written };
		const server = await startRequestRecorder(({ method, path }) => {
			const attributes = { status: method === 'POST' ? 'pending' : status, 'run-data': runData };
			const links = { prev: null, next: null };
			return path.endsWith('/errors')
				? { body: { data, meta: errors, links } }
				: { body: { data: { type: 'batch-job', id: 'mprtpr_1', attributes } } };
		});
		const { items } = await run(upsert, buildPeople(2), CONTINUE, server.baseUrl);
		await server.stop();
		expect(items.map(({ json }) => json.error)).toEqual([message, message]);
	});

	it('say which job was started where its failed rows cannot be read', async () => {
		sandbox.control.addFault({
			method: 'GET',
			path: '/batch-jobs/.+/errors',
			kind: 'status',
			status: 404,
		});
		const { items } = await run(upsert, buildPeople(2), CONTINUE);
		expect(items.map(({ json }) => json)).toEqual(
			Array(2).fill({
				error: expect.stringMatching(
					/^Batch Job mprtpr_\w+ was started, but its result could not be read: Persona has no/,
				) as string,
				message: expect.stringMatching(
					/^Read it later with Batch Job > Get Errors and this ID/,
				) as string,
			}),
		);
	});

	describe('Get Errors', () => {
		const waitUntilDone = async (id: unknown) =>
			await waitUntil(() => sandbox.control.find(String(id))?.attributes['ended-at'] !== null);

		const readErrors = async (batchJobId: unknown, parameters: INodeParameters = {}) =>
			await runNode({
				credentials: { baseUrl: sandbox.apiUrl, apiKey: API_KEY },
				parameters: {
					resource: 'batchJob',
					operation: 'getErrors',
					batchJobId: String(batchJobId),
					...parameters,
				},
			});

		it('reads all pages by the numbers of the rows, or up to the limit', async () => {
			const started = await run({ ...update, waitForResult: false }, buildPeople(250));
			const { id } = started.items[0].json;
			await waitUntilDone(id);
			const all = await readErrors(id, { returnAll: true });
			expect(all.items.map(({ json }) => json.rowNumber)).toEqual(
				Array.from({ length: 250 }, (_, index) => index + 1),
			);
			const some = await readErrors(id, { limit: 120 });
			expect(some.items).toHaveLength(120);
			expect(some.items[119].json).toMatchObject({ errorCount: 250, rowNumber: 120 });
		});

		it('returns an item for errors of the whole run if no row failed by itself', async () => {
			const people = [{ id: 'e', fields: { name_last: 'Error' } }];
			const started = await run({ ...upsert, waitForResult: false }, people);
			const { id } = started.items[0].json;
			await waitUntilDone(id);
			const { items } = await readErrors(id);
			expect(items.map(({ json }) => json)).toEqual([
				{
					...{ id, type: 'batch-job', errorCount: 0 },
					globalErrors: [
						{
							errorType: 'failed_to_write',
							message: 'Could not connect to the destination',
							retryable: false,
						},
					],
				},
			]);
		});
	});
});
