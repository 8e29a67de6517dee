import { formatCount, calculateMedian, type BenchResult } from '../benchResult.mts';
import { sandboxKey } from '../sandboxProcess.mts';
import type { Sizes } from '../sizes.mts';
import type { BenchEnvironment } from '../benchEnvironment.mts';
import { buildChain, startNode } from '../workflows.mts';

/** Latency of the server, as in the listing. */
const LATENCY_MS = 20;

/** The query of the metrics, so that the loop reads pages of the same size. */
const QUERY = {
	'filter[created-at-start]': '2020-01-01T00:00:00.000Z',
	'fields[inquiry]': 'status,created-at,started-at,completed-at,decisioned-at',
};

/** Measures Get Metrics over many inquiries, against a loop that only reads the same pages. */
export async function measureMetrics(
	environment: BenchEnvironment,
	{ metricsInquiries: inquiries, runs }: Sizes,
	note: (text: string) => void,
): Promise<BenchResult[]> {
	return await environment.runWithSandbox(
		{ inquiryCount: inquiries, latencyMs: LATENCY_MS },
		async (sandbox, credential) => {
			const getMetrics = await environment.prepareTimedRun(
				buildChain('Metrics', [
					startNode,
					{
						name: 'Persona',
						type: 'n8n-nodes-persona.persona',
						credential,
						parameters: {
							resource: 'inquiry',
							operation: 'getMetrics',
							from: QUERY['filter[created-at-start]'],
							groupBy: 'week',
						},
					},
				]),
			);
			const personaTimes: number[] = [];
			const loopTimes: number[] = [];
			const counts = new Set<unknown>();
			for (let round = 1; round <= runs; round++) {
				note(`Persona, ${round} of ${runs}`);
				const { ms, items } = await getMetrics();
				personaTimes.push(ms);
				counts.add((items[0].json as { created?: number }).created);
				note(`axios, ${round} of ${runs}`);
				const options = { apiUrl: sandbox.apiUrl, key: sandboxKey, query: QUERY };
				const loop = await environment.runWorker<{ ms: number; count: number }>('list', options);
				loopTimes.push(loop.ms);
				counts.add(loop.count);
			}
			note('');
			const pages = inquiries / 100;
			const [ms, loopMs] = [calculateMedian(personaTimes), calculateMedian(loopTimes)];
			return [
				{
					title: `Metrics of ${formatCount(inquiries)} inquiries`,
					unit: 'ms',
					packageValue: ms,
					baseline: { name: 'bare axios loop over the same pages', value: loopMs },
					bar: { atMost: 1.2 },
					defects: [...counts]
						.filter((count) => count !== inquiries)
						.map((count) => `${String(count)} were counted`),
					notes: [],
					breakdown: `${(ms / pages).toFixed(1)} ms a page of 100, ${(loopMs / pages).toFixed(1)} in a bare request`,
				},
			];
		},
	);
}
