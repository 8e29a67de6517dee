import { writeFile } from 'node:fs/promises';
import { installN8n } from '../tools/n8n/installN8n.mts';
import { packPackage } from '../tools/packPackage.mts';
import { formatDuration, formatError, type Progress } from '../tools/progress.mjs';
import { holds, ratioOf, type Finding } from './benchResult.mts';
import { measureCreates } from './measurements/creates.mts';
import { measureDeliveries } from './measurements/deliveries.mts';
import { measureLimit } from './measurements/limit.mts';
import { measureListing } from './measurements/listing.mts';
import { measureMetrics } from './measurements/metrics.mts';
import { measurePackage } from './measurements/package.mts';
import { measureSignatures } from './measurements/signatures.mts';
import { describe, surroundingsOf, table } from './report.mts';
import { full, quick as short, type Scale } from './sizes.mts';
import { setStage, type Stage } from './benchEnvironment.mts';

type Measurement = (stage: Stage, scale: Scale, note: (text: string) => void) => Promise<Finding[]>;

const measurements: Record<string, Measurement> = {
	creates: measureCreates,
	limit: measureLimit,
	listing: measureListing,
	metrics: measureMetrics,
	signatures: measureSignatures,
	deliveries: measureDeliveries,
	package: measurePackage,
};

interface BenchOptions {
	progress: Progress;
	/** Ends the bench early. */
	signal: AbortSignal;
	quick: boolean;
	/** Names of the measurements to make; all when left out. */
	only?: string[];
	/** Where the findings go besides the screen. */
	jsonFile?: string;
}

/** Measures and prints; false when something could not be measured. */
export async function runBench({ progress, signal, quick, only, jsonFile }: BenchOptions) {
	const names = only ?? Object.keys(measurements);
	const unknown = names.filter((name) => !(name in measurements));
	if (unknown.length > 0) {
		const known = Object.keys(measurements).join(', ');
		throw new Error(`Nothing is called ${unknown.join(', ')}; there are ${known}.`);
	}

	const from = Date.now();
	const tarball = await progress.runStep('Build and pack', (note) => packPackage({ signal, note }));
	const installation = await progress.runStep('Install n8n', (note) =>
		installN8n({ signal, note }),
	);
	const surroundings = await surroundingsOf(installation);
	const stage = await progress.runStep('Start n8n', () => setStage(tarball, signal));
	const findings: Finding[] = [];
	const failures: { name: string; error: Error }[] = [];
	const stopped = new Promise<never>((_, reject) => {
		signal.addEventListener('abort', () => reject(signal.reason), { once: true });
	});
	try {
		for (const name of names) {
			try {
				const measure = (note: (text: string) => void) =>
					measurements[name](stage, quick ? short : full, note);
				const work = progress.runStep(`Measure ${name}`, measure);
				findings.push(...(await Promise.race([work, stopped])));
			} catch (error) {
				if (signal.aborted) throw error;
				failures.push({ name, error: error as Error });
			}
		}
	} finally {
		await stage.close();
	}

	progress.print(`\n${describe(surroundings).join('\n')}`);
	if (quick)
		progress.print('A quick run: a rough look, on smaller numbers than the bars are meant for.');
	progress.print(`\n${table(findings).join('\n')}`);
	for (const { name, error } of failures)
		progress.print(`\nNot measured: ${name}\n${formatError(error)}`);
	progress.print(`\nDone in ${formatDuration(Date.now() - from)}`);
	if (jsonFile) {
		const judged = findings.map((finding) => ({
			...finding,
			ratio: ratioOf(finding),
			holds: holds(finding),
		}));
		const missing = failures.map(({ name, error }) => ({ name, error: error.message }));
		const report = { at: new Date(from), quick, surroundings, findings: judged, missing };
		await writeFile(jsonFile, `${JSON.stringify(report, undefined, '\t')}\n`);
	}
	return failures.length === 0;
}
