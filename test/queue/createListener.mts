import axios from 'axios';
import { readFile } from 'node:fs/promises';
import type { IConnections, IDataObject, INode } from 'n8n-workflow';
import { waitFor, type Execution } from '../../tools/n8n/n8nClient.mts';
import type { N8n } from '../../tools/n8n/startN8n.mts';
import { sign } from '../support/sign.mts';
import { selectCredential, buildNode } from '../e2e/buildNode.mts';
import type { QueueEnvironment } from './queueEnvironment.mts';

const TRIGGER = 'Persona Trigger';

/** More than any test starts. */
const MAX_EXECUTIONS = 1_000;

/** The result of `createListener`. */
export type Listener = Awaited<ReturnType<typeof createListener>>;

/** The body of a delivery, with or without a signature. */
export interface SignedBody {
	body: string;
	signature?: string;
}

/** Stores a workflow of the trigger and these nodes, in order. It is not published yet. */
export async function createListener(
	environment: QueueEnvironment,
	name: string,
	parameters: IDataObject,
	...following: INode[]
) {
	const { client, sandbox } = environment;
	const webhookId = `persona-${name}`;
	const more = { webhookId, ...selectCredential(environment) };
	const nodes = [
		buildNode('n8n-nodes-persona.personaTrigger', TRIGGER, parameters, more),
		...following,
	];
	const { id } = await client.createWorkflow({ name, nodes, connections: connectInOrder(nodes) });
	const path = `webhook/${webhookId}/webhook`;

	const findWebhooks = () =>
		sandbox.control.store
			.getCollection('webhook')
			.findAll()
			.filter(({ attributes }) => String(attributes.url).endsWith(path));

	const ended = new Map<string, Promise<Execution>>();

	/** Waits until all executions have ended. Fetches each of them once. */
	const fetchExecutions = async (): Promise<Execution[]> => {
		for (const run of await client.fetchExecutions(id, MAX_EXECUTIONS))
			ended.set(run.id, ended.get(run.id) ?? client.waitForExecution(run.id));
		return await Promise.all(ended.values());
	};

	const findExecutions = async (eventId: string) =>
		(await fetchExecutions()).filter((run) => getEventId(run) === eventId);

	return {
		id,
		/** Path of the webhook, the same for each process. */
		path,
		/** Finds its webhooks in Persona that are not archived. */
		findActiveWebhooks: () =>
			findWebhooks().filter(({ attributes }) => attributes.status !== 'archived'),
		findWebhooks,
		fetchExecutions,
		findExecutions,

		/** Waits for the execution that an event has started. */
		waitForStart: async (eventId: string) =>
			await waitFor(`${eventId} starts "${name}"`, async () => (await findExecutions(eventId))[0]),

		/** Posts a delivery to one process. */
		post: async (to: N8n, { body, signature }: SignedBody) =>
			await axios.post<IDataObject>(`${to.url}/${path}`, body, {
				headers: {
					'content-type': 'application/json; charset=utf-8',
					'Persona-Webhook-Attempts-Made': '1',
					...(signature && { 'Persona-Signature': signature }),
				},
				transformRequest: [(data: string) => data],
				validateStatus: () => true,
				proxy: false,
			}),

		/** Builds a delivery of an event with this ID, signed with the webhook's secrets. */
		buildDelivery: (eventId: string): Required<SignedBody> => {
			const [webhook] = findWebhooks();
			const { deliveries } = sandbox.control;
			const delivery = deliveries.find((one) => one.webhookId === webhook.id);
			if (!delivery) throw new Error(`Nothing was delivered to "${name}" yet`);
			const body = delivery.body.replaceAll(delivery.eventId, eventId);
			return { body, signature: sign(body, sandbox.control.getSecrets(webhook.id)) };
		},
	};
}

/** Returns the ID of the event that started an execution. */
export const getEventId = ({ runs }: Execution) =>
	String(runs[TRIGGER]?.[0]?.data?.main?.[0]?.[0]?.json.eventId);

/** Reads the IDs of the executions that a process has logged with these words. */
export async function readLoggedExecutions({ logFile }: N8n, words: string): Promise<Set<string>> {
	const text = await readFile(logFile, 'utf8');
	return new Set(
		[...text.matchAll(new RegExp(`${words} execution (\\d+)`, 'g'))].map(([, id]) => id),
	);
}

function connectInOrder(nodes: INode[]): IConnections {
	const next = nodes.slice(1).map(({ name }) => [{ node: name, type: 'main' as const, index: 0 }]);
	return Object.fromEntries(next.map((link, index) => [nodes[index].name, { main: [link] }]));
}
