import {
	countInquiries,
	buildHttpRequestNode,
	buildPersonaNode,
	fetchSentCreates,
} from '../subjects/creates.mts';
import { formatCount, type BenchResult } from '../benchResult.mts';
import type { Sizes } from '../sizes.mts';
import type { BenchEnvironment } from '../benchEnvironment.mts';
import { buildChain, buildItemsNode, startNode, type NodeTemplate } from '../workflows.mts';

const rateLimit = { maxRequests: 100, windowSeconds: 2 };

/** Measures more creates than the rate limit admits at once, against the time that the limit dictates. */
export async function measureLimit(
	environment: BenchEnvironment,
	{ limitedCreates: count }: Sizes,
	note: (text: string) => void,
): Promise<BenchResult[]> {
	return await environment.runWithSandbox({ rateLimit }, async (sandbox, credential) => {
		const runOnce = async (template: NodeTemplate) => {
			note(template.name);
			const run = await environment.prepareTimedRun(
				buildChain(`Limited: ${template.name}`, [startNode, buildItemsNode(count), template]),
			);
			await sandbox.postControl('/reset');
			const { ms } = await run();
			const rateLimited = (await fetchSentCreates(sandbox)).filter(
				({ status }) => status === 429,
			).length;
			return { seconds: ms / 1000, rateLimited, created: await countInquiries(sandbox) };
		};
		const personaNode = await runOnce(buildPersonaNode(credential));
		// Otherwise its first failed item would end the execution.
		const httpRequestNode = await runOnce({
			...buildHttpRequestNode(credential, sandbox.apiUrl),
			onError: 'continueRegularOutput',
		});
		note('');
		// The last window only has to open: the rest is sent at once.
		const windows = Math.ceil(count / rateLimit.maxRequests) - 1;
		const minimumSeconds = windows * rateLimit.windowSeconds;
		return [
			{
				title: `${formatCount(count)} creates, ${rateLimit.maxRequests} admitted in ${rateLimit.windowSeconds} s`,
				unit: 's',
				packageValue: personaNode.seconds,
				baseline: { name: 'the limit itself', value: minimumSeconds },
				bar: { atMost: 1.1 },
				defects:
					personaNode.created === count
						? []
						: [`${formatCount(personaNode.created)} inquiries were created`],
				notes: [
					`${formatCount(personaNode.created)} created, ${personaNode.rateLimited} requests rejected with 429 and sent again`,
					`HTTP Request: ${formatCount(httpRequestNode.created)} created, ${formatCount(count - httpRequestNode.created)} failed, after ${httpRequestNode.seconds.toFixed(1)} s`,
				],
				breakdown: `${(personaNode.seconds - minimumSeconds).toFixed(1)} s more than the limit takes: ${((personaNode.seconds - minimumSeconds) / windows).toFixed(2)} s for each window`,
			},
		];
	});
}
