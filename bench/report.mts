import { readFile } from 'node:fs/promises';
import { cpus, loadavg, platform, arch, totalmem } from 'node:os';
import { runCommand } from '../tools/runCommand.cjs';
import type { Installation } from '../tools/n8n/installN8n.mts';
import { meetsBar, getRatio, type BenchResult } from './benchResult.mts';

/** What was measured, and on which machine. */
export interface TestBed {
	package: string;
	n8n: string;
	/** The Node of n8n and of the baseline programs. */
	node: string;
	/** The Node that runs the sandbox. */
	sandboxNode: string;
	processor: string;
	cores: number;
	memoryGb: number;
	system: string;
	/** The machine's load average in the minute before the bench started. */
	load: number;
}

/** Reads the versions and the machine's data, before anything is measured. */
export async function readTestBed({ folder, node }: Installation): Promise<TestBed> {
	const readVersion = async (file: string) => {
		const { version }: { version: string } = JSON.parse(await readFile(file, 'utf8'));
		return version;
	};
	const [{ model }] = cpus();
	return {
		package: await readVersion('package.json'),
		n8n: await readVersion(`${folder}/node_modules/n8n/package.json`),
		node: (await runCommand(node, ['--version'])).trim(),
		sandboxNode: process.version,
		processor: model.trim(),
		cores: cpus().length,
		memoryGb: Math.round(totalmem() / 2 ** 30),
		system: `${platform()} ${arch()}`,
		load: Math.round(loadavg()[0] * 10) / 10,
	};
}

/** Formats the test bed in a few lines. */
export function formatTestBed(testBed: TestBed): string[] {
	const { cores, load, memoryGb, processor, system } = testBed;
	return [
		`n8n-nodes-persona ${testBed.package}, n8n ${testBed.n8n} on Node ${testBed.node}, sandbox on Node ${testBed.sandboxNode}`,
		`${processor}, ${cores} cores, ${memoryGb} GB, ${system}, load ${load} at the start`,
		...(load > cores / 2
			? ['Other programs use this machine at the same time: these numbers do not count.']
			: []),
	];
}

/** Formats the results as a table, with remarks below each line. */
export function formatTable(results: BenchResult[]): string[] {
	const head = ['', 'package', 'baseline', 'ratio', 'bar', 'met'];
	const rows = [head, ...results.map(formatCells)];
	const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column].length)));
	const formatLine = (row: string[]) =>
		row
			.map((cell, column) => cell.padEnd(widths[column]))
			.join('   ')
			.trimEnd();
	return [
		...[formatLine(head), '-'.repeat(formatLine(widths.map((width) => '-'.repeat(width))).length)],
		...results.flatMap((result, index) => [
			formatLine(rows[index + 1]),
			...listRemarks(result).map((remark) => `    ${remark}`),
		]),
	];
}

function formatCells(result: BenchResult): string[] {
	const { title, packageValue, baseline, unit, bar } = result;
	const ratio = getRatio(result);
	const [sign, limit] = 'atMost' in bar ? ['≤', bar.atMost] : ['≥', bar.atLeast];
	return [
		title,
		formatAmount(packageValue, unit),
		baseline ? `${formatAmount(baseline.value, unit)} (${baseline.name})` : '',
		ratio === undefined ? '' : `${ratio.toFixed(2)} ×`,
		`${sign} ${baseline ? `${limit} ×` : formatAmount(limit, unit)}`,
		meetsBar(result) ? 'yes' : 'NO',
	];
}

function listRemarks(result: BenchResult): string[] {
	const { defects = [], notes = [], breakdown } = result;
	return [...defects, ...notes, ...(breakdown && !meetsBar(result) ? [breakdown] : [])];
}

function formatAmount(value: number, unit: BenchResult['unit']) {
	const digits = value < 100 ? 1 : 0;
	const number = value.toLocaleString('en-US', { maximumFractionDigits: digits });
	return unit === '/s' ? `${number}/s` : `${number} ${unit}`;
}
