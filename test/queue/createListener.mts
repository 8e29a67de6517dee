import axios from 'axios';
import { readFile } from 'node:fs/promises';
import type { IConnections, IDataObject, INode } from 'n8n-workflow';
import { waitFor, type Execution } from '../../tools/n8n/n8nClient.mts';
import type { N8n } from '../../tools/n8n/startN8n.mts';
import { sign } from '../support/sign.mts';
import { selectCredential, buildNode } from '../e2e/buildNode.mts';
import type { QueueEnvironment } from './queueEnvironment.mts';

const TRIGGER = 'Persona Trigger';

/** The most that n8n lists at once. */
const PAGE = 100;

/** What `createListener` gives. */
export type Listener = Awaited<ReturnType<typeof createListener>>;

/** A delivery, with a signature or without. */
export interface SignedBody {
	body: string;
	signature?: string;
}

/** Stores a workflow of the trigger and what follows it in a row; nothing is published yet. */
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

	const webhooks = () =>
		sandbox.control.store
			.getCollection('webhook')
			.findAll()
			.filter(({ attributes }) => String(attributes.url).endsWith(path));

	const ended = new Map<string, Promise<Execution>>();

	/** Waits for the end of every execution there is. What has ended is asked for once. */
	const runs = async (): Promise<Execution[]> => {
		for (const run of await client.fetchExecutions(id, PAGE))
			ended.set(run.id, ended.get(run.id) ?? client.waitForExecution(run.id));
		return await Promise.all(ended.values());
	};

	const runsOf = async (eventId: string) =>
		(await runs()).filter((run) => getEventId(run) === eventId);

	return {
		id,
		/** Where the trigger listens, below the address of each process. */
		path,
		/** Its webhooks in Persona that are not archived. */
		findActiveWebhooks: () =>
			webhooks().filter(({ attributes }) => attributes.status !== 'archived'),
		webhooks,
		runs,
		runsOf,

		/** Waits for the execution that an event started. */
		waitForStart: async (eventId: string) =>
			await waitFor(`${eventId} starts "${name}"`, async () => (await runsOf(eventId))[0]),

		/** Sends what Persona would, or somebody else, to one process. */
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

		/** A delivery of an event with this ID, signed with the webhook's secrets. */
		buildDelivery: (eventId: string): Required<SignedBody> => {
			const [webhook] = webhooks();
			const { deliveries } = sandbox.control;
			const model = deliveries.find((one) => one.webhookId === webhook.id);
			if (!model) throw new Error(`Nothing was delivered to "${name}" yet`);
			const body = model.body.replaceAll(model.eventId, eventId);
			return { body, signature: sign(body, sandbox.control.getSecrets(webhook.id)) };
		},
	};
}

/** The event that an execution was started by. */
export const getEventId = ({ runs }: Execution) =>
	String(runs[TRIGGER]?.[0]?.data?.main?.[0]?.[0]?.json.eventId);

/** The IDs of the executions that stand in the log of a process behind these words. */
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
