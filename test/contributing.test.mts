import { existsSync } from 'node:fs';
import { cp, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { CommandError, runCommand } from '../tools/runCommand.cjs';
import { describeWithOpenApi, findOpenApi } from './contract/loadOpenApi.mts';
import { startRequestRecorder } from '../tools/services/requestRecorder.mts';

const COPIED = ['credentials', 'nodes', 'sandbox', 'test', 'tools', 'package.json'];

const SCHEMAS = 'nodes/Persona/__schema__/v1.0.0';

const LISTS = 'nodes/Persona/resources/list.ts';

const ARCHIVE_ROUTE = 'DELETE /lists/{list-id}';

const PACKAGES = resolve('node_modules');

/** A clone of the project that has its packages, but no description of Persona. */
class Clone {
	private constructor(readonly root: string) {}

	static async create() {
		const root = join(await mkdtemp(join(tmpdir(), 'persona-clone-')), 'clone');
		for (const path of COPIED) await cp(path, join(root, path), { recursive: true });
		await symlink(PACKAGES, join(root, 'node_modules'));
		return new Clone(root);
	}

	async remove() {
		await rm(dirname(this.root), { recursive: true });
	}

	/** Runs Node.js in the clone and returns what it has printed, whether or not it has failed. */
	async run(args: string[], env: Record<string, string> = {}) {
		const { PERSONA_OPENAPI: _, UPDATE_SCHEMAS: __, ...inherited } = process.env;
		try {
			return await runCommand(process.execPath, args, {
				cwd: this.root,
				env: { ...inherited, ...env },
			});
		} catch (error) {
			if (error instanceof CommandError) return error.output;
			throw error;
		}
	}

	async runJest(args: string[], env?: Record<string, string>) {
		const jest = [join(PACKAGES, 'jest/bin/jest.js'), '--config', 'test/jest.config.mjs', '-i'];
		return await this.run([...jest, ...args], env);
	}

	async replace(path: string, from: string, to: string) {
		const text = await readFile(join(this.root, path), 'utf8');
		expect(text).toContain(from);
		await writeFile(join(this.root, path), text.replace(from, to));
	}

	/** All output schemas by their paths. */
	async readSchemas() {
		const folder = join(this.root, SCHEMAS);
		const files = await readdir(folder, { recursive: true });
		const schemas = files.filter((file) => file.endsWith('.json'));
		const texts = schemas.map(async (file) => await readFile(join(folder, file), 'utf8'));
		return Object.fromEntries((await Promise.all(texts)).map((text, at) => [schemas[at], text]));
	}
}

const listMembers = (schema: string) =>
	Object.keys((JSON.parse(schema) as { properties: object }).properties);

describe('a clone without the description of Persona', () => {
	let clone: Clone;

	beforeAll(async () => {
		clone = await Clone.create();
	});

	afterAll(async () => await clone.remove());

	it('passes its tests and says by name which it has skipped', async () => {
		const output = await clone.runJest(['compareTable', '--json', '--outputFile=results.json']);
		expect(output).toContain('1 skipped');
		const printed = await clone.run([
			'--input-type=module',
			'--eval',
			`import { readFileSync } from 'node:fs';
			import { listSkippedSuites } from './test/listSkippedSuites.mjs';
			const results = JSON.parse(readFileSync('results.json', 'utf8'));
			console.log(results.success, listSkippedSuites(results).join('\\n'));`,
		]);
		const reason = "Persona's OpenAPI description is missing: fetch it with `npm run openapi`";
		expect(printed).toMatch(/^true /);
		expect(printed).toContain(`Skipped: compareTable (${reason}), `);
		expect(printed).toContain(`Skipped: measureCoverage (${reason}), 2 tests`);
	});
});

describeWithOpenApi('a contributor who adds an operation', () => {
	let clone: Clone;

	beforeAll(async () => {
		clone = await Clone.create();
		const body = await readFile(findOpenApi() ?? '');
		const server = await startRequestRecorder(() => ({ body }));
		await clone.run(['tools/openapi/main.mjs'], { PERSONA_OPENAPI_URL: server.baseUrl });
		await server.stop();
		expect(existsSync(join(clone.root, '.cache/openapi'))).toBe(true);
		await clone.replace(LISTS, '\t\tarchive: {', '\t\tarchiveAgain: {');
	}, 60_000);

	afterAll(async () => await clone.remove());

	const recordSchemas = async () =>
		await clone.runJest(['contract/operationsFromInquiry', '-t', 'list.archiveAgain'], {
			UPDATE_SCHEMAS: '1',
		});

	it('reads which route the sandbox does not have, and records nothing', async () => {
		const before = await clone.readSchemas();
		await clone.replace(LISTS, ARCHIVE_ROUTE, 'POST /lists/{list-id}/archive');
		const output = await recordSchemas();
		expect(output).toMatch(
			/The sandbox has no route POST \/lists\/lst_\w+\/archive: add it in sandbox\/api\//,
		);
		expect(output).toContain('No output schema was recorded, because tests have failed.');
		expect(await clone.readSchemas()).toEqual(before);
		await clone.replace(LISTS, 'POST /lists/{list-id}/archive', ARCHIVE_ROUTE);
	}, 60_000);

	it('records its output schema alone, and removes that of an operation that is gone', async () => {
		const { 'list/archive.json': removed, ...before } = await clone.readSchemas();
		await recordSchemas();
		const { 'list/archiveAgain.json': recorded, ...others } = await clone.readSchemas();
		expect(others).toEqual(before);
		expect(listMembers(recorded)).toEqual(listMembers(removed));
	}, 60_000);
});
