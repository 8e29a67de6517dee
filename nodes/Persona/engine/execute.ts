import { randomUUID } from 'crypto';
import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { NodeApiError, NodeOperationError } from 'n8n-workflow';
import { Client, type Request } from '../transport/client';
import { downloads, fileItem, notDownloaded } from '../transport/files';
import type { PersonaObject } from '../transport/jsonApi';
import { outputOf } from '../transport/output';
import { pages } from '../transport/pages';
import type { Table } from './operation';
import { ALLOWED, idsOf, isGuarded, Session, type Run } from './session';
import { parameterName } from './values';

/** Items under way at once, unless the user says otherwise. */
export const ITEMS_AT_A_TIME = 20;

/** Stands for "more requests than anyone counts" where a list is read to its end. */
const ENDLESS = 1e9;

/** Runs one operation of the table over all input items; the node's whole `execute`. */
export async function execute(
	this: IExecuteFunctions,
	table: Table,
): Promise<INodeExecutionData[][]> {
	const run = await start(this, table);
	const sessions = this.getInputData().map((_, index) => new Session(run, index));
	const results: INodeExecutionData[][] = sessions.map(() => []);
	const lanes = lanesOf(run, sessions);
	run.client.pace.ahead = sessions.length;
	let next = 0;
	let failure: Error | undefined;
	const work = async () => {
		while (next < lanes.length) {
			for (const session of lanes[next++]) {
				if (failure || run.client.cancelled) return;
				try {
					results[session.itemIndex] = await outcome(session);
				} catch (error) {
					failure ??= error as Error;
				}
				run.client.pace.ahead--;
			}
		}
	};
	const atATime = this.getNodeParameter('options.itemsAtATime', 0, ITEMS_AT_A_TIME) as number;
	await Promise.all(Array.from({ length: Math.max(1, atATime) }, work));
	if (failure) throw inNode(run, failure);
	return [results.flat()];
}

async function start(node: IExecuteFunctions, table: Table): Promise<Run> {
	const value = node.getNodeParameter('resource', 0, '') as string;
	const operation = node.getNodeParameter('operation', 0, '') as string;
	const resource = table.resources.find((candidate) => candidate.value === value);
	const row = resource?.operations[operation];
	if (!resource || !row) {
		throw new NodeOperationError(
			node.getNode(),
			`This version of the Persona node has no operation '${operation}' for '${value}'`,
			{ description: "Choose 'Resource' and 'Operation' again, or update the node package." },
		);
	}
	// n8n marks the nodes that an AI agent calls by the end of their type alone.
	const asTool = node.getNode().type.endsWith('Tool');
	if (asTool && isGuarded(row) && node.getNodeParameter(ALLOWED, 0, false) !== true) {
		throw new NodeOperationError(
			node.getNode(),
			`This tool may not '${row.action}': a person has to decide that`,
			{ description: "A person can turn on 'Allow Decisions and Redactions' in this tool." },
		);
	}
	const execution = node.getExecutionId() ?? randomUUID();
	const { $runIndex } = node.getWorkflowDataProxy(0);
	const seed = [execution, node.getNode().id, $runIndex].join(' ');
	return { node, client: await Client.of(node), table, resource, row, seed };
}

/** Items that write to the same object share a lane and keep their order; all others run freely. */
function lanesOf({ row }: Run, sessions: Session[]): Session[][] {
	const byReference = row.attributes?.['reference-id']?.required;
	const addresses = idsOf(row).length > 0 || byReference;
	if (row.route.startsWith('GET') || !addresses) return sessions.map((one) => [one]);
	const lanes = new Map<unknown, Session[]>();
	for (const session of sessions) {
		let key: unknown = session;
		try {
			key = byReference ? session.parameter('referenceId') : session.path(row.route);
		} catch {
			// The item will say so itself when its turn comes.
		}
		lanes.set(key, [...(lanes.get(key) ?? []), session]);
	}
	return [...lanes.values()];
}

/** The output of one item: what it asked for, or in place of that its failure. */
async function outcome(session: Session): Promise<INodeExecutionData[]> {
	const { run, itemIndex } = session;
	const pairedItem = { item: itemIndex };
	try {
		const items = await (run.row.execute ?? { item, list, file, files }[run.row.returns])(session);
		return items.map((item) => ({ ...item, pairedItem }));
	} catch (error) {
		const failure = inNode(run, error as Error, itemIndex);
		if (!run.node.continueOnFail() || run.client.cancelled) throw failure;
		const { message, description } = failure;
		// Without a member `error` of the item n8n keeps the details and adds the input to them.
		return [{ json: { error: message, details: description }, pairedItem }];
	}
}

/** Sends one request and makes the object in its answer the output. */
export async function item(session: Session, request?: Request) {
	const document = await session.send(request ?? (await session.request()));
	const simplify = session.parameter('simplify', true);
	return [{ json: outputOf(document, document.data as PersonaObject, simplify) }];
}

async function list(session: Session): Promise<INodeExecutionData[]> {
	const { run } = session;
	const { pace } = run.client;
	const all = session.parameter('returnAll', true);
	const limit = all ? Infinity : session.parameter('limit', 50);
	const ahead = all ? ENDLESS : Math.ceil(limit / 100) - 1;
	// Asked once: n8n takes longer to find a parameter than a page takes to simplify.
	const simplify = session.parameter('simplify', true);
	const items: INodeExecutionData[] = [];
	pace.ahead += ahead;
	const read = pages(session.send, await session.request(), limit, run.row.unpaged);
	for await (const { object, document, more } of read) {
		items.push({ json: outputOf(document, object, simplify) });
		if (!more || items.length < limit) continue;
		run.node.addExecutionHints?.({
			message: `Persona has more than these ${limit} results. Raise 'Limit' or turn on 'Return All' to get them.`,
			location: 'outputPane',
		});
	}
	pace.ahead -= ahead;
	return items;
}

async function file(session: Session): Promise<INodeExecutionData[]> {
	const { node, resource, row } = session.run;
	const answer = await session.answer(await session.request());
	const id = session.parameter<string>(parameterName(idsOf(row)[0]));
	const json = { id, fileName: `${resource.value}-${id}.pdf` };
	return [await fileItem(node, json, answer, session.parameter('binaryPropertyName', 'data'))];
}

/** The files that an object and what it includes link to, one item each. */
async function files(session: Session): Promise<INodeExecutionData[]> {
	const { node, client } = session.run;
	const request = await session.request();
	const field = session.parameter('binaryPropertyName', 'data');
	const items: INodeExecutionData[] = [];
	for await (const { link, answer } of downloads(client, () => session.send(request))) {
		if (answer.statusCode !== 200) session.refuse(...notDownloaded(link, answer));
		const { url: _, ...json } = link;
		items.push(await fileItem(node, json, answer, field));
	}
	return items;
}

/** Every failure leaves as one of n8n's errors that names its item; known ones are kept as they are. */
function inNode({ node }: Run, error: Error, itemIndex?: number) {
	const known = error instanceof NodeApiError || error instanceof NodeOperationError;
	const failure = known ? error : new NodeOperationError(node.getNode(), error);
	if (itemIndex !== undefined) failure.context.itemIndex = itemIndex;
	return failure;
}
