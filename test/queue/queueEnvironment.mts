import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
	createN8nClient,
	type N8nClient,
	type StoredCredential,
} from '../../tools/n8n/n8nClient.mts';
import { startN8n, type N8n, type N8nCommand } from '../../tools/n8n/startN8n.mts';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../sandbox/sandbox.mts';
import { account } from '../e2e/account.mts';
import { buildCredentialData, type TestEnvironment } from '../e2e/testEnvironment.mts';
import { startLoadBalancer } from '../support/loadBalancer.mts';
import { startPostgres, startRedis, type Server } from '../../tools/servers.mts';

/** The webhook secret in the credential, for calls of Persona workflows. */
export const SECRET = 'wbhsec_of_the_credential';

/** n8n in queue mode behind one address, with a sandbox. */
export interface QueueEnvironment extends TestEnvironment {
	/** The main process. */
	n8n: N8n;
	/** The first webhook processor. */
	processor: N8n;
	/** All webhook processors. */
	processors: N8n[];
	worker: N8n;
	broker: Server;
	database: Server;
	/** The address that main and the processor share, as Persona knows it. */
	address: string;
}

interface QueueOptions {
	/** The packed package. Default: the one that `npm run test:queue` has packed. */
	tarball?: string;
	/** Added to the environment of each process. */
	env?: Record<string, string>;
	processorCount?: number;
}

/** Starts n8n in queue mode. Each process has a folder of its own with the package in it. The caller closes it. */
export async function startQueueEnvironment(
	options: SandboxOptions,
	{ tarball = process.env.PERSONA_TARBALL, env: more = {}, processorCount = 1 }: QueueOptions = {},
): Promise<QueueEnvironment> {
	if (!tarball)
		throw new Error('Run these tests with "npm run test:queue", which packs the package.');
	const cleanUps: (() => Promise<unknown>)[] = [];
	const close = async () => {
		for (const step of cleanUps.splice(0).reverse()) await step();
	};
	try {
		const folder = await mkdtemp(join(tmpdir(), 'persona-queue-'));
		cleanUps.push(() => rm(folder, { recursive: true, force: true }));
		const broker = await startRedis();
		cleanUps.push(broker.stop);
		const database = await startPostgres();
		cleanUps.push(database.stop);
		const balancer = await startLoadBalancer();
		cleanUps.push(balancer.close);
		const env = {
			...buildQueueEnv(broker.url, database.url),
			N8N_WEBHOOK_URL: balancer.url,
			WEBHOOK_URL: balancer.url,
			...more,
		};
		const start = async (command: N8nCommand, name: string = command) => {
			const n8n = await startN8n({ command, folder: join(folder, name), tarball, env });
			cleanUps.push(n8n.stop);
			return n8n;
		};
		const sandbox = await startSandbox(options);
		cleanUps.push(() => sandbox.close());
		// Main first: it migrates the database.
		const n8n = await start('start');
		const [worker, ...processors] = await Promise.all([
			start('worker'),
			...Array.from({ length: processorCount }, (_, index) => start('webhook', `webhook${index}`)),
		]);
		const [processor] = processors;
		balancer.ports.push(...[n8n, ...processors].map(({ url }) => Number(new URL(url).port)));
		const client = createN8nClient(n8n.url);
		await client.signIn(account);
		const credential = await createCredential(client, sandbox);
		const processes = { n8n, processor, processors, worker, broker, database };
		return { ...processes, address: balancer.url, client, sandbox, credential, close };
	} catch (error) {
		await close();
		throw error;
	}
}

const createCredential = async (client: N8nClient, sandbox: Sandbox): Promise<StoredCredential> =>
	await client.createCredential({
		name: 'Persona',
		type: 'personaApi',
		data: { ...buildCredentialData(sandbox), webhookSecret: SECRET },
	});

function buildQueueEnv(broker: URL, database: URL): Record<string, string> {
	// The user's own Redis may serve others at the same time.
	const prefix = `persona-${randomUUID()}`;
	const decode = decodeURIComponent;
	return {
		EXECUTIONS_MODE: 'queue',
		N8N_ENCRYPTION_KEY: 'the-same-in-each-process',
		QUEUE_BULL_PREFIX: prefix,
		N8N_REDIS_KEY_PREFIX: prefix,
		QUEUE_BULL_REDIS_HOST: broker.hostname,
		QUEUE_BULL_REDIS_PORT: broker.port || '6379',
		QUEUE_BULL_REDIS_USERNAME: decode(broker.username),
		QUEUE_BULL_REDIS_PASSWORD: decode(broker.password),
		QUEUE_BULL_REDIS_DB: broker.pathname.slice(1) || '0',
		QUEUE_BULL_REDIS_TLS: String(broker.protocol === 'rediss:'),
		DB_TYPE: 'postgresdb',
		DB_POSTGRESDB_HOST: database.hostname,
		DB_POSTGRESDB_PORT: database.port || '5432',
		DB_POSTGRESDB_USER: decode(database.username),
		DB_POSTGRESDB_PASSWORD: decode(database.password),
		DB_POSTGRESDB_DATABASE: decode(database.pathname.slice(1)),
	};
}
