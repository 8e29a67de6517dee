import { readFile, writeFile } from 'node:fs/promises';
import { calculateMedian, type BenchResult } from '../benchResult.mts';
import type { Sizes } from '../sizes.mts';
import type { BenchEnvironment } from '../benchEnvironment.mts';
import {
	buildUploadPairs,
	fetchBodySizes,
	startFileSource,
	type FileSource,
	type UploadPair,
	type UploadSubject,
} from '../subjects/uploads.mts';
import { buildChain, startNode } from '../workflows.mts';

const KB_PER_MB = 1024;

/** Bytes of the file of the first run of a process, which loads all code and compiles it. */
const WARM_UP_BYTES = 100_000;

const WAYS = ['persona', 'httpRequest'] as const;

/**
 * Measures how much memory n8n takes above what it had, while a workflow fetches a large file and uploads
 * it, against n8n's HTTP Request node with the same body. Each run has a fresh process: one that has
 * freed memory would use it again, unseen. Throws on other systems than Linux, whose peak can be reset.
 */
export async function measureUploads(
	environment: BenchEnvironment,
	{ uploadMb, runs }: Sizes,
	note: (text: string) => void,
): Promise<BenchResult[]> {
	const source = await startFileSource();
	try {
		return await environment.runWithSandbox({}, async (sandbox, credential) => {
			const results: BenchResult[] = [];
			for (const pair of buildUploadPairs(source, credential, sandbox)) {
				const peaks: UploadPeaks = { persona: [], httpRequest: [] };
				const sizes: number[] = [];
				for (let round = 1; round <= runs; round++) {
					for (const way of WAYS) {
						note(`${pair[way].name}, ${round} of ${runs}`);
						await sandbox.postControl('/reset');
						peaks[way].push(await measurePeakMb(environment, pair[way], source, uploadMb));
						sizes.push(Math.max(...(await fetchBodySizes(sandbox, pair.path))));
					}
				}
				note('');
				assertComparable(pair, sizes, uploadMb);
				results.push(buildResult(pair, peaks, uploadMb));
			}
			return results;
		});
	} finally {
		source.close();
	}
}

/** The peaks of all runs of a way, in MB above what n8n had before. */
type UploadPeaks = Record<(typeof WAYS)[number], number[]>;

async function measurePeakMb(
	{ n8n, prepareTimedRun }: BenchEnvironment,
	{ name, nodes }: UploadSubject,
	source: FileSource,
	uploadMb: number,
): Promise<number> {
	await n8n.restart();
	const run = await prepareTimedRun(buildChain(`Upload: ${name}`, [startNode, ...nodes]));
	source.bytes = WARM_UP_BYTES;
	await run();
	// 5 sets the peak back to what is in use now (proc_pid_clear_refs(5)).
	await writeFile(`/proc/${n8n.pid}/clear_refs`, '5');
	const { usedMb } = await readMemory(n8n.pid);
	source.bytes = uploadMb * KB_PER_MB * 1024;
	await run();
	const { peakMb } = await readMemory(n8n.pid);
	return peakMb - usedMb;
}

/** Reads the memory of a process from Linux. */
async function readMemory(pid: number | undefined): Promise<{ usedMb: number; peakMb: number }> {
	const status = await readFile(`/proc/${pid}/status`, 'utf8');
	const readMb = (member: string) =>
		Number(new RegExp(`^${member}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / KB_PER_MB;
	return { usedMb: readMb('VmRSS'), peakMb: readMb('VmHWM') };
}

/** Throws unless all runs have sent the same body, with the whole file. */
function assertComparable({ title }: UploadPair, sizes: number[], uploadMb: number) {
	const [size, ...others] = [...new Set(sizes)];
	if (others.length === 0 && size > uploadMb * KB_PER_MB * 1024) return;
	throw new Error(`${title}: bodies of ${sizes.join(', ')} bytes instead of the same whole file`);
}

function buildResult(pair: UploadPair, peaks: UploadPeaks, uploadMb: number): BenchResult {
	return {
		title: `Memory of ${uploadMb} MB by ${pair.title}`,
		unit: 'MB',
		packageValue: calculateMedian(peaks.persona),
		baseline: { name: pair.httpRequest.name, value: calculateMedian(peaks.httpRequest) },
		bar: { atMost: pair.bar },
		notes: [
			`runs ${formatPeaks(peaks.persona)} against ${formatPeaks(peaks.httpRequest)} MB above what a fresh n8n had`,
			pair.remark,
		],
	};
}

const formatPeaks = (peaks: number[]) => peaks.map((mb) => String(Math.round(mb))).join(', ');
