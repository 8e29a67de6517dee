import { countInquiries, httpRequest, ours, sentCreates } from '../subjects/creates.mts';
import { counted, type Finding } from '../benchResult.mts';
import type { Scale } from '../sizes.mts';
import type { Stage } from '../benchEnvironment.mts';
import { chain, items, start, type Part } from '../workflows.mts';

const rateLimit = { maxRequests: 100, windowSeconds: 2 };

/** More creates than a limit admits at once, against the time that the limit itself takes. */
export async function measureLimit(
	stage: Stage,
	{ limitedCreates: wanted }: Scale,
	note: (text: string) => void,
): Promise<Finding[]> {
	return await stage.withSandbox({ rateLimit }, async (sandbox, credential) => {
		const once = async (part: Part) => {
			note(part.name);
			const run = await stage.timed(chain(`Limited: ${part.name}`, [start, items(wanted), part]));
			await sandbox.cause('/reset');
			const { ms } = await run();
			const refused = (await sentCreates(sandbox)).filter(({ status }) => status === 429).length;
			return { seconds: ms / 1000, refused, created: await countInquiries(sandbox) };
		};
		const own = await once(ours(credential));
		// Its first failed item would otherwise end the execution.
		const other = await once({
			...httpRequest(credential, sandbox.apiUrl),
			onError: 'continueRegularOutput',
		});
		note('');
		// The last window is not waited for: it opens, and the rest is sent.
		const windows = Math.ceil(wanted / rateLimit.maxRequests) - 1;
		const dictated = windows * rateLimit.windowSeconds;
		return [
			{
				what: `${counted(wanted)} creates, ${rateLimit.maxRequests} admitted in ${rateLimit.windowSeconds} s`,
				unit: 's',
				ours: own.seconds,
				theirs: { name: 'the limit itself', value: dictated },
				bar: { atMost: 1.1 },
				flaws: own.created === wanted ? [] : [`${counted(own.created)} inquiries were created`],
				notes: [
					`${counted(own.created)} created, ${own.refused} requests refused with 429 and sent again`,
					`HTTP Request: ${counted(other.created)} created, ${counted(wanted - other.created)} failed, after ${other.seconds.toFixed(1)} s`,
				],
				spent: `${(own.seconds - dictated).toFixed(1)} s more than the limit takes: ${((own.seconds - dictated) / windows).toFixed(2)} s for each window that was waited for`,
			},
		];
	});
}
