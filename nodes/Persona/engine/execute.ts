import { randomUUID } from 'crypto';
import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import { Client, type ApiRequest } from '../transport/client';
import { toItemError, isTool } from '../transport/errors';
import { toDownloadItem, downloadFiles, createFileItem } from '../transport/files';
import type { PersonaObject } from '../transport/jsonApi';
import { toOutput } from '../transport/simplify';
import { paginate } from '../transport/pagination';
import type { Operation, OperationTable } from './types';
import { getPathIds, isGuarded, NodeItemContext, type Run } from './itemContext';

/** Runs one operation of the table over all input items; the node's whole `execute`. */
export async function execute(
	this: IExecuteFunctions,
	table: OperationTable,
): Promise<INodeExecutionData[][]> {
	const run = await createRun(this, table);
	const sessions = this.getInputData().map((_, index) => new NodeItemContext(run, index));
	const results: INodeExecutionData[][] = sessions.map(() => []);
	const lanes = groupByTarget(run, sessions);
	run.client.rateLimiter.expectedRequests = sessions.length;
	let next = 0;
	let failure: Error | undefined;
	const work = async () => {
		while (next < lanes.length) {
			for (const session of lanes[next++]) {
				if (failure || run.client.isCancelled) return;
				try {
					results[session.itemIndex] = await runWithErrorHandling(session);
				} catch (error) {
					failure ??= error as Error;
				}
				run.client.rateLimiter.expectedRequests--;
			}
		}
	};
	const length = sessions[0]?.getSetting<number>('itemsAtATime');
	await Promise.all(Array.from({ length }, work));
	const { afterAll: after } = run.row;
	const finish = async (session: NodeItemContext, index: number) =>
		(results[index] = await runWithErrorHandling(
			session,
			async () => await after!(session, results[index]),
		));
	if (after && !failure) await Promise.all(sessions.map(finish));
	if (failure) throw toItemError(this.getNode(), failure);
	return [results.flat()];
}

async function createRun(node: IExecuteFunctions, table: OperationTable): Promise<Run> {
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
	return { node, client: await Client.create(node), table, resource, row, idempotencySeed: seed };
}

/** Items that write to the same object share a lane and keep their order; all others run freely. */
function groupByTarget({ row }: Run, sessions: NodeItemContext[]): NodeItemContext[][] {
	const byReference = row.attributes?.['reference-id']?.required;
	const addresses = getPathIds(row).length > 0 || byReference;
	if (row.route.startsWith('GET') || !addresses) return sessions.map((one) => [one]);
	const lanes = new Map<unknown, NodeItemContext[]>();
	for (const session of sessions) {
		let key: unknown = session;
		try {
			key = byReference ? session.getParameter('referenceId') : session.path(row.route);
		} catch {
			// The item will say so itself when its turn comes.
		}
		lanes.set(key, [...(lanes.get(key) ?? []), session]);
	}
	return [...lanes.values()];
}

/** The output of an item or of a part of it: what came of it, or in place of that its failure. */
async function runWithErrorHandling(session: NodeItemContext, work?: Operation['execute']) {
	const { run, itemIndex } = session;
	const { execute: own, returns } = run.row;
	const pairedItem = { item: itemIndex };
	try {
		const items = await (
			work ??
			own ??
			{ item: requestItem, list: requestList, file: requestFile, files: requestFiles }[returns]
		)(session);
		return items.map((item) => ({ pairedItem, ...item }));
	} catch (error) {
		const failure = toItemError(run.node.getNode(), error as Error, itemIndex);
		if (!run.node.continueOnFail() || run.client.isCancelled) throw failure;
		const { message, description } = failure;
		// Without a member `error` of the item n8n keeps the details and adds the input to them.
		return [{ json: { error: message, details: description }, pairedItem }];
	}
}

/** Sends one request and makes the object in its answer the output. */
export async function requestItem(session: NodeItemContext, request?: ApiRequest) {
	const flat = session.getSetting<boolean>('simplify');
	const document = await session.requestDocument(request ?? (await session.buildRequest()));
	return [{ json: toOutput(document, document.data as PersonaObject, flat) }];
}

async function requestList(session: NodeItemContext): Promise<INodeExecutionData[]> {
	const { node, client, row } = session.run;
	const all = row.unpaged ?? session.getSetting<boolean>('returnAll');
	const most = all ? Infinity : Math.ceil(session.getSetting<number>('limit'));
	// A list without end counts as more requests than there ever are.
	const ahead = Math.ceil(Math.min(most, 1e11) / 100) - 1;
	// Asked once: n8n takes longer to find a parameter than a page takes to simplify.
	const flat = session.getSetting<boolean>('simplify');
	const items: INodeExecutionData[] = [];
	const read = paginate(session.requestDocument, await session.buildRequest(), most, row.unpaged);
	client.rateLimiter.expectedRequests += ahead;
	for await (const { object, document, more } of read) {
		items.push({ json: toOutput(document, object, flat) });
		if (!more || items.length < most) continue;
		node.addExecutionHints?.({
			message: `Persona has more than these ${most} results. Raise 'Limit' or turn on 'Return All' to get them.`,
			location: 'outputPane',
		});
	}
	client.rateLimiter.expectedRequests -= ahead;
	return items;
}

async function requestFile(session: NodeItemContext): Promise<INodeExecutionData[]> {
	const { node, resource, row } = session.run;
	const field = session.getSetting<string>('binaryPropertyName');
	const id = session.getId(getPathIds(row)[0]);
	const answer = await session.request(await session.buildRequest());
	return [
		await createFileItem(node, { id, fileName: `${resource.value}-${id}.pdf` }, answer, field),
	];
}

/** The files that an object and what it includes link to, one item each. */
async function requestFiles(session: NodeItemContext): Promise<INodeExecutionData[]> {
	const { node, client } = session.run;
	const field = session.getSetting<string>('binaryPropertyName');
	const items: INodeExecutionData[] = [];
	const object = async () => await session.requestDocument(await session.buildRequest());
	for await (const download of downloadFiles(client, object)) {
		const read = async () => [await toDownloadItem(node, download, field, session.fail)];
		items.push(...(await runWithErrorHandling(session, read)));
	}
	return items;
}
