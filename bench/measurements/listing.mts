import type { StoredCredential } from '../../tools/n8n/n8nClient.mts';
import { counted, median, type Finding } from '../benchResult.mts';
import { sandboxKey } from '../sandboxProcess.mts';
import type { Scale } from '../sizes.mts';
import type { Stage } from '../benchEnvironment.mts';
import { chain, start } from '../workflows.mts';

/** Latencies of the server in milliseconds: that of the creates, and none to hide behind. */
const latencies = [20, 0];

/** Get Many with Return All, against a loop that does nothing but read the same pages. */
export async function measureListing(
	stage: Stage,
	scale: Scale,
	note: (text: string) => void,
): Promise<Finding[]> {
	const findings: Finding[] = [];
	for (const latencyMs of latencies) {
		findings.push(await measured(stage, scale, latencyMs, note));
	}
	return findings;
}

async function measured(
	stage: Stage,
	{ listed, runs }: Scale,
	latencyMs: number,
	note: (text: string) => void,
): Promise<Finding> {
	return await stage.withSandbox(
		{ inquiryCount: listed, latencyMs },
		async (sandbox, credential) => {
			const getMany = await stage.timed(listing(credential, true));
			const getRaw = await stage.timed(listing(credential, false));
			const own: number[] = [];
			const bare: number[] = [];
			const counts = new Set<number>();
			for (let round = 1; round <= runs; round++) {
				note(`Persona, ${round} of ${runs}, ${latencyMs} ms`);
				const { ms, items } = await getMany();
				own.push(ms);
				counts.add(items.length);
				note(`axios, ${round} of ${runs}, ${latencyMs} ms`);
				const options = { apiUrl: sandbox.apiUrl, key: sandboxKey };
				const loop = await stage.program<{ ms: number; count: number }>('list', options);
				bare.push(loop.ms);
				counts.add(loop.count);
			}
			note('Persona, not simplified');
			const { ms: rawMs } = await getRaw();
			note('');
			const wrong = [...counts].filter((count) => count !== listed);
			const pages = listed / 100;
			const [ms, bareMs] = [median(own), median(bare)];
			return {
				what: `${counted(listed)} listed, answered ${latencyMs ? `in ${latencyMs} ms` : 'at once'}`,
				unit: 'ms',
				ours: ms,
				theirs: { name: 'bare axios loop', value: bareMs },
				bar: { atMost: 1.2 },
				flaws: wrong.map((count) => `${counted(count)} were listed`),
				notes: latencyMs ? [] : ['no waiting hides what is computed'],
				spent:
					`${(ms / pages).toFixed(1)} ms a page of 100: ${(bareMs / pages).toFixed(1)} in a bare request, ` +
					`${(rawMs / pages).toFixed(1)} in the node with Simplify off`,
			};
		},
	);
}

const listing = (credential: StoredCredential, simplify: boolean) =>
	chain('List', [
		start,
		{
			name: 'Persona',
			type: 'n8n-nodes-persona.persona',
			credential,
			parameters: { resource: 'inquiry', operation: 'getAll', returnAll: true, simplify },
		},
	]);
