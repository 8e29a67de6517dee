import { selectCredential, buildItemsNode, buildNode, runNodes } from '../buildNode.mts';
import { startTestEnvironment, type TestEnvironment } from '../testEnvironment.mts';
import { buildDuration } from '../../support/buildDuration.mts';

const TYPES = ['watchlist', 'politically-exposed-person', 'adverse-media'];

describe('waiting for reports in n8n', () => {
	let environment: TestEnvironment;

	beforeAll(async () => {
		environment = await startTestEnvironment();
	});
	afterAll(async () => await environment?.close());

	it('returns forty mixed reports within two seconds of the slowest, within the rate limit', async () => {
		const { control } = environment.sandbox;
		const names = Array.from({ length: 40 }, (_, index) => `Waits ${1 + (index % 20)}`);
		const others = ['Error', 'Error', 'Waits Forever', 'Waits Forever', 'Waits Forever'];
		const people = [...names, ...others].map((name, index) => ({
			json: { name, type: TYPES[index % TYPES.length] },
		}));
		const startedAt = Date.now();
		const { runs, status } = await runNodes(
			environment,
			buildItemsNode('People', people),
			buildNode(
				'n8n-nodes-persona.persona',
				'Persona',
				{
					resource: 'report',
					operation: 'create',
					reportType: 'template',
					reportTemplateId: '=rptp_Sandbox-{{ $json.type }}',
					query:
						'={{ { "name-first": "Jane", "name-last": $json.name, birthdate: "1994-04-12" } }}',
					options: { waitAtMost: buildDuration(24, 'seconds') },
				},
				{ ...selectCredential(environment), onError: 'continueRegularOutput' },
			),
		);
		expect(status).toBe('success');
		const items = runs.Persona[0].data?.main[0] ?? [];
		const readyReports = control.store
			.getCollection('report')
			.findAll(({ attributes }) => attributes.status === 'ready');
		const slowest = Math.max(
			...readyReports.map(({ attributes }) => Date.parse(String(attributes['completed-at']))),
		);
		const lastReadTimes = readyReports.map(({ id }) => {
			const reads = control.requests.filter(({ path }) => path.endsWith(id));
			return reads[reads.length - 1].startedAt;
		});
		console.log(
			`40 reports: the slowest was ready after ${slowest - startedAt} ms, all were returned ${Math.max(...lastReadTimes) - slowest} ms later, with ${control.requests.length} requests`,
		);
		expect(items.map(({ json }) => json.status ?? 'failed')).toEqual([
			...names.map(() => 'ready'),
			...others.map(() => 'failed'),
		]);
		expect(items.slice(0, 40).map(({ json }) => json.type)).toEqual(
			people.slice(0, 40).map(({ json }) => `report/${json.type}`),
		);
		expect(Math.max(...lastReadTimes) - slowest).toBeLessThan(2_000);
		expect(control.requests.filter(({ status: responseStatus }) => responseStatus === 429)).toEqual(
			[],
		);
	}, 120_000);
});
