import { randomUUID } from 'crypto';
import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import { Client, type Request } from '../transport/client';
import { inNode, isTool } from '../transport/errors';
import { downloadItem, downloads, fileItem } from '../transport/files';
import type { PersonaObject } from '../transport/jsonApi';
import { outputOf } from '../transport/simplify';
import { pages } from '../transport/pagination';
import type { Operation, Table } from './types';
import { idsOf, isGuarded, Session, type Run } from './itemContext';

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
	const length = sessions[0]?.setting<number>('itemsAtATime');
	await Promise.all(Array.from({ length }, work));
	const { after } = run.row;
	const finish = async (session: Session, index: number) =>
		(results[index] = await outcome(session, async () => await after!(session, results[index])));
	if (after && !failure) await Promise.all(sessions.map(finish));
	if (failure) throw inNode(this.getNode(), failure);
	return [results.flat()];
}

async function start(node: IExecuteFunctions, table: Table): Promise<Run> {
	const value = node.getNodeParameter('resource', 0, '') as string;
	const operation = node.getNodeParameter('operation', 0, '') as string;
	const resource = table.resources.find((candidate) => candidate.value === value);
	const row = Object.entries(resource?.operations ?? {}).find(([name]) => name === operation)?.[1];
	if (!resource || !row) {
		throw new NodeOperationError(
			node.getNode(),
			`This version of the Persona node has no operation '${operation}' for '${value}'`,
			{ description: "Choose 'Resource' and 'Operation' again, or update the node package." },
		);
	}
	const allowed = !isTool(node.getNode()) || node.getNodeParameter('allowDecisions', 0, false);
	if (isGuarded(row) && allowed !== true) {
		throw new NodeOperationError(
			node.getNode(),
			`This tool may not '${row.action}': a person has to do it, or to turn on 'Allow Decisions and Redactions' in the tool`,
		);
	}
	const execution = node.getExecutionId() ?? randomUUID();
	const seed = [execution, node.getNode().id, node.getWorkflowDataProxy(0).$runIndex].join(' ');
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

/** The output of an item or of a part of it: what came of it, or in place of that its failure. */
async function outcome(session: Session, work?: Operation['execute']) {
	const { run, itemIndex } = session;
	const { execute: own, returns } = run.row;
	const pairedItem = { item: itemIndex };
	try {
		const items = await (work ?? own ?? { item, list, file, files }[returns])(session);
		return items.map((item) => ({ pairedItem, ...item }));
	} catch (error) {
		const failure = inNode(run.node.getNode(), error as Error, itemIndex);
		if (!run.node.continueOnFail() || run.client.cancelled) throw failure;
		const { message, description } = failure;
		// Without a member `error` of the item n8n keeps the details and adds the input to them.
		return [{ json: { error: message, details: description }, pairedItem }];
	}
}

/** Sends one request and makes the object in its answer the output. */
export async function item(session: Session, request?: Request) {
	const flat = session.setting<boolean>('simplify');
	const document = await session.send(request ?? (await session.request()));
	return [{ json: outputOf(document, document.data as PersonaObject, flat) }];
}

async function list(session: Session): Promise<INodeExecutionData[]> {
	const { node, client, row } = session.run;
	const all = row.unpaged ?? session.setting<boolean>('returnAll');
	const most = all ? Infinity : Math.ceil(session.setting<number>('limit'));
	// A list without end counts as more requests than there ever are.
	const ahead = Math.ceil(Math.min(most, 1e11) / 100) - 1;
	// Asked once: n8n takes longer to find a parameter than a page takes to simplify.
	const flat = session.setting<boolean>('simplify');
	const items: INodeExecutionData[] = [];
	const read = pages(session.send, await session.request(), most, row.unpaged);
	client.pace.ahead += ahead;
	for await (const { object, document, more } of read) {
		items.push({ json: outputOf(document, object, flat) });
		if (!more || items.length < most) continue;
		node.addExecutionHints?.({
			message: `Persona has more than these ${most} results. Raise 'Limit' or turn on 'Return All' to get them.`,
			location: 'outputPane',
		});
	}
	client.pace.ahead -= ahead;
	return items;
}

async function file(session: Session): Promise<INodeExecutionData[]> {
	const { node, resource, row } = session.run;
	const field = session.setting<string>('binaryPropertyName');
	const id = session.id(idsOf(row)[0]);
	const answer = await session.answer(await session.request());
	return [await fileItem(node, { id, fileName: `${resource.value}-${id}.pdf` }, answer, field)];
}

/** The files that an object and what it includes link to, one item each. */
async function files(session: Session): Promise<INodeExecutionData[]> {
	const { node, client } = session.run;
	const field = session.setting<string>('binaryPropertyName');
	const items: INodeExecutionData[] = [];
	const object = async () => await session.send(await session.request());
	for await (const download of downloads(client, object)) {
		const read = async () => [await downloadItem(node, download, field, session.refuse)];
		items.push(...(await outcome(session, read)));
	}
	return items;
}
