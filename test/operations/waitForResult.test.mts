import type { IDataObject } from 'n8n-workflow';
import { delay } from '../../nodes/Persona/utils/delay.ts';
import { fixtures, startSandbox, type Sandbox } from '../../sandbox/sandbox.mts';
import { waitUntil } from '../support/apiClient.mts';
import { useFakeServer } from '../support/fakeResource.mts';
import { runNode, type NodeRunOptions } from '../support/runNode.mts';
import { useVirtualClock } from '../support/virtualClock.mts';
import { buildDuration } from '../support/buildDuration.mts';

jest.mock('../../nodes/Persona/utils/delay.ts');

const API_KEY = 'persona_sandbox_demo';

const REPORT_TYPES = ['watchlist', 'politically-exposed-person', 'adverse-media'];

const realDelay = jest.requireActual<{ delay: typeof delay }>(
	'../../nodes/Persona/utils/delay.ts',
).delay;

describe('waiting for results', () => {
	let sandbox: Sandbox;
	const serve = useFakeServer();

	beforeAll(async () => {
		sandbox = await startSandbox({ reportSeconds: 0 });
	});
	afterEach(() => {
		sandbox.control.clearFaults();
		sandbox.control.reset();
		sandbox.control.setRateLimit({ maxRequests: 300, windowSeconds: 60 });
	});
	afterAll(async () => await sandbox.close());

	/** Creates a report for each last name, of several types in turn. */
	const createReports = async (
		lastNames: string[],
		parameters: IDataObject = {},
		options: Partial<NodeRunOptions> = {},
	) =>
		await runNode({
			credentials: { baseUrl: sandbox.apiUrl, apiKey: API_KEY },
			items: lastNames.map((name, index) => ({
				name,
				type: REPORT_TYPES[index % REPORT_TYPES.length],
			})),
			parameters: {
				resource: 'report',
				operation: 'create',
				reportType: 'template',
				reportTemplateId: '=rptp_Sandbox-{{ $json.type }}',
				query: '={{ { "name-first": "Jane", "name-last": $json.name, birthdate: "1994-04-12" } }}',
				...parameters,
			} as NodeRunOptions['parameters'],
			...options,
		});

	describe('in real time', () => {
		beforeEach(() => void jest.mocked(delay).mockImplementation(realDelay));

		it('returns all results in the order of the items, whichever is ready first', async () => {
			const { items, error } = await createReports(['Waits 2', 'Doe', 'Match']);
			expect(error).toBeUndefined();
			expect(items.map(({ json, pairedItem }) => [json.status, json.hasMatch, pairedItem])).toEqual(
				[
					['ready', false, { item: 0 }],
					['ready', false, { item: 1 }],
					['ready', true, { item: 2 }],
				],
			);
		});

		it('ends within a second when the execution is stopped', async () => {
			const stop = new AbortController();
			const execution = createReports(
				['Waits Forever', 'Waits Forever'],
				{},
				{ signal: stop.signal },
			);
			const countPolls = () =>
				sandbox.control.requests.filter(({ method }) => method === 'GET').length;
			await waitUntil(() => countPolls() >= 2);
			const stoppedAt = Date.now();
			stop.abort();
			await execution.catch(() => undefined);
			expect(Date.now() - stoppedAt).toBeLessThan(1000);
			const { length } = sandbox.control.requests;
			await realDelay(1500);
			expect(sandbox.control.requests).toHaveLength(length);
		});
	});

	describe('by a virtual clock', () => {
		const clock = useVirtualClock();

		it('polls every second at first, later less often, and a last time at the deadline', async () => {
			const { error } = await createReports(['Waits Forever'], {
				options: { waitAtMost: buildDuration(10, 'minutes') },
			});
			expect(error?.message).toMatch(/ is still 'pending' after 10 minutes$/);
			const { waitsMs } = clock;
			expect(waitsMs.slice(0, 20).every((waitMs) => waitMs === 1_000)).toBe(true);
			expect(Math.max(...waitsMs)).toBe(15_000);
			const totalMs = waitsMs.reduce((sum, waitMs) => sum + waitMs, 0);
			expect(Math.abs(totalMs - 600_000)).toBeLessThan(15_000);
			expect(sandbox.control.requests).toHaveLength(1 + waitsMs.length);
		});

		it('creates all objects before it polls for any of them', async () => {
			const lastNames = Array.from({ length: 6 }, () => 'Doe');
			const { items } = await createReports(lastNames, { options: { itemsAtATime: 2 } });
			const methods = sandbox.control.requests.map(({ method }) => method).join(' ');
			expect(items.map(({ json }) => json.status)).toEqual(lastNames.map(() => 'ready'));
			expect(methods).toMatch(/^(POST ){6}(GET ?)+$/);
		});

		it('fails only the items whose report errors or takes too long, with its ID', async () => {
			const { items, error } = await createReports(
				['Error', 'Waits Forever', 'Doe'],
				{ options: { waitAtMost: buildDuration(30, 'seconds') } },
				{ onError: 'continueRegularOutput' },
			);
			expect(error).toBeUndefined();
			expect(items[0].json.error).toMatch(/^Report rep_\w+ ended with the status 'errored'$/);
			expect(items[1].json).toEqual({
				error: expect.stringMatching(
					/^Report rep_\w+ is still 'pending' after 30 seconds$/,
				) as string,
				message: expect.stringContaining('Wait at Most') as string,
			});
			expect(items[2].json.status).toBe('ready');
		});

		it('waits for nothing more once an item has failed, and says what was carried out', async () => {
			const { error } = await createReports(['Waits Forever', 'Error', 'Waits Forever']);
			expect(error?.message).toMatch(/^Report rep_\w+ ended with the status 'errored'$/);
			expect(error?.description).toContain('2 other items were carried out');
			expect(clock.waitsMs.length).toBeLessThan(30);
			const { length } = sandbox.control.requests;
			await realDelay(100);
			expect(sandbox.control.requests).toHaveLength(length);
		});

		it('does not poll where the user does not want to wait', async () => {
			const { items } = await createReports(['Waits Forever'], { waitForResult: false });
			expect(items[0].json.status).toBe('pending');
			expect(sandbox.control.requests).toHaveLength(1);
		});

		it('recognizes a result also in the output that the user selected', async () => {
			const { items } = await createReports(['Doe'], {
				output: 'raw',
				options: { fieldsToReturn: 'has-match', include: ['account'] },
			});
			expect(items[0].json.attributes).toEqual({
				'has-match': false,
				status: 'ready',
				'completed-at': expect.any(String) as string,
			});
		});

		it('names the object that was created where its result cannot be read', async () => {
			sandbox.control.addFault({ method: 'GET', kind: 'status', status: 403 });
			const { error } = await createReports(['Doe']);
			expect(error?.message).toMatch(
				/^Report rep_\w+ was started, but its result could not be read: This API key is not allowed to do that$/,
			);
			expect(error?.description).toMatch(
				/^Read it later with Get and this ID: to run this again starts another one\. .*report\.read/,
			);
		});

		it.each([
			['an unknown status', 'archived', true],
			['a status of another type', 'completed', true],
			['no status', undefined, true],
			['a pending status', 'pending', false],
		])('never takes %s for a result, although a time of completion is set', async (...given) => {
			const [, status, isUnknown] = given;
			const attributes = { status, 'completed-at': '2026-11-30T01:00:00.000Z', 'has-match': false };
			const data = { type: 'report/watchlist', id: 'rep_1', attributes };
			const server = await serve(({ method }) => ({
				body: { data: method === 'GET' ? data : { ...data, attributes: { status: 'pending' } } },
			}));
			for (const simplify of [true, false]) {
				const { items, error } = await createReports(
					['Doe'],
					{ simplify, options: { waitAtMost: buildDuration(30, 'seconds') } },
					{ credentials: { baseUrl: server.baseUrl, apiKey: API_KEY } },
				);
				expect(items).toEqual([]);
				expect(error?.message).toBe(
					isUnknown
						? `Report rep_1 has ended with a status that this node does not know: '${status ?? 'unknown'}'`
						: "Report rep_1 is still 'pending' after 30 seconds",
				);
				expect(error?.description).toMatch(/[Rr]ead it (later )?with Get and this ID/);
			}
		});

		it.each<[string, string, NodeRunOptions['parameters'], Partial<NodeRunOptions>]>([
			[
				'a workflow run',
				'completed',
				{
					resource: 'workflow',
					operation: 'run',
					workflowId: fixtures.workflow,
					fields: '{"account_id": "act_1"}',
				},
				{},
			],
			[
				'a graph query',
				'completed',
				{
					resource: 'graphQuery',
					operation: 'create',
					graphQueryTemplateId: fixtures.graphQueryTemplate,
					parameterMap: '{"account_id": "act_1"}',
				},
				{},
			],
			[
				'an import',
				'ready',
				{ resource: 'importer', operation: 'import', importType: 'account', file: 'data' },
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
			],
		])('waits for %s', async (_, status, parameters, options) => {
			const { items, error } = await runNode({
				credentials: { baseUrl: sandbox.apiUrl, apiKey: API_KEY },
				parameters,
				...options,
			});
			expect(error).toBeUndefined();
			expect(items[0].json.status).toBe(status);
		});
	});
});
