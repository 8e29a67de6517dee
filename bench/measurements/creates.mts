import { commonFields } from '../../nodes/Persona/engine/commonFields.ts';
import {
	assertComparable,
	countInquiries,
	buildHttpRequestNode,
	buildPersonaNode,
	fetchSentCreates,
} from '../subjects/creates.mts';
import { formatCount, calculateMedian, type BenchResult } from '../benchResult.mts';
import type { Sizes } from '../sizes.mts';
import type { BenchEnvironment } from '../benchEnvironment.mts';
import { buildChain, buildItemsNode, startNode } from '../workflows.mts';

const latencyMs = 20;

const ITEMS_AT_A_TIME = commonFields.itemsAtATime.default as number;

/** Measures many creates without a rate limit, against n8n's HTTP Request node. */
export async function measureCreates(
	environment: BenchEnvironment,
	{ creates, runs }: Sizes,
	note: (text: string) => void,
): Promise<BenchResult[]> {
	return await environment.runWithSandbox({ latencyMs }, async (sandbox, credential) => {
		const subjects = await Promise.all(
			[buildPersonaNode(credential), buildHttpRequestNode(credential, sandbox.apiUrl)].map(
				async (template) => ({
					name: template.name,
					run: await environment.prepareTimedRun(
						buildChain(`Create: ${template.name}`, [startNode, buildItemsNode(creates), template]),
					),
					times: [] as number[],
					lost: 0,
					sent: await fetchSentCreates(sandbox),
				}),
			),
		);
		for (let round = 1; round <= runs; round++) {
			for (const subject of subjects) {
				note(`${subject.name}, ${round} of ${runs}`);
				await sandbox.postControl('/reset');
				subject.times.push((await subject.run()).ms);
				subject.sent = await fetchSentCreates(sandbox);
				subject.lost += creates - (await countInquiries(sandbox));
			}
		}
		note('');
		const [personaNode, httpRequestNode] = subjects;
		assertComparable(personaNode.sent, httpRequestNode.sent);
		const ms = calculateMedian(personaNode.times);
		const waitingMs = latencyMs / ITEMS_AT_A_TIME;
		const msPerItem = ms / creates;
		return [
			{
				title: `${formatCount(creates)} creates, ${latencyMs} ms latency`,
				unit: 'ms',
				packageValue: ms,
				baseline: { name: httpRequestNode.name, value: calculateMedian(httpRequestNode.times) },
				bar: { atMost: 1 },
				defects:
					personaNode.lost === 0 ? [] : [`${personaNode.lost} inquiries are missing or duplicated`],
				notes: [
					`runs ${formatTimes(personaNode.times)} against ${formatTimes(httpRequestNode.times)} ms; all inquiries counted after each`,
				],
				breakdown:
					`${msPerItem.toFixed(2)} ms an item: at least ${waitingMs.toFixed(2)} waiting for responses ` +
					`(${ITEMS_AT_A_TIME} at a time), at most ${(msPerItem - waitingMs).toFixed(2)} computing, here and in the sandbox`,
			},
		];
	});
}

const formatTimes = (times: number[]) => times.map((ms) => formatCount(Math.round(ms))).join(', ');
