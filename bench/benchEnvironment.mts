import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runCommand } from '../tools/runCommand.cjs';
import {
	createN8nClient,
	type N8nClient,
	type NodeRun,
	type StoredCredential,
	type WorkflowFile,
} from '../tools/n8n/n8nClient.mts';
import { startN8n, type N8n } from '../tools/n8n/startN8n.mts';
import type { SandboxOptions } from '../sandbox/sandbox.mts';
import { sandboxKey, startSandboxProcess, type SandboxProcess } from './sandboxProcess.mts';
import { fakeStripeEnv } from './subjects/stripe.mts';
import { startNode } from './workflows.mts';

const runTimeoutMs = 300_000;

/** The result of one run of a node. */
export interface TimedRun {
	/** n8n's own measurement of the node alone. */
	ms: number;
	items: { json: object }[];
}

/** A real n8n with the packed package, and what the measurements need of it. */
export interface BenchEnvironment {
	n8n: N8n;
	client: N8nClient;
	/** Folder of the package as n8n has installed it. */
	packageFolder: string;
	tarball: string;
	/** Runs `work` with a new sandbox and a credential for it. */
	runWithSandbox<T>(
		options: SandboxOptions,
		work: (sandbox: SandboxProcess, credential: StoredCredential) => Promise<T>,
	): Promise<T>;
	/** Stores a workflow and returns a function that runs it and times its last node. That function throws when the run fails. */
	prepareTimedRun(file: WorkflowFile): Promise<() => Promise<TimedRun>>;
	/** Runs a file of `bench/workers` with the Node of n8n and returns the JSON that it prints. */
	runWorker<T>(name: string, options: object): Promise<T>;
	close(): Promise<void>;
}

/** Starts an empty n8n. The caller closes it. */
export async function startBenchEnvironment(
	tarball: string,
	signal: AbortSignal,
): Promise<BenchEnvironment> {
	const folder = await mkdtemp(join(tmpdir(), 'n8n-nodes-persona-bench-'));
	const closers = [() => rm(folder, { recursive: true, force: true, maxRetries: 5 })];
	const close = async () => {
		for (const closer of closers.splice(0).reverse()) await closer();
	};
	try {
		const n8n = await startN8n({ folder, tarball, signal, env: fakeStripeEnv });
		closers.push(() => n8n.stop());
		const client = createN8nClient(n8n.url);
		await client.signIn({ email: 'bench@example.com', password: 'Persona-bench-1' });

		return {
			n8n,
			client,
			tarball,
			packageFolder: join(folder, '.n8n/nodes/node_modules/n8n-nodes-persona'),
			async runWithSandbox(options, work) {
				const sandbox = await startSandboxProcess(options);
				try {
					const data = { apiKey: sandboxKey, baseUrl: sandbox.apiUrl, apiVersion: '2025-12-08' };
					const credential = { name: 'Sandbox', type: 'personaApi', data };
					return await work(sandbox, await client.createCredential(credential));
				} finally {
					await sandbox.close();
				}
			},
			async prepareTimedRun(file) {
				const { id } = await client.createWorkflow(file);
				const node = file.nodes[file.nodes.length - 1].name;
				return () => runTimed(client, id, node);
			},
			async runWorker(name, options) {
				const output = await runCommand(
					n8n.installation.node,
					[`bench/workers/${name}.mts`, JSON.stringify(options)],
					{
						// The folder where n8n lets packages find its own modules.
						env: { ...process.env, NODE_PATH: `${n8n.installation.folder}/node_modules` },
						signal,
					},
				);
				return JSON.parse(output.trim().split('\n').at(-1) ?? '');
			},
			close,
		};
	} catch (error) {
		await close();
		throw error;
	}
}

async function runTimed(client: N8nClient, workflowId: string, node: string): Promise<TimedRun> {
	const { executionId } = await client.runWorkflow(workflowId, startNode.name);
	if (executionId === undefined) throw new Error(`Workflow ${workflowId} did not start`);
	const { runs, status, error } = await client.waitForExecution(executionId, runTimeoutMs);
	if (status !== 'success') {
		throw new Error(`${status}: ${error?.message ?? ''} ${error?.description ?? ''}`);
	}
	const [run] = runs[node];
	return { ms: getExecutionTimeMs(run), items: run.data?.main?.[0] ?? [] };
}

function getExecutionTimeMs(run: NodeRun) {
	if ('executionTime' in run && typeof run.executionTime === 'number') return run.executionTime;
	throw new Error('n8n has not measured the node');
}
