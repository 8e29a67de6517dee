import { execFile, spawn, type ChildProcess, type SpawnOptions } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { waitFor } from './n8n/n8nClient.mts';
import { findFreePort } from './n8n/findFreePort.mts';
import { configuredServers, findPostgresUser, findProgram } from './findProgram.mts';

const readyTimeoutMs = 30_000;

/** A Redis, a PostgreSQL or another program. `stop` stops it unless it is the user's own. */
export interface Server {
	url: URL;
	/** The ID of its process; undefined for the user's own. */
	pid?: number;
	stop(): Promise<void>;
}

/** Returns the user's Redis, or starts one that stores nothing. */
export async function startRedis(): Promise<Server> {
	if (configuredServers.redis) return connectToServer(configuredServers.redis);
	const folder = await mkdtemp(join(tmpdir(), 'persona-redis-'));
	const port = await findFreePort();
	const options = ['--port', port, '--bind', '127.0.0.1', '--dir', folder, '--save', ''];
	const child = await launch('redis-server', options, folder);
	return await waitUntilReady(`redis://127.0.0.1:${port}`, child, 'SIGTERM', folder, () =>
		canConnect(port),
	);
}

/** Returns the user's database, or starts a PostgreSQL with an empty one. */
export async function startPostgres(): Promise<Server> {
	if (configuredServers.postgres) return connectToServer(configuredServers.postgres);
	const folder = await mkdtemp(join(tmpdir(), 'persona-postgres-'));
	const { uid, gid } = findPostgresUser() ?? {};
	if (uid !== undefined && gid !== undefined) await chown(folder, uid, gid);
	const as = { uid, gid, cwd: folder };
	const data = join(folder, 'data');
	const port = await findFreePort();

	const setup = ['-D', data, '-U', 'n8n', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
	await requireSuccess(await launch('initdb', setup, folder, as), folder);
	const place = ['-D', data, '-k', '', '-h', '127.0.0.1', '-p', port];
	const child = await launch('postgres', [...place, '-c', 'fsync=off'], folder, as);
	// SIGINT: it does not wait for its clients.
	return await waitUntilReady(
		`postgres://n8n@127.0.0.1:${port}/postgres`,
		child,
		'SIGINT',
		folder,
		async () => {
			const check = await launch('pg_isready', ['-h', '127.0.0.1', '-p', port], folder, as);
			return (await waitForExit(check)) === 0;
		},
	);
}

/** Runs a statement in a PostgreSQL database and returns what psql prints: values without headings. */
export async function runStatement({ url }: Server, statement: string): Promise<string> {
	const options = ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-c', statement];
	const psql = String(findProgram('psql'));
	const { stdout } = await promisify(execFile)(psql, [url.href, ...options], {
		maxBuffer: 50 * 1024 * 1024,
	});
	return stdout.trim();
}

const connectToServer = (url: string): Server => ({
	url: new URL(url),
	stop: async () => undefined,
});

/**
 * Waits until a server is ready. It ends with this process's group, or when it is stopped, which also
 * removes its folder.
 */
export async function waitUntilReady(
	url: string,
	child: ChildProcess,
	signal: NodeJS.Signals,
	folder: string,
	isReady: () => Promise<boolean>,
): Promise<Server> {
	const stop = async () => {
		child.kill(signal);
		await waitForExit(child);
		await rm(folder, { recursive: true, force: true });
	};
	try {
		await waitFor(
			`${child.spawnfile} is ready`,
			async () => {
				if (child.exitCode !== null) throw await buildError(child, folder);
				return await isReady();
			},
			readyTimeoutMs,
		);
	} catch (error) {
		await stop();
		throw error;
	}
	return { url: new URL(url), pid: child.pid, stop };
}

/** Starts a program that writes what it prints to the file `log` of its folder. */
export async function launch(
	name: string,
	options: (string | number)[],
	folder: string,
	as: SpawnOptions = {},
) {
	const file = findProgram(name);
	if (!file) throw new Error(`There is no ${name}`);
	const log = await open(join(folder, 'log'), 'a');
	const child = spawn(file, options.map(String), { ...as, stdio: ['ignore', log.fd, log.fd] });
	await once(child, 'spawn');
	await log.close();
	return child;
}

async function waitForExit(child: ChildProcess) {
	if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
	return child.exitCode;
}

async function requireSuccess(child: ChildProcess, folder: string) {
	if ((await waitForExit(child)) !== 0) throw await buildError(child, folder);
}

async function buildError({ spawnfile }: ChildProcess, folder: string) {
	const printed = await readFile(join(folder, 'log'), 'utf8');
	return new Error(`${spawnfile} failed; it printed:\n${printed.slice(-2_000)}`);
}

/** Whether something listens at a port of this machine. */
export async function canConnect(port: number): Promise<boolean> {
	const socket = connect(port, '127.0.0.1');
	try {
		await once(socket, 'connect');
		return true;
	} catch {
		return false;
	} finally {
		socket.destroy();
	}
}

/** Builds the data of n8n's credential for a PostgreSQL server, by default at its own port. */
export const buildPostgresCredential = (
	{ hostname, port, username, password, pathname }: URL,
	otherPort = port,
) => ({
	host: hostname,
	port: Number(otherPort || 5432),
	database: pathname.slice(1),
	user: username,
	password: decodeURIComponent(password),
	ssl: 'disable',
});
