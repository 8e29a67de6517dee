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
import { withStripe } from './subjects/stripe.mts';
import { start } from './workflows.mts';

const runWithinMs = 300_000;

/** What one run of a node came to. */
export interface TimedRun {
	/** n8n's own measure of the node alone. */
	ms: number;
	items: { json: object }[];
}

/** A real n8n with the packed package, and all that the measurements do with it. */
export interface Stage {
	n8n: N8n;
	client: N8nClient;
	/** The package as n8n has installed it. */
	packageFolder: string;
	tarball: string;
	/** Lets `work` have a sandbox of its own and a credential for it. */
	withSandbox<T>(
		options: SandboxOptions,
		work: (sandbox: SandboxProcess, credential: StoredCredential) => Promise<T>,
	): Promise<T>;
	/** Stores a workflow and gives what runs it and times its last node; throws when a run fails. */
	timed(file: WorkflowFile): Promise<() => Promise<TimedRun>>;
	/** Runs a file of `bench/workers` with the Node of n8n and gives what it prints as JSON. */
	program<T>(name: string, options: object): Promise<T>;
	close(): Promise<void>;
}

/** Sets up an n8n with nothing in it; whoever sets it up closes it. */
export async function setStage(tarball: string, signal: AbortSignal): Promise<Stage> {
	const folder = await mkdtemp(join(tmpdir(), 'n8n-nodes-persona-bench-'));
	const closers = [() => rm(folder, { recursive: true, force: true, maxRetries: 5 })];
	const close = async () => {
		for (const closer of closers.splice(0).reverse()) await closer();
	};
	try {
		const n8n = await startN8n({ folder, tarball, signal, env: withStripe });
		closers.push(() => n8n.stop());
		const client = createN8nClient(n8n.url);
		await client.signIn({ email: 'bench@example.com', password: 'Persona-bench-1' });

		return {
			n8n,
			client,
			tarball,
			packageFolder: join(folder, '.n8n/nodes/node_modules/n8n-nodes-persona'),
			async withSandbox(options, work) {
				const sandbox = await startSandboxProcess(options);
				try {
					const data = { apiKey: sandboxKey, baseUrl: sandbox.apiUrl, apiVersion: '2025-12-08' };
					const credential = { name: 'Sandbox', type: 'personaApi', data };
					return await work(sandbox, await client.createCredential(credential));
				} finally {
					await sandbox.close();
				}
			},
			async timed(file) {
				const { id } = await client.createWorkflow(file);
				const node = file.nodes[file.nodes.length - 1].name;
				return () => timedRun(client, id, node);
			},
			async program(name, options) {
				const output = await runCommand(
					n8n.installation.node,
					[`bench/workers/${name}.mts`, JSON.stringify(options)],
					{
						// Where n8n lets packages find what it has itself.
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

async function timedRun(client: N8nClient, workflowId: string, node: string): Promise<TimedRun> {
	const { executionId } = await client.runWorkflow(workflowId, start.name);
	if (executionId === undefined) throw new Error(`Workflow ${workflowId} did not start`);
	const { runs, status, error } = await client.waitForExecution(executionId, runWithinMs);
	if (status !== 'success') {
		throw new Error(`${status}: ${error?.message ?? ''} ${error?.description ?? ''}`);
	}
	const [run] = runs[node];
	return { ms: executionTimeOf(run), items: run.data?.main?.[0] ?? [] };
}

function executionTimeOf(run: NodeRun) {
	if ('executionTime' in run && typeof run.executionTime === 'number') return run.executionTime;
	throw new Error('n8n has not timed the node');
}
