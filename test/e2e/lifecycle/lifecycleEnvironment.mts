import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { IDataObject, INode } from 'n8n-workflow';
import { waitFor, type StoredWorkflow } from '../../../tools/n8n/n8nClient.mts';
import { startSandbox, type SandboxOptions, type StoredObject } from '../../../sandbox/sandbox.mts';
import { selectCredential, buildNode } from '../buildNode.mts';
import {
	buildCredentialData,
	startTestEnvironment,
	type TestEnvironment,
} from '../testEnvironment.mts';

/** The default name of the triggers in these tests. */
export const TRIGGER = 'Persona Trigger';

/** Keys of the sandbox with fewer permissions than the first one. */
export const KEYS = {
	readsOnly: 'persona_sandbox_reads',
	writesOnly: 'persona_sandbox_writes',
	revoked: 'persona_sandbox_revoked',
};

/** A test environment with workflows that consist of triggers alone. */
export interface LifecycleEnvironment extends TestEnvironment {
	/** Creates an environment in the same n8n with a sandbox of its own. The caller closes it. */
	createSeparateEnvironment(): Promise<LifecycleEnvironment>;
	/** Kills n8n, as a loss of power does. */
	killN8n(): void;
	/** Builds a trigger with a webhook path of its own. */
	buildTrigger(parameters?: IDataObject, more?: Partial<INode>): INode;
	/** Stores a workflow of these nodes. Default: one trigger. */
	createWorkflow(name: string, ...nodes: INode[]): Promise<StoredWorkflow>;
	/** Stores a credential with this API key, and returns it as a node refers to it. */
	createCredential(apiKey: string, data?: IDataObject): Promise<Pick<INode, 'credentials'>>;
	/** Finds the webhooks of a workflow in Persona that are not archived. */
	findActiveWebhooks(workflow: { id: string }): StoredObject[];
	/** Finds all webhooks that a workflow has ever had in Persona, oldest first. */
	findWebhooks(workflow: { id: string }): StoredObject[];
	/** Waits until a workflow has this many active webhooks in Persona, and returns them. */
	waitForWebhooks(
		workflow: { id: string },
		count: number,
		timeoutMs?: number,
	): Promise<StoredObject[]>;
	/** Reads everything that n8n has printed. */
	readLog(): Promise<string>;
	/** Emits an event about a new inquiry and returns the event's ID. */
	emitEvent(name?: string): string;
	/** Waits until an event has started a workflow, and returns the item of the trigger. */
	waitForStart(workflow: { id: string }, eventId: string): Promise<IDataObject>;
}

const SANDBOX_OPTIONS: SandboxOptions = {
	apiKeys: [
		'persona_sandbox_demo',
		{ value: KEYS.readsOnly, permissions: ['webhook.read'] },
		{ value: KEYS.writesOnly, permissions: ['webhook.write'] },
		KEYS.revoked,
	],
	rateLimit: { maxRequests: 100_000, windowSeconds: 60 },
};

/** Starts the environment. The caller closes it. */
export async function startLifecycleEnvironment(): Promise<LifecycleEnvironment> {
	return createLifecycleEnvironment(await startTestEnvironment(SANDBOX_OPTIONS));
}

function createLifecycleEnvironment(environment: TestEnvironment): LifecycleEnvironment {
	const { client, sandbox } = environment;

	const findWebhooks = ({ id }: { id: string }) =>
		sandbox.control.store
			.getCollection('webhook')
			.findAll(({ attributes: { name } }) => String(name).includes(`(${id}, `));
	const findActiveWebhooks = (workflow: { id: string }) =>
		findWebhooks(workflow).filter(({ attributes: { status } }) => status !== 'archived');
	const buildTrigger: LifecycleEnvironment['buildTrigger'] = (parameters, more) =>
		buildNode(
			'n8n-nodes-persona.personaTrigger',
			TRIGGER,
			{ events: ['inquiry.completed'], ...parameters },
			{ id: randomUUID(), webhookId: randomUUID(), ...selectCredential(environment), ...more },
		);

	return {
		...environment,
		async createSeparateEnvironment() {
			const separateSandbox = await startSandbox(SANDBOX_OPTIONS);
			const credential = await client.createCredential({
				name: 'Persona',
				type: 'personaApi',
				data: buildCredentialData(separateSandbox),
			});
			return createLifecycleEnvironment({
				...environment,
				sandbox: separateSandbox,
				credential,
				close: async () => await separateSandbox.close(),
			});
		},
		killN8n() {
			const { pid } = environment.n8n;
			if (pid === undefined) throw new Error('n8n does not run');
			process.kill(-pid, 'SIGKILL');
		},
		buildTrigger,
		async createWorkflow(name, ...nodes) {
			const all = nodes.length > 0 ? nodes : [buildTrigger()];
			return await client.createWorkflow({ name, nodes: all, connections: {} });
		},
		async createCredential(apiKey, data) {
			const { id, name } = await client.createCredential({
				name: apiKey,
				type: 'personaApi',
				data: { ...buildCredentialData(sandbox, apiKey), ...data },
			});
			return { credentials: { personaApi: { id, name } } };
		},
		findActiveWebhooks,
		findWebhooks,
		waitForWebhooks: async (workflow, count, timeoutMs) =>
			await waitFor(
				`the workflow has ${count} webhooks`,
				async () => {
					const found = findActiveWebhooks(workflow);
					return found.length === count && found;
				},
				timeoutMs,
			),
		readLog: async () => await readFile(environment.n8n.logFile, 'utf8'),
		emitEvent(name = 'inquiry.completed') {
			const [id] = sandbox.control.seedInquiries(1);
			return sandbox.control.emitEvent(name, id);
		},
		waitForStart: async ({ id: workflowId }, eventId) =>
			await waitFor(`${eventId} starts the workflow`, async () => {
				for (const { id } of await client.fetchExecutions(workflowId)) {
					const { runs } = await client.waitForExecution(id);
					const items = Object.values(runs).map(([run]) => run.data?.main?.[0]?.[0]?.json);
					const item = items.find((json) => json?.eventId === eventId);
					if (item) return item;
				}
				return undefined;
			}),
	};
}
