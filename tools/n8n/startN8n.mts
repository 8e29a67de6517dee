import { spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand, signalProcessGroup } from '../runCommand.cjs';
import { buildEnvironment, installN8n, type Installation } from './installN8n.mts';
import { findFreePort } from './findFreePort.mts';

/** A slow machine may take minutes, but n8n prints something all the time. */
const quietTimeoutMs = 180_000;
const startTimeoutMs = 900_000;
const stopTimeoutMs = 15_000;
const pollIntervalMs = 200;
const requestTimeoutMs = 5_000;

/** n8n's command: `start` runs everything; queue mode adds the other two. */
export type N8nCommand = 'start' | 'webhook' | 'worker';

/** How an n8n is started. */
export interface N8nOptions {
	/** Default: as for `installN8n`. */
	version?: string;
	/** Default `start`. */
	command?: N8nCommand;
	/** Its user folder: database, settings and packages. It is created if necessary. */
	folder: string;
	/** The packed package that is installed in it. */
	tarball: string;
	/** Default: a free one, also when this one is taken. */
	port?: number;
	/** Added to its environment; overrides what is set here. */
	env?: Record<string, string>;
	signal?: AbortSignal;
}

/** A running n8n. */
export interface N8n {
	url: string;
	/** The ID of its process, which changes with a restart. */
	readonly pid: number | undefined;
	/** Whether its process runs. */
	readonly isRunning: boolean;
	installation: Installation;
	/** File with everything it prints. */
	logFile: string;
	/** Stops it with SIGTERM, or with SIGKILL when that takes too long. */
	stop(): Promise<void>;
	/** Ends it and all its processes at once with SIGKILL, so that it saves nothing. */
	kill(): Promise<void>;
	/** Stops it and starts it again with the same folder and ports. `env` counts until the next restart. */
	restart(env?: Record<string, string>): Promise<void>;
}

/** Starts an n8n that has the package installed and connects to nothing but this machine. */
export async function startN8n(options: N8nOptions): Promise<N8n> {
	const { version, command: n8nCommand = 'start', signal } = options;
	const folder = resolve(options.folder);
	const installation = await installN8n({ version, signal });
	await installPackage(folder, resolve(options.tarball), installation, signal);
	let port = await findFreePort(options.port);
	const getUrl = () => `http://127.0.0.1:${port}`;
	const brokerPort = await findFreePort();
	const logFile = join(folder, 'n8n.log');

	const launch = (more: Record<string, string> = {}) => {
		const own = buildHermeticEnvironment(installation, folder, port, brokerPort);
		const env = { ...own, ...options.env, ...more };
		return launchProcess(installation, n8nCommand, env, getUrl(), logFile, signal);
	};
	let child = await launch().catch(async (error: Error) => {
		// Another program has taken the port since; n8n says so only after it has started for half a minute.
		if (!/port \d+ is already in use/i.test(error.message)) throw error;
		port = await findFreePort();
		return await launch();
	});
	return {
		url: getUrl(),
		get pid() {
			return child.pid;
		},
		get isRunning() {
			return !hasEnded(child);
		},
		installation,
		logFile,
		stop: () => stopProcess(child),
		kill: () => killProcess(child),
		restart: async (more) => {
			await stopProcess(child);
			child = await launch(more);
		},
	};
}

/** Installs the tarball as a community package, unless the same one is installed already. */
async function installPackage(
	folder: string,
	tarball: string,
	installation: Installation,
	signal?: AbortSignal,
) {
	const nodes = join(folder, '.n8n/nodes');
	const hashFile = join(nodes, 'installed.sha256');
	const hash = createHash('sha256')
		.update(await readFile(tarball))
		.digest('hex');
	if (existsSync(hashFile) && (await readFile(hashFile, 'utf8')) === hash) return;

	// From scratch: npm rejects other contents under the same version.
	await rm(nodes, { recursive: true, force: true });
	await mkdir(nodes, { recursive: true });
	await writeFile(join(nodes, 'package.json'), JSON.stringify({ private: true }));
	const flags = '--offline --omit=dev --legacy-peer-deps --ignore-scripts --no-audit --no-fund';
	await runCommand('npm', ['install', tarball, ...flags.split(' ')], {
		cwd: nodes,
		env: buildEnvironment(installation),
		signal,
	});
	await writeFile(hashFile, hash);
}

function buildHermeticEnvironment(
	installation: Installation,
	folder: string,
	port: number,
	brokerPort: number,
) {
	const inherited = Object.entries(buildEnvironment(installation)).filter(
		([name]) =>
			!/^(N8N_|DB_|WEBHOOK_|EXECUTIONS_|QUEUE_|npm_|NODE_(ENV|OPTIONS|PATH)$)/i.test(name),
	);
	return {
		...Object.fromEntries(inherited),
		N8N_USER_FOLDER: folder,
		N8N_PORT: String(port),
		N8N_LISTEN_ADDRESS: '127.0.0.1',
		N8N_HOST: '127.0.0.1',
		N8N_WEBHOOK_URL: `http://127.0.0.1:${port}/`,
		WEBHOOK_URL: `http://127.0.0.1:${port}/`,
		N8N_RUNNERS_BROKER_PORT: String(brokerPort),
		// A worker has no other port for a readiness check.
		QUEUE_HEALTH_CHECK_ACTIVE: 'true',
		QUEUE_HEALTH_CHECK_PORT: String(port),
		N8N_WORKER_SERVER_ADDRESS: '127.0.0.1',
		N8N_SECURE_COOKIE: 'false',
		N8N_ENFORCE_SETTINGS_FILE_PERMISSIONS: 'false',
		N8N_GRACEFUL_SHUTDOWN_TIMEOUT: '5',
		N8N_LOG_LEVEL: 'info',
		DB_TYPE: 'sqlite',
		GENERIC_TIMEZONE: 'UTC',
		// Nothing is downloaded, reported or advertised.
		N8N_DIAGNOSTICS_ENABLED: 'false',
		N8N_DIAGNOSTICS_CONFIG_FRONTEND: '',
		N8N_DIAGNOSTICS_CONFIG_BACKEND: '',
		N8N_VERSION_NOTIFICATIONS_ENABLED: 'false',
		N8N_TEMPLATES_ENABLED: 'false',
		N8N_DISABLED_MODULES: 'mcp-registry',
		N8N_PERSONALIZATION_ENABLED: 'false',
		N8N_HIRING_BANNER_ENABLED: 'false',
		N8N_DYNAMIC_BANNERS_ENABLED: 'false',
		N8N_VERIFIED_PACKAGES_ENABLED: 'false',
		N8N_ONBOARDING_FLOW_DISABLED: 'true',
		EXTERNAL_FRONTEND_HOOKS_URLS: '',
	};
}

async function launchProcess(
	installation: Installation,
	n8nCommand: N8nCommand,
	env: Record<string, string | undefined>,
	url: string,
	logFile: string,
	signal?: AbortSignal,
) {
	signal?.throwIfAborted();
	const log = await open(logFile, 'a');
	const { size: logStart } = await log.stat();
	// n8n must not outlive the process that started it: it would keep its ports and its database.
	const endWithParent =
		'data:text/javascript,process.on("disconnect",()=>process.kill(process.pid,"SIGTERM"))';
	const child = spawn(
		installation.node,
		['--import', endWithParent, installation.n8n, n8nCommand],
		{
			env,
			detached: true,
			stdio: ['ignore', log.fd, log.fd, 'ipc'],
		},
	);
	await once(child, 'spawn');
	await log.close();

	const startedAt = Date.now();
	let changedAt = startedAt;
	let size = logStart;
	try {
		while (!(await isReady(`${url}/healthz/readiness`))) {
			const { size: newSize } = await stat(logFile);
			if (newSize !== size) changedAt = Date.now();
			size = newSize;
			const isLate =
				Date.now() - changedAt > quietTimeoutMs || Date.now() - startedAt > startTimeoutMs;
			if (hasEnded(child) || isLate) {
				const printed = (await readFile(logFile)).subarray(logStart).toString();
				throw new Error(`n8n did not become ready; it printed:\n${printed.slice(-4_000)}`);
			}
			await sleep(pollIntervalMs, undefined, { signal });
		}
	} catch (error) {
		await stopProcess(child);
		throw error;
	}
	return child;
}

async function stopProcess(child: ChildProcess) {
	const { pid } = child;
	if (pid === undefined) return;
	if (!hasEnded(child)) {
		const exited = once(child, 'exit');
		child.kill('SIGTERM');
		const killTimer = setTimeout(() => signalProcessGroup(pid, 'SIGKILL'), stopTimeoutMs);
		await exited;
		clearTimeout(killTimer);
	}
	// Its task runner is in the same process group.
	signalProcessGroup(pid, 'SIGKILL');
}

async function killProcess(child: ChildProcess) {
	const { pid } = child;
	if (pid === undefined || hasEnded(child)) return;
	const exited = once(child, 'exit');
	signalProcessGroup(pid, 'SIGKILL');
	await exited;
}

const hasEnded = (child: ChildProcess) => child.exitCode !== null || child.signalCode !== null;

async function isReady(url: string) {
	try {
		// Another program may have taken the port, and answer nothing.
		return (await fetch(url, { signal: AbortSignal.timeout(requestTimeoutMs) })).ok;
	} catch {
		return false;
	}
}
