import { writeFile } from 'node:fs/promises';
import { installN8n } from '../tools/n8n/installN8n.mts';
import { packPackage } from '../tools/packPackage.mts';
import { formatDuration, formatError, type Progress } from '../tools/progress.mjs';
import { meetsBar, getRatio, type BenchResult } from './benchResult.mts';
import { measureCreates } from './measurements/creates.mts';
import { measureDeliveries } from './measurements/deliveries.mts';
import { measureLimit } from './measurements/limit.mts';
import { measureListing } from './measurements/listing.mts';
import { measureMetrics } from './measurements/metrics.mts';
import { measurePackage } from './measurements/package.mts';
import { measureQueueDeliveries } from './measurements/queueDeliveries.mts';
import { measureSignatures } from './measurements/signatures.mts';
import { measureUploads } from './measurements/uploads.mts';
import { formatTestBed, readTestBed, formatTable } from './report.mts';
import { fullSizes, quickSizes, type Sizes } from './sizes.mts';
import { startBenchEnvironment, type BenchEnvironment } from './benchEnvironment.mts';

type Measurement = (
	environment: BenchEnvironment,
	sizes: Sizes,
	note: (text: string) => void,
) => Promise<BenchResult[]>;

const measurements: Record<string, Measurement> = {
	creates: measureCreates,
	limit: measureLimit,
	listing: measureListing,
	metrics: measureMetrics,
	signatures: measureSignatures,
	deliveries: measureDeliveries,
	queueDeliveries: (...options) => measureQueueDeliveries(1, ...options),
	queueDeliveriesToTwo: (...options) => measureQueueDeliveries(2, ...options),
	uploads: measureUploads,
	package: measurePackage,
};

interface BenchOptions {
	progress: Progress;
	/** Ends the bench early. */
	signal: AbortSignal;
	quick: boolean;
	/** Names of the measurements to make. Default: all. */
	only?: string[];
	/** A file that also receives the results. */
	jsonFile?: string;
}

/** Runs the measurements and prints them. Returns false when one of them has failed. */
export async function runBench({ progress, signal, quick, only, jsonFile }: BenchOptions) {
	const names = only ?? Object.keys(measurements);
	const unknown = names.filter((name) => !(name in measurements));
	if (unknown.length > 0) {
		const known = Object.keys(measurements).join(', ');
		throw new Error(`Unknown measurement: ${unknown.join(', ')}. Available: ${known}.`);
	}

	const startedAt = Date.now();
	const tarball = await progress.runStep('Build and pack', (note) => packPackage({ signal, note }));
	const installation = await progress.runStep('Install n8n', (note) =>
		installN8n({ signal, note }),
	);
	const testBed = await readTestBed(installation);
	const environment = await progress.runStep('Start n8n', () =>
		startBenchEnvironment(tarball, signal),
	);
	const results: BenchResult[] = [];
	const failures: { name: string; error: Error }[] = [];
	const stopped = new Promise<never>((_, reject) => {
		signal.addEventListener('abort', () => reject(signal.reason), { once: true });
	});
	try {
		for (const name of names) {
			try {
				const measure = (note: (text: string) => void) =>
					measurements[name](environment, quick ? quickSizes : fullSizes, note);
				const work = progress.runStep(`Measure ${name}`, measure);
				results.push(...(await Promise.race([work, stopped])));
			} catch (error) {
				if (signal.aborted) throw error;
				failures.push({ name, error: error as Error });
			}
		}
	} finally {
		await environment.close();
	}

	progress.print(`\n${formatTestBed(testBed).join('\n')}`);
	if (quick) progress.print('A quick run: smaller sizes than those the bars are meant for.');
	progress.print(`\n${formatTable(results).join('\n')}`);
	for (const { name, error } of failures)
		progress.print(`\nNot measured: ${name}\n${formatError(error)}`);
	progress.print(`\nDone in ${formatDuration(Date.now() - startedAt)}`);
	if (jsonFile) {
		const resultsWithRatio = results.map((result) => ({
			...result,
			ratio: getRatio(result),
			meetsBar: meetsBar(result),
		}));
		const missing = failures.map(({ name, error }) => ({ name, error: error.message }));
		const report = { at: new Date(startedAt), quick, testBed, results: resultsWithRatio, missing };
		await writeFile(jsonFile, `${JSON.stringify(report, undefined, '\t')}\n`);
	}
	return failures.length === 0;
}
