import { existsSync, readFileSync } from 'node:fs';
import { command } from './runCommand.cjs';

const oldestNode = 20;

/** Packages by folder as a lock file of npm lists them; none when there is no such file. */
function lockedPackages(file) {
	if (!existsSync(file)) return undefined;
	const { packages = {} } = JSON.parse(readFileSync(file, 'utf8'));
	return Object.entries(packages).filter(([folder]) => folder !== '');
}

/** Whether `node_modules` holds exactly what package-lock.json says, by npm's own note of it. */
export function isInstalled() {
	const wanted = lockedPackages('package-lock.json');
	const present = lockedPackages('node_modules/.package-lock.json');
	if (!wanted || !present) return false;
	const versions = new Map(present.map(([folder, { version }]) => [folder, version]));
	const known = new Map(wanted.map(([folder, { version }]) => [folder, version]));
	const complete = wanted.every(
		([folder, { version, optional, devOptional, peer }]) =>
			versions.get(folder) === version ||
			((optional || devOptional || peer) && !versions.has(folder)),
	);
	return complete && present.every(([folder, { version }]) => known.get(folder) === version);
}

/** Installs the project's own packages when they are missing or not those of package-lock.json. */
export async function ready(steps, signal) {
	const [major] = process.versions.node.split('.').map(Number);
	if (major < oldestNode) {
		throw new Error(`Node ${oldestNode} or newer is needed; this is ${process.version}.`);
	}
	if (isInstalled()) return;
	await steps.step('Install the packages (npm ci)', () =>
		command('npm', ['ci', '--no-audit', '--no-fund'], { signal }),
	);
}
