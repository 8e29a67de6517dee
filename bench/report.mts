import { readFile } from 'node:fs/promises';
import { cpus, loadavg, platform, arch, totalmem } from 'node:os';
import { runCommand } from '../tools/runCommand.cjs';
import type { Installation } from '../tools/n8n/installN8n.mts';
import { holds, ratioOf, type Finding } from './benchResult.mts';

/** On what, and of what, the numbers are. */
export interface Surroundings {
	package: string;
	n8n: string;
	/** The Node of n8n and of the programs that it is compared with. */
	node: string;
	/** The Node that runs the sandbox. */
	sandboxNode: string;
	processor: string;
	cores: number;
	memoryGb: number;
	system: string;
	/** Processes that wanted a core in the last minute before the bench began. */
	load: number;
}

/** Looks at the machine and the programs before anything is measured. */
export async function surroundingsOf({ folder, node }: Installation): Promise<Surroundings> {
	const versionIn = async (file: string) => {
		const { version }: { version: string } = JSON.parse(await readFile(file, 'utf8'));
		return version;
	};
	const [{ model }] = cpus();
	return {
		package: await versionIn('package.json'),
		n8n: await versionIn(`${folder}/node_modules/n8n/package.json`),
		node: (await runCommand(node, ['--version'])).trim(),
		sandboxNode: process.version,
		processor: model.trim(),
		cores: cpus().length,
		memoryGb: Math.round(totalmem() / 2 ** 30),
		system: `${platform()} ${arch()}`,
		load: Math.round(loadavg()[0] * 10) / 10,
	};
}

/** The surroundings in a few lines for a person. */
export function describe(surroundings: Surroundings): string[] {
	const { cores, load, memoryGb, processor, system } = surroundings;
	return [
		`n8n-nodes-persona ${surroundings.package}, n8n ${surroundings.n8n} on Node ${surroundings.node}, sandbox on Node ${surroundings.sandboxNode}`,
		`${processor}, ${cores} cores, ${memoryGb} GB, ${system}, load ${load} at the start`,
		...(load > cores / 2
			? ['Other programs keep this machine busy: do not judge by this run.']
			: []),
	];
}

/** The findings as a table with a line for each, and below it what else there is to say. */
export function table(findings: Finding[]): string[] {
	const head = ['', 'ours', 'theirs', 'ratio', 'bar', 'holds'];
	const rows = [head, ...findings.map(cells)];
	const widths = head.map((_, column) => Math.max(...rows.map((row) => row[column].length)));
	const line = (row: string[]) =>
		row
			.map((cell, column) => cell.padEnd(widths[column]))
			.join('   ')
			.trimEnd();
	return [
		...[line(head), '-'.repeat(line(widths.map((width) => '-'.repeat(width))).length)],
		...findings.flatMap((finding, index) => [
			line(rows[index + 1]),
			...remarks(finding).map((remark) => `    ${remark}`),
		]),
	];
}

function cells(finding: Finding): string[] {
	const { what, ours, theirs, unit, bar } = finding;
	const ratio = ratioOf(finding);
	const [sign, limit] = 'atMost' in bar ? ['≤', bar.atMost] : ['≥', bar.atLeast];
	return [
		what,
		amount(ours, unit),
		theirs ? `${amount(theirs.value, unit)} (${theirs.name})` : '',
		ratio === undefined ? '' : `${ratio.toFixed(2)} ×`,
		`${sign} ${theirs ? `${limit} ×` : amount(limit, unit)}`,
		holds(finding) ? 'yes' : 'NO',
	];
}

function remarks(finding: Finding): string[] {
	const { flaws = [], notes = [], spent } = finding;
	return [...flaws, ...notes, ...(spent && !holds(finding) ? [spent] : [])];
}

function amount(value: number, unit: Finding['unit']) {
	const digits = value < 100 ? 1 : 0;
	const number = value.toLocaleString('en-US', { maximumFractionDigits: digits });
	return unit === '/s' ? `${number}/s` : `${number} ${unit}`;
}
