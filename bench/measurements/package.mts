import { readdir, readFile, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { table } from '../../nodes/Persona/resources/index.ts';
import { counted, median, type Finding } from '../benchResult.mts';
import type { Scale } from '../sizes.mts';
import type { Stage } from '../benchEnvironment.mts';

/** What the package costs everybody who has it installed, and whoever works on it. */
export async function measurePackage(
	stage: Stage,
	{ loads }: Scale,
	note: (text: string) => void,
): Promise<Finding[]> {
	const times: number[] = [];
	const options = {
		n8nFolder: stage.n8n.installation.folder,
		packageFolder: stage.packageFolder,
	};
	for (let load = 1; load <= loads; load++) {
		note(`process ${load} of ${loads}`);
		const { ms, nodes } = await stage.program<{ ms: number; nodes: string[] }>('load', options);
		if (!nodes.includes('persona')) throw new Error('n8n’s loader has not found the node');
		times.push(ms);
	}
	note('');
	const all = await linesOf('nodes/Persona');
	const within = (folder: string) => all.filter(({ file }) => file.startsWith(`${folder}/`));
	const rows = within('resources');
	const engine = within('engine');
	// What is moved out of the engine is not saved.
	const beside = all.filter((lines) => !rows.includes(lines) && !engine.includes(lines));
	const operations = table.resources.flatMap((resource) => Object.keys(resource.operations)).length;
	return [
		{
			what: 'Package loaded by n8n’s own loader',
			unit: 'ms',
			ours: median(times),
			bar: { atMost: 100 },
			notes: [`${loads} fresh processes, n8n’s own code loaded and its log opened before`],
		},
		{
			what: 'Tarball',
			unit: 'KB',
			ours: (await stat(stage.tarball)).size / 1000,
			bar: { atMost: 400 },
		},
		{
			what: 'Lines of the table for each operation',
			unit: 'lines',
			ours: sum(rows) / operations,
			bar: { atMost: 20 },
			notes: [`${counted(sum(rows))} lines, ${operations} operations`],
			spent: longest(rows),
		},
		{
			what: 'Engine',
			unit: 'lines',
			ours: sum(engine),
			bar: { atMost: 1_000 },
			notes: [
				`every line counted, also empty ones and comments; ${counted(sum(beside))} more are in neither table nor engine: ${byFolder(beside)}`,
			],
			spent: longest(engine),
		},
	];
}

interface Lines {
	file: string;
	lines: number;
}

async function linesOf(folder: string): Promise<Lines[]> {
	const files = (await readdir(folder, { recursive: true })).filter((file) => file.endsWith('.ts'));
	return await Promise.all(
		files.map(async (file) => {
			const text = await readFile(join(folder, file), 'utf8');
			return { file, lines: text.split('\n').length - 1 };
		}),
	);
}

const sum = (files: Lines[]) => files.reduce((total, { lines }) => total + lines, 0);

function byFolder(files: Lines[]) {
	const folders = [...new Set(files.map(({ file }) => dirname(file)))].sort();
	return folders
		.map((folder) => {
			const lines = sum(files.filter(({ file }) => dirname(file) === folder));
			return `${folder === '.' ? 'nodes and single files' : folder} ${counted(lines)}`;
		})
		.join(', ');
}

function longest(files: Lines[]) {
	const first = [...files].sort((a, b) => b.lines - a.lines).slice(0, 5);
	return `longest: ${first.map(({ file, lines }) => `${file} ${lines}`).join(', ')}`;
}
