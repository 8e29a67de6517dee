import type { StoredCredential } from '../../tools/n8n/n8nClient.mts';
import { formatCount, calculateMedian, type BenchResult } from '../benchResult.mts';
import { sandboxKey } from '../sandboxProcess.mts';
import type { Sizes } from '../sizes.mts';
import type { BenchEnvironment } from '../benchEnvironment.mts';
import { buildChain, startNode } from '../workflows.mts';

/** Latencies of the server: that of the creates, and none, which hides no computing. */
const latenciesMs = [20, 0];

/** Measures Get Many with Return All, against a loop that only reads the same pages. */
export async function measureListing(
	environment: BenchEnvironment,
	sizes: Sizes,
	note: (text: string) => void,
): Promise<BenchResult[]> {
	const results: BenchResult[] = [];
	for (const latencyMs of latenciesMs) {
		results.push(await measureWithLatency(environment, sizes, latencyMs, note));
	}
	return results;
}

async function measureWithLatency(
	environment: BenchEnvironment,
	{ listedInquiries: listed, runs }: Sizes,
	latencyMs: number,
	note: (text: string) => void,
): Promise<BenchResult> {
	return await environment.runWithSandbox(
		{ inquiryCount: listed, latencyMs },
		async (sandbox, credential) => {
			const getMany = await environment.prepareTimedRun(buildListing(credential, 'simplified'));
			const getRaw = await environment.prepareTimedRun(buildListing(credential, 'raw'));
			const personaTimes: number[] = [];
			const loopTimes: number[] = [];
			const counts = new Set<number>();
			for (let round = 1; round <= runs; round++) {
				note(`Persona, ${round} of ${runs}, ${latencyMs} ms`);
				const { ms, items } = await getMany();
				personaTimes.push(ms);
				counts.add(items.length);
				note(`axios, ${round} of ${runs}, ${latencyMs} ms`);
				const options = { apiUrl: sandbox.apiUrl, key: sandboxKey };
				const loop = await environment.runWorker<{ ms: number; count: number }>('list', options);
				loopTimes.push(loop.ms);
				counts.add(loop.count);
			}
			note('Persona, raw output');
			const { ms: rawMs } = await getRaw();
			note('');
			const wrongCounts = [...counts].filter((count) => count !== listed);
			const pages = listed / 100;
			const [ms, loopMs] = [calculateMedian(personaTimes), calculateMedian(loopTimes)];
			return {
				title: `${formatCount(listed)} listed, ${latencyMs ? `${latencyMs} ms latency` : 'no latency'}`,
				unit: 'ms',
				packageValue: ms,
				baseline: { name: 'bare axios loop', value: loopMs },
				// Latency is what reading several parts at the same time saves.
				bar: { atMost: latencyMs ? 0.6 : 1.2 },
				defects: wrongCounts.map((count) => `${formatCount(count)} were listed`),
				notes: latencyMs ? [] : ['no latency hides the computing'],
				breakdown:
					`${(ms / pages).toFixed(1)} ms a page of 100: ${(loopMs / pages).toFixed(1)} in a bare request, ` +
					`${(rawMs / pages).toFixed(1)} in the node with the output Raw`,
			};
		},
	);
}

const buildListing = (credential: StoredCredential, output: string) =>
	buildChain('List', [
		startNode,
		{
			name: 'Persona',
			type: 'n8n-nodes-persona.persona',
			credential,
			parameters: { resource: 'inquiry', operation: 'getAll', returnAll: true, output },
		},
	]);
