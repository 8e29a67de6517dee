import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { runCommand } from './runCommand.cjs';

const sources = [
	'package.json',
	'package-lock.json',
	'tsconfig.json',
	'gulpfile.js',
	'README.md',
	'LICENSE.md',
	'credentials',
	'icons',
	'nodes',
];
const packFolder = resolve('.cache/pack');

interface PackOptions {
	signal?: AbortSignal;
	note?: (text: string) => void;
	/** Builds even when nothing has changed. */
	fresh?: boolean;
}

/** Returns the path of the packed package. Builds only when the sources have changed. */
export async function packPackage({
	signal,
	note = () => undefined,
	fresh = false,
}: PackOptions = {}): Promise<string> {
	const existing = await findTarball(join(packFolder, await hashSources()));
	if (existing && !fresh) {
		note('unchanged');
		return existing;
	}
	note('building');
	await runCommand('npm', ['run', 'build'], { signal });
	note('packing');
	await rm(packFolder, { recursive: true, force: true });
	// The build may have written into the sources: hash what was packed.
	const folder = join(packFolder, await hashSources());
	await mkdir(folder, { recursive: true });
	await runCommand('npm', ['pack', '--pack-destination', folder], { signal });
	const tarball = await findTarball(folder);
	if (!tarball) throw new Error(`npm pack has not written a tarball to ${folder}.`);
	note('');
	return tarball;
}

async function findTarball(folder: string) {
	if (!existsSync(folder)) return undefined;
	const name = (await readdir(folder)).find((file) => file.endsWith('.tgz'));
	return name && join(folder, name);
}

async function hashSources() {
	const hash = createHash('sha256');
	for (const source of sources) {
		for (const file of existsSync(source) ? await listFiles(source) : []) {
			hash
				.update(`${relative('.', file)}\0`)
				.update(await readFile(file))
				.update('\0');
		}
	}
	return hash.digest('hex').slice(0, 16);
}

async function listFiles(path: string): Promise<string[]> {
	if (!(await stat(path)).isDirectory()) return [path];
	const names = (await readdir(path)).sort();
	return (await Promise.all(names.map((name) => listFiles(join(path, name))))).flat();
}
