import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { CommandError, runCommand } from '../tools/runCommand.cjs';

interface Report {
	summary: {
		totalCruised: number;
		violations: Array<{ rule: { name: string }; from: string; to: string }>;
	};
}

const RULES = '.dependency-cruiser.cjs';

const CHECKED = ['nodes', 'credentials', 'sandbox', 'test', 'tools', 'demo', 'bench'];

const PROGRAM = resolve('node_modules/dependency-cruiser/bin/dependency-cruise.mjs');

/** Checks the folders of a repository. Returns violations as `from -> to: rule`. */
async function checkLayers(root: string, folders: string[]) {
	let output: string;
	try {
		const args = [PROGRAM, '--output-type', 'json', ...folders];
		output = await runCommand(process.execPath, args, { cwd: root });
	} catch (error) {
		// It exits with their number.
		if (!(error instanceof CommandError)) throw error;
		({ output } = error);
	}
	const { summary } = JSON.parse(output) as Report;
	return {
		count: summary.totalCruised,
		violations: summary.violations.map(({ rule, from, to }) => `${from} -> ${to}: ${rule.name}`),
	};
}

/** Wrong imports: the file that has one, what it imports, and the beginning of the rule's name. */
const WRONG: Array<[from: string, to: string, rule: string]> = [
	['nodes/Persona/utils/a.ts', 'nodes/Persona/engine/a.ts', 'nodes/Persona/utils/ imports only'],
	['nodes/Persona/engine/b.ts', 'nodes/Persona/B.node.ts', 'nodes/Persona/engine/ imports only'],
	['nodes/Persona/C.node.ts', 'tools/c.mts', 'the package imports nothing of the project'],
	['nodes/Persona/G.node.ts', 'nodes/Persona/engine/execute.ts', 'what only runs'],
	['nodes/Persona/resources/i.ts', 'nodes/Persona/operations/x/prepareX.ts', 'what only runs'],
	['nodes/Persona/D.node.ts', 'node_modules/axios/index.js', 'the package imports no package but'],
	['nodes/Persona/E.node.ts', 'nodes/Persona/missing.ts', 'every import leads somewhere'],
	['sandbox/state/f.mts', 'sandbox/http/f.mts', 'sandbox/state/ imports only'],
	['test/engine/g.mts', 'test/contract/g.mts', 'test/engine imports only support'],
	['test/support/h.mts', 'test/e2e/h.mts', 'test/support imports only support'],
	['tools/i.mts', 'test/i.mts', 'the sandbox and the tools import no tests'],
];

const KEYWORDS = ['import', 'import type'];

describe('the layers', () => {
	let root: string;
	let violations: string[];

	async function write(path: string, text: string) {
		await mkdir(dirname(join(root, path)), { recursive: true });
		await writeFile(join(root, path), text);
	}

	/** Writes a file that imports another one; a package is imported by its name. */
	async function writeImport(from: string, to: string, keyword: string) {
		const path = to.startsWith('node_modules/')
			? to.split('/')[1]
			: `./${relative(dirname(from), to).replace(/\.ts$/, '')}`;
		await write(from, `${keyword} { x } from '${path}'; export const y = x as x;`);
	}

	/** The name of a file for an import with this keyword. */
	const nameFile = (path: string, keyword: string) =>
		path.replace(/(\.node)?\.(m?ts)$/, `_${keyword.replace(' ', '_')}$&`);

	beforeAll(async () => {
		root = await mkdtemp(join(tmpdir(), 'persona-layers-'));
		await cp(RULES, join(root, RULES));
		await symlink(resolve('node_modules'), join(root, 'node_modules'));
		for (const keyword of KEYWORDS) {
			for (const [from, to] of WRONG) {
				await writeImport(nameFile(from, keyword), to, keyword);
				const exists = !to.startsWith('node_modules/') && !to.endsWith('missing.ts');
				if (exists) await write(to, 'export type x = 1;');
			}
			const [one, other] = ['one.ts', 'other.ts'].map((file) =>
				nameFile(`nodes/Persona/utils/${file}`, keyword),
			);
			await writeImport(one, other, keyword);
			await writeImport(other, one, keyword);
		}
		for (const [folder, other] of ['ab', 'ba']) {
			const [from, to] = [`nodes/Persona/events/${folder}/up.ts`, `nodes/Persona/events/${other}`];
			await writeImport(from, `${to}/down.ts`, 'import');
			await write(`${to}/down.ts`, 'export type x = 1;');
		}
		({ violations } = await checkLayers(root, ['nodes', 'sandbox', 'test', 'tools']));
	}, 60_000);

	afterAll(async () => await rm(root, { recursive: true }));

	it('are kept by every import of the project', async () => {
		const project = await checkLayers('.', CHECKED);
		expect(project.violations).toEqual([]);
		expect(project.count).toBeGreaterThan(500);
	}, 60_000);

	it.each(WRONG)('do not let %s import %s, as a value or as a type', (from, _, rule) => {
		for (const keyword of KEYWORDS) {
			const importer = nameFile(from, keyword);
			const found = violations.filter((violation) => violation.startsWith(`${importer} -> `));
			expect(found).toContainEqual(expect.stringContaining(`: ${rule}`));
		}
	});

	it.each(KEYWORDS)('have no circle of files by %s', (keyword) => {
		const file = nameFile('nodes/Persona/utils/one.ts', keyword);
		expect(violations).toContainEqual(
			expect.stringMatching(new RegExp(`(^| -> )${file}.*: no circles$`)),
		);
	});

	it('have no circle of folders', () => {
		expect(violations).toContainEqual(
			expect.stringMatching(/^nodes\/Persona\/events\/. -> .*: no circles of folders$/),
		);
	});
});
