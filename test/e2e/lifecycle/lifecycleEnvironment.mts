import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { IDataObject, INode } from 'n8n-workflow';
import { waitFor, type StoredWorkflow } from '../../../tools/n8n/n8nClient.mts';
import { startN8n } from '../../../tools/n8n/startN8n.mts';
import type { StoredObject } from '../../../sandbox/sandbox.mts';
import { credentialsOf, node } from '../buildNode.mts';
import { account, credentialFor, setStage, type Stage } from '../testEnvironment.mts';

/** What a trigger of these tests is called unless they say otherwise. */
export const TRIGGER = 'Persona Trigger';

/** Keys of the sandbox that may do less than its first one. */
export const KEYS = {
	readsOnly: 'persona_sandbox_reads',
	writesOnly: 'persona_sandbox_writes',
	revoked: 'persona_sandbox_revoked',
};

/** A stage whose n8n can be started with another environment, with workflows that only listen. */
export interface Ground {
	readonly stage: Stage;
	/** Stops n8n and starts it with this added to its environment. */
	restart(env?: Record<string, string>): Promise<void>;
	/** Ends n8n at once, as a loss of power does. */
	kill(): void;
	/** Ends n8n and the sandbox. */
	close(): Promise<void>;
	/** A trigger with an address of its own. */
	trigger(parameters?: IDataObject, more?: Partial<INode>): INode;
	/** A stored workflow of these nodes, or of one trigger. */
	listener(name: string, ...nodes: INode[]): Promise<StoredWorkflow>;
	/** A credential with this key, as a node refers to it. */
	credential(apiKey: string, data?: IDataObject): Promise<Pick<INode, 'credentials'>>;
	/** The webhooks in Persona that a workflow has and that are not archived. */
	standing(workflow: { id: string }): StoredObject[];
	/** All webhooks that a workflow has ever had, the oldest first. */
	registered(workflow: { id: string }): StoredObject[];
	/** Waits until a workflow has this many webhooks in Persona, and gives them. */
	settled(workflow: { id: string }, count: number, withinMs?: number): Promise<StoredObject[]>;
	/** Everything that n8n has printed. */
	printed(): Promise<string>;
	/** Lets something happen that triggers listen to; returns the event's ID. */
	happen(name?: string): string;
	/** Waits until an event has started a workflow; gives the item it started with. */
	started(workflow: { id: string }, eventId: string): Promise<IDataObject>;
}

/** Sets up the ground; whoever does so closes its stage. */
export async function setGround(): Promise<Ground> {
	const stage = await setStage({
		apiKeys: [
			'persona_sandbox_demo',
			{ value: KEYS.readsOnly, permissions: ['webhook.read'] },
			{ value: KEYS.writesOnly, permissions: ['webhook.write'] },
			KEYS.revoked,
		],
		rateLimit: { maxRequests: 100_000, windowSeconds: 60 },
	});
	const { client, sandbox } = stage;
	const folder = dirname(stage.n8n.logFile);
	const port = Number(new URL(stage.n8n.url).port);

	const registered = ({ id }: { id: string }) =>
		sandbox.control.store
			.getCollection('webhook')
			.findAll(({ attributes: { name } }) => String(name).includes(`(${id}, `));
	const standing = (workflow: { id: string }) =>
		registered(workflow).filter(({ attributes: { status } }) => status !== 'archived');
	const trigger: Ground['trigger'] = (parameters, more) =>
		node(
			'n8n-nodes-persona.personaTrigger',
			TRIGGER,
			{ events: ['inquiry.completed'], ...parameters },
			{ id: randomUUID(), webhookId: randomUUID(), ...credentialsOf(stage), ...more },
		);

	return {
		stage,
		async restart(env) {
			await stage.n8n.stop();
			const tarball = String(process.env.PERSONA_TARBALL);
			stage.n8n = await startN8n({ folder, tarball, port, env });
			await client.signIn(account);
		},
		kill() {
			const { pid } = stage.n8n;
			if (pid === undefined) throw new Error('n8n does not run');
			process.kill(-pid, 'SIGKILL');
		},
		async close() {
			// What the stage itself would stop is the n8n that it has started.
			await stage.n8n.stop();
			await stage.close();
		},
		trigger,
		async listener(name, ...nodes) {
			const all = nodes.length > 0 ? nodes : [trigger()];
			return await client.createWorkflow({ name, nodes: all, connections: {} });
		},
		async credential(apiKey, data) {
			const { id, name } = await client.createCredential({
				name: apiKey,
				type: 'personaApi',
				data: { ...credentialFor(sandbox, apiKey), ...data },
			});
			return { credentials: { personaApi: { id, name } } };
		},
		standing,
		registered,
		settled: async (workflow, count, withinMs) =>
			await waitFor(
				`the workflow has ${count} webhooks`,
				async () => {
					const found = standing(workflow);
					return found.length === count && found;
				},
				withinMs,
			),
		printed: async () => await readFile(stage.n8n.logFile, 'utf8'),
		happen(name = 'inquiry.completed') {
			const [id] = sandbox.control.seedInquiries(1);
			return sandbox.control.emitEvent(name, id);
		},
		started: async ({ id: workflowId }, eventId) =>
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
