import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { table } from '../../nodes/Persona/resources/index.ts';
import { countLines, sumLines, type FileLines } from '../../tools/countLines.mts';
import { formatCount, calculateMedian, type BenchResult } from '../benchResult.mts';
import type { Sizes } from '../sizes.mts';
import type { BenchEnvironment } from '../benchEnvironment.mts';

/** Measures load time and size of the package, and the length of its code. */
export async function measurePackage(
	environment: BenchEnvironment,
	{ packageLoads: loads }: Sizes,
	note: (text: string) => void,
): Promise<BenchResult[]> {
	const times: number[] = [];
	const options = {
		n8nFolder: environment.n8n.installation.folder,
		packageFolder: environment.packageFolder,
	};
	for (let load = 1; load <= loads; load++) {
		note(`process ${load} of ${loads}`);
		const { ms, nodes } = await environment.runWorker<{ ms: number; nodes: string[] }>(
			'load',
			options,
		);
		if (!nodes.includes('persona')) throw new Error('n8n’s loader has not found the node');
		times.push(ms);
	}
	note('');
	const all = await countLines('nodes/Persona');
	const rows = all.filter(({ file }) => file.startsWith('resources/'));
	// Code that is moved out of the table still shows up.
	const otherFiles = all.filter((lines) => !rows.includes(lines));
	const operations = table.resources.flatMap((resource) => Object.keys(resource.operations)).length;
	return [
		{
			title: 'Package loaded by n8n’s own loader',
			unit: 'ms',
			packageValue: calculateMedian(times),
			bar: { atMost: 100 },
			notes: [`${loads} fresh processes, with n8n’s own code loaded before`],
		},
		{
			title: 'Tarball',
			unit: 'KB',
			packageValue: (await stat(environment.tarball)).size / 1000,
			bar: { atMost: 400 },
		},
		{
			title: 'Lines of the table for each operation',
			unit: 'lines',
			packageValue: sumLines(rows) / operations,
			bar: { atMost: 20 },
			notes: [
				`all lines count, empty ones and comments too: ${formatCount(sumLines(rows))} for ${operations} operations`,
				`${formatCount(sumLines(otherFiles))} more outside the table: ${formatByFolder(otherFiles)}`,
			],
			breakdown: formatLongest(rows),
		},
	];
}

function formatByFolder(files: FileLines[]) {
	const folders = [...new Set(files.map(({ file }) => dirname(file)))].sort();
	return folders
		.map((folder) => {
			const lines = sumLines(files.filter(({ file }) => dirname(file) === folder));
			return `${folder === '.' ? 'nodes and single files' : folder} ${formatCount(lines)}`;
		})
		.join(', ');
}

function formatLongest(files: FileLines[]) {
	const first = [...files].sort((a, b) => b.lines - a.lines).slice(0, 5);
	return `longest: ${first.map(({ file, lines }) => `${file} ${lines}`).join(', ')}`;
}
