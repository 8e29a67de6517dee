import type { VerificationRates, SignatureTask } from '../signatureTask.mts';
import { formatCount, calculateMedian, type BenchResult } from '../benchResult.mts';
import type { Sizes } from '../sizes.mts';
import type { BenchEnvironment } from '../benchEnvironment.mts';

/** Body sizes in bytes: an inquiry alone, and one with all its related objects. */
const bodySizes = [4_000, 200_000];

/** Time of one variant in one round. Short turns, so that changes of the machine's load affect all variants. */
const sliceMs = 100;

/** Rounds in each run. */
const roundsPerRun = 10;

/**
 * Measures the trigger's verification of a signature, in the packed code, against that of n8n's
 * Stripe Trigger, in n8n's own code. Both run outside n8n.
 */
export async function measureSignatures(
	environment: BenchEnvironment,
	{ runs }: Sizes,
	note: (text: string) => void,
): Promise<BenchResult[]> {
	const results: BenchResult[] = [];
	for (const bytes of bodySizes) {
		const size = `${bytes / 1000} KB`;
		note(size);
		const task: SignatureTask = {
			n8nFolder: environment.n8n.installation.folder,
			packageFolder: environment.packageFolder,
			bytes,
			rounds: runs * roundsPerRun,
			sliceMs,
		};
		const rates = await environment.runWorker<VerificationRates>('signatures', task);
		const [packageRate, stripeRate, hmacRate] = [rates.package, rates.baseline, rates.hmacOnly].map(
			calculateMedian,
		);
		results.push({
			title: `Signatures of ${size} verified`,
			unit: '/s',
			packageValue: packageRate,
			baseline: { name: 'Stripe Trigger', value: stripeRate },
			bar: { atLeast: 0.9 },
			notes: [
				`${formatMicroseconds(packageRate)} µs each, the Stripe Trigger ${formatMicroseconds(stripeRate)}, the HMAC alone ${formatMicroseconds(hmacRate)} (${formatCount(Math.round(hmacRate))}/s)`,
			],
		});
	}
	note('');
	return results;
}

const formatMicroseconds = (rate: number) => (1_000_000 / rate).toFixed(1);
