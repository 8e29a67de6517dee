import { once } from 'node:events';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findFreePort } from '../../tools/n8n/findFreePort.mts';
import { createN8nClient } from '../../tools/n8n/n8nClient.mts';
import { startN8n, type N8n } from '../../tools/n8n/startN8n.mts';
import { account } from './account.mts';
import { createCertificate } from '../../tools/services/certificate.mts';
import {
	buildProxyEnv,
	FAKE_HOSTS,
	type ProxyAccess,
} from '../../tools/services/proxyEnvironment.mts';

/** The n8n of one jest worker, as its test files use it. */
export interface PooledN8n extends ProxyAccess {
	url: string;
	pid: number | undefined;
	logFile: string;
	/** The session of its owner. It outlives restarts. */
	cookie: string;
}

/** One n8n per jest worker, shared by the test files that the worker runs one after another. */
export interface N8nPool {
	/** Base URL of the pool's own API, for `useN8n`. */
	url: string;
	close(): Promise<void>;
}

/** Many workflows are published at the same time, and some of them fail slowly. */
const N8N_ENV = { N8N_WORKFLOW_PUBLICATION_CONCURRENCY: '20' };

interface PoolOptions {
	tarball: string;
	signal?: AbortSignal;
}

interface Member {
	n8n: N8n;
	proxyPort: number;
	cookie: string;
	/** Whether its environment is the default one. */
	isDefault: boolean;
}

/**
 * Starts a pool. It starts an n8n when a worker asks for it for the first time, and stops all of them
 * when it is closed. It belongs into the process that starts jest, which outlives the workers.
 */
export async function startN8nPool({ tarball, signal }: PoolOptions): Promise<N8nPool> {
	const folder = await mkdtemp(join(tmpdir(), 'persona-e2e-'));
	const certificate = await createCertificate(folder, [...FAKE_HOSTS]);
	const members = new Map<string, Promise<Member>>();

	const start = async (worker: string): Promise<Member> => {
		const proxyPort = await findFreePort();
		const n8n = await startN8n({
			folder: join(folder, worker),
			tarball,
			env: { ...buildProxyEnv({ proxyPort, certificate }), ...N8N_ENV },
			signal,
		});
		const client = createN8nClient(n8n.url);
		await client.signIn(account);
		return { n8n, proxyPort, cookie: client.getSession().cookie, isDefault: true };
	};

	const restart = async (member: Member, env?: Record<string, string>) => {
		await member.n8n.restart(env);
		member.isDefault = env === undefined;
	};

	/** The n8n of a worker, running and with its default environment. */
	const acquire = async (worker: string) => {
		if (!members.has(worker)) {
			await mkdir(join(folder, worker));
			members.set(worker, start(worker));
		}
		const member = await (members.get(worker) as Promise<Member>);
		if (!member.n8n.isRunning || !member.isDefault) await restart(member);
		return member;
	};

	const handle = async (path: string, body: string) => {
		const [, worker, action] = path.split('/');
		if (action === 'acquire') return await acquire(worker);
		const member = await (members.get(worker) as Promise<Member>);
		await restart(member, JSON.parse(body || '{}').env);
		return member;
	};

	const server = createServer((request, response) => {
		void readBody(request)
			.then((body) => handle(String(request.url), body))
			.then(({ n8n: { url, pid, logFile }, cookie, proxyPort }) => {
				const pooled: PooledN8n = { url, pid, logFile, cookie, proxyPort, certificate };
				response.end(JSON.stringify(pooled));
			})
			.catch((error: Error) => response.writeHead(500).end(error.stack));
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');

	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		async close() {
			server.close();
			server.closeAllConnections();
			const started = await Promise.allSettled(members.values());
			const stops = started.map(async (member) => {
				if (member.status === 'fulfilled') await member.value.n8n.stop();
			});
			await Promise.all(stops);
			await rm(folder, { recursive: true, force: true, maxRetries: 5 });
		},
	};
}

async function readBody(request: IncomingMessage) {
	let body = '';
	for await (const part of request) body += part;
	return body;
}
