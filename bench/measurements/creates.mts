import { commonFields } from '../../nodes/Persona/engine/commonFields.ts';
import {
	assertComparable,
	countInquiries,
	httpRequest,
	ours,
	sentCreates,
} from '../subjects/creates.mts';
import { counted, median, type Finding } from '../benchResult.mts';
import type { Scale } from '../sizes.mts';
import type { Stage } from '../benchEnvironment.mts';
import { chain, items, start } from '../workflows.mts';

const latencyMs = 20;

const ITEMS_AT_A_TIME = commonFields.itemsAtATime.default as number;

/** Many creates with no limit in the way, against n8n's HTTP Request node. */
export async function measureCreates(
	stage: Stage,
	{ creates, runs }: Scale,
	note: (text: string) => void,
): Promise<Finding[]> {
	return await stage.withSandbox({ latencyMs }, async (sandbox, credential) => {
		const sides = await Promise.all(
			[ours(credential), httpRequest(credential, sandbox.apiUrl)].map(async (part) => ({
				name: part.name,
				run: await stage.timed(chain(`Create: ${part.name}`, [start, items(creates), part])),
				times: [] as number[],
				lost: 0,
				sent: await sentCreates(sandbox),
			})),
		);
		for (let round = 1; round <= runs; round++) {
			for (const side of sides) {
				note(`${side.name}, ${round} of ${runs}`);
				await sandbox.cause('/reset');
				side.times.push((await side.run()).ms);
				side.sent = await sentCreates(sandbox);
				side.lost += creates - (await countInquiries(sandbox));
			}
		}
		note('');
		const [own, other] = sides;
		assertComparable(own.sent, other.sent);
		const ms = median(own.times);
		const waiting = latencyMs / ITEMS_AT_A_TIME;
		const each = ms / creates;
		return [
			{
				what: `${counted(creates)} creates, answered in ${latencyMs} ms`,
				unit: 'ms',
				ours: ms,
				theirs: { name: other.name, value: median(other.times) },
				bar: { atMost: 1 },
				flaws: own.lost === 0 ? [] : [`${own.lost} inquiries are not as they should be`],
				notes: [
					`runs ${listed(own.times)} against ${listed(other.times)} ms; all inquiries counted after each`,
				],
				spent:
					`${each.toFixed(2)} ms an item: at least ${waiting.toFixed(2)} waiting for answers ` +
					`(${ITEMS_AT_A_TIME} at a time), at most ${(each - waiting).toFixed(2)} computing, here and in the sandbox`,
			},
		];
	});
}

const listed = (times: number[]) => times.map((ms) => counted(Math.round(ms))).join(', ');
