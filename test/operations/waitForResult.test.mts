import type { IDataObject } from 'n8n-workflow';
import { fixtures, startSandbox, type Sandbox } from '../../sandbox/sandbox.mts';
import { runNode, type NodeRunOptions } from '../support/runNode.mts';

const KEY = 'persona_sandbox_demo';

const TYPES = ['watchlist', 'politically-exposed-person', 'adverse-media'];

describe('waiting for results', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox({ reportSeconds: 0.2 });
	});
	afterEach(() => {
		sandbox.control.clearFaults();
		sandbox.control.reset();
		sandbox.control.setRateLimit({ maxRequests: 300, windowSeconds: 60 });
	});
	afterAll(async () => await sandbox.close());

	/** Creates a report for each last name, of several types in turn. */
	const create = async (
		lastNames: string[],
		more: IDataObject = {},
		run: Partial<NodeRunOptions> = {},
	) =>
		await runNode({
			credentials: { baseUrl: sandbox.apiUrl, apiKey: KEY },
			items: lastNames.map((name, index) => ({ name, type: TYPES[index % TYPES.length] })),
			parameters: {
				resource: 'report',
				operation: 'create',
				reportType: 'template',
				reportTemplateId: '=rptp_Sandbox-{{ $json.type }}',
				query: '={{ { "name-first": "Jane", "name-last": $json.name, birthdate: "1994-04-12" } }}',
				...more,
			} as NodeRunOptions['parameters'],
			...run,
		});

	it('gives the results of all items in their order, whoever is ready first', async () => {
		const { items, error } = await create(['Waits 2', 'Doe', 'Match']);
		expect(error).toBeUndefined();
		expect(items.map(({ json, pairedItem }) => [json.status, json.hasMatch, pairedItem])).toEqual([
			['ready', false, { item: 0 }],
			['ready', false, { item: 1 }],
			['ready', true, { item: 2 }],
		]);
	});

	it('starts all items before it waits for any, and takes as long as the slowest', async () => {
		const { items } = await create(
			Array.from({ length: 6 }, () => 'Waits 2'),
			{
				options: { itemsAtATime: 2 },
			},
		);
		const verbs = sandbox.control.requests.map(({ method }) => method).join(' ');
		expect(items).toHaveLength(6);
		expect(verbs).toMatch(/^(POST ){6}(GET ?)+$/);
	});

	it('fails an item whose report errors or is late, with its ID, and no other', async () => {
		const { items, error } = await create(
			['Error', 'Waits Forever', 'Doe'],
			{ options: { waitAtMost: 2 } },
			{ onError: 'continueRegularOutput' },
		);
		expect(error).toBeUndefined();
		expect(items[0].json.error).toMatch(/^Report rep_\w+ ended with the status 'errored'$/);
		expect(items[1].json).toEqual({
			error: expect.stringMatching(/^Report rep_\w+ is still 'pending' after 2 seconds$/) as string,
			details: expect.stringContaining('Wait at Most') as string,
		});
		expect(items[2].json.status).toBe('ready');
	});

	it('does not wait when the user does not want it', async () => {
		const { items } = await create(['Waits Forever'], { waitForResult: false });
		expect(items[0].json.status).toBe('pending');
		expect(sandbox.control.requests).toHaveLength(1);
	});

	it('returns what the user asked for, and still knows when it is done', async () => {
		const { items } = await create(['Doe'], {
			simplify: false,
			options: { fieldsToReturn: 'has-match', include: ['account'] },
		});
		expect(items[0].json.attributes).toEqual({
			'has-match': false,
			status: 'ready',
			'completed-at': expect.any(String) as string,
		});
	});

	it('stops within a second when the execution is stopped', async () => {
		const stop = new AbortController();
		const running = create(['Waits Forever', 'Waits Forever'], {}, { signal: stop.signal });
		await new Promise((resolve) => setTimeout(resolve, 1500));
		const stoppedAt = Date.now();
		stop.abort();
		await running.catch(() => undefined);
		expect(Date.now() - stoppedAt).toBeLessThan(1000);
		const { length } = sandbox.control.requests;
		await new Promise((resolve) => setTimeout(resolve, 1500));
		expect(sandbox.control.requests).toHaveLength(length);
	});

	it('names what was started when it cannot be read again', async () => {
		sandbox.control.addFault({ method: 'GET', kind: 'status', status: 403 });
		const { error } = await create(['Doe']);
		expect(error?.message).toMatch(
			/^Report rep_\w+ was started, but its result could not be read: This API key is not allowed to do that$/,
		);
		expect(error?.description).toContain('report.read');
	});

	it('waits for workflow runs, graph queries and imports as well', async () => {
		const run = async (
			parameters: NodeRunOptions['parameters'],
			more: Partial<NodeRunOptions> = {},
		) => {
			const { items, error } = await runNode({
				credentials: { baseUrl: sandbox.apiUrl, apiKey: KEY },
				parameters,
				...more,
			});
			return error?.message ?? items[0].json.status;
		};
		expect(
			await run({
				resource: 'workflow',
				operation: 'run',
				workflowId: fixtures.workflow,
				fields: '{"account_id": "act_1"}',
			}),
		).toBe('completed');
		expect(
			await run({
				resource: 'graphQuery',
				operation: 'create',
				graphQueryTemplateId: fixtures.graphQueryTemplate,
				parameterMap: '{"account_id": "act_1"}',
			}),
		).toBe('completed');
		expect(
			await run(
				{
					resource: 'importer',
					operation: 'import',
					importType: 'account',
					file: 'data',
				},
				{
					binary: [
						{
							data: {
								data: Buffer.from('reference_id,name_first\nuser-77,Jane\n').toString('base64'),
								mimeType: 'text/csv',
								fileName: 'people.csv',
							},
						},
					],
				},
			),
		).toBe('ready');
	});
});
