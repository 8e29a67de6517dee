import { counted, median, type Finding } from '../benchResult.mts';
import { sandboxKey } from '../sandboxProcess.mts';
import type { Scale } from '../sizes.mts';
import type { Stage } from '../benchEnvironment.mts';
import { chain, start } from '../workflows.mts';

/** Milliseconds until the server answers, as in the listing. */
const LATENCY = 20;

/** What the metrics ask for, so that the pages are as small. */
const QUERY = {
	'filter[created-at-start]': '2020-01-01T00:00:00.000Z',
	'fields[inquiry]': 'status,created-at,started-at,completed-at,decisioned-at',
};

/** Get Metrics over many inquiries, against a loop that does nothing but read the same pages. */
export async function measureMetrics(
	stage: Stage,
	{ measured: inquiries, runs }: Scale,
	note: (text: string) => void,
): Promise<Finding[]> {
	return await stage.withSandbox(
		{ inquiryCount: inquiries, latencyMs: LATENCY },
		async (sandbox, credential) => {
			const getMetrics = await stage.timed(
				chain('Metrics', [
					start,
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
			const own: number[] = [];
			const bare: number[] = [];
			const counts = new Set<unknown>();
			for (let round = 1; round <= runs; round++) {
				note(`Persona, ${round} of ${runs}`);
				const { ms, items } = await getMetrics();
				own.push(ms);
				counts.add((items[0].json as { created?: number }).created);
				note(`axios, ${round} of ${runs}`);
				const options = { apiUrl: sandbox.apiUrl, key: sandboxKey, query: QUERY };
				const loop = await stage.program<{ ms: number; count: number }>('list', options);
				bare.push(loop.ms);
				counts.add(loop.count);
			}
			note('');
			const pages = inquiries / 100;
			const [ms, bareMs] = [median(own), median(bare)];
			return [
				{
					what: `Metrics of ${counted(inquiries)} inquiries`,
					unit: 'ms',
					ours: ms,
					theirs: { name: 'bare axios loop over the same pages', value: bareMs },
					bar: { atMost: 1.2 },
					flaws: [...counts]
						.filter((count) => count !== inquiries)
						.map((count) => `${String(count)} were counted`),
					notes: [],
					spent: `${(ms / pages).toFixed(1)} ms a page of 100, ${(bareMs / pages).toFixed(1)} in a bare request`,
				},
			];
		},
	);
}
