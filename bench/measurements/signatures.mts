import type { CheckRates, Checks } from '../signatureTask.mts';
import { counted, median, type Finding } from '../benchResult.mts';
import type { Scale } from '../sizes.mts';
import type { Stage } from '../benchEnvironment.mts';

/** Bodies in bytes: an inquiry alone, and one with everything that belongs to it. */
const sizes = [4_000, 200_000];

/** Milliseconds of one way in one round: short, so that the ways take turns while the machine is the same. */
const slice = 100;

/** Rounds in each run of the scale. */
const roundsARun = 10;

/**
 * The check of a signature as the trigger makes it, in the packed code, against the one that n8n's
 * Stripe Trigger makes, in n8n's own code; n8n around both is left out.
 */
export async function measureSignatures(
	stage: Stage,
	{ runs }: Scale,
	note: (text: string) => void,
): Promise<Finding[]> {
	const findings: Finding[] = [];
	for (const bytes of sizes) {
		const size = `${bytes / 1000} KB`;
		note(size);
		const checks: Checks = {
			n8nFolder: stage.n8n.installation.folder,
			packageFolder: stage.packageFolder,
			bytes,
			rounds: runs * roundsARun,
			ms: slice,
		};
		const rates = await stage.program<CheckRates>('signatures', checks);
		const [ours, theirs, floor] = [rates.ours, rates.theirs, rates.floor].map(median);
		findings.push({
			what: `Signatures of ${size} checked`,
			unit: '/s',
			ours,
			theirs: { name: 'Stripe Trigger', value: theirs },
			bar: { atLeast: 0.9 },
			notes: [
				`${micros(ours)} µs each, the Stripe Trigger ${micros(theirs)}, the HMAC alone ${micros(floor)} (${counted(Math.round(floor))}/s)`,
			],
		});
	}
	note('');
	return findings;
}

const micros = (rate: number) => (1_000_000 / rate).toFixed(1);
