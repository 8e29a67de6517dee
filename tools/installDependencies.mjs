import { existsSync, readFileSync } from 'node:fs';
import { runCommand } from './runCommand.cjs';

const oldestNodeVersion = 20;

/** Reads the packages of an npm lock file by folder. Returns undefined when there is no such file. */
function readLockedPackages(file) {
	if (!existsSync(file)) return undefined;
	const { packages = {} } = JSON.parse(readFileSync(file, 'utf8'));
	return Object.entries(packages).filter(([folder]) => folder !== '');
}

/** Whether `node_modules` holds exactly what package-lock.json lists, by npm's own record of it. */
export function isInstalled() {
	const locked = readLockedPackages('package-lock.json');
	const installed = readLockedPackages('node_modules/.package-lock.json');
	if (!locked || !installed) return false;
	const installedVersions = new Map(installed.map(([folder, { version }]) => [folder, version]));
	const lockedVersions = new Map(locked.map(([folder, { version }]) => [folder, version]));
	const isComplete = locked.every(
		([folder, { version, optional, devOptional, peer }]) =>
			installedVersions.get(folder) === version ||
			((optional || devOptional || peer) && !installedVersions.has(folder)),
	);
	return (
		isComplete && installed.every(([folder, { version }]) => lockedVersions.get(folder) === version)
	);
}

/** Runs `npm ci` unless `node_modules` matches package-lock.json. Throws when Node is too old. */
export async function installDependencies(progress, signal) {
	const [major] = process.versions.node.split('.').map(Number);
	if (major < oldestNodeVersion) {
		throw new Error(`Node ${oldestNodeVersion} or newer is needed; this is ${process.version}.`);
	}
	if (isInstalled()) return;
	await progress.runStep('Install the packages (npm ci)', () =>
		runCommand('npm', ['ci', '--no-audit', '--no-fund'], { signal }),
	);
}
