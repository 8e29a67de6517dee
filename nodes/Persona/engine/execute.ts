import { randomUUID } from 'crypto';
import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import type { ApiRequest } from '../transport/apiRequest';
import { Client } from '../transport/client';
import { isTool, toItemError } from '../transport/errors';
import { createFileItem, downloadFiles, toDownloadItem } from '../transport/files';
import type { PersonaObject } from '../transport/jsonApi';
import { MAX_PAGE_SIZE, paginate } from '../transport/pagination';
import { toOutput } from '../transport/simplify';
import { createItemContext } from './itemContext';
import { getIdPlaceholders, isGuarded } from './operationRules';
import type { ItemContext, Operation, OperationTable, Run } from './types';

/** Replaces Infinity when estimating requests: more results than a run ever reads. */
const UNLIMITED_RESULTS = 1e11;

/**
 * Runs the chosen operation of the table over all input items and returns the node's output, in the
 * order of the input. After the first failure nothing new starts. Throws one of n8n's errors unless
 * the node continues on fail.
 */
export async function execute(
	this: IExecuteFunctions,
	table: OperationTable,
): Promise<INodeExecutionData[][]> {
	const run = await createRun(this, table);
	const { client, row } = run;
	const contexts = this.getInputData().map((_, index) => createItemContext(run, index));
	const outputs: INodeExecutionData[][] = contexts.map(() => []);
	const groups = groupByTarget(run, contexts);
	client.rateLimiter.expectedRequests = contexts.length;
	let nextGroup = 0;
	let failure: Error | undefined;
	const processGroups = async () => {
		while (nextGroup < groups.length) {
			for (const context of groups[nextGroup++]) {
				if (failure || client.isCancelled) return;
				try {
					outputs[context.itemIndex] = await runWithErrorHandling(context, runOperation);
				} catch (error) {
					failure ??= error as Error;
				}
				client.rateLimiter.expectedRequests--;
			}
		}
	};
	const concurrency = contexts[0]?.readSetting<number>('itemsAtATime');
	await Promise.all(Array.from({ length: concurrency }, processGroups));
	const { afterAll } = row;
	if (afterAll && !failure) {
		const finish = async (context: ItemContext, index: number) => {
			const runAfterAll = async () => await afterAll(context, outputs[index]);
			outputs[index] = await runWithErrorHandling(context, runAfterAll);
		};
		await Promise.all(contexts.map(finish));
	}
	if (failure) throw toItemError(this.getNode(), failure);
	return [outputs.flat()];
}

/**
 * Finds the chosen row and connects to Persona. Throws if there is no such row or no permission.
 */
async function createRun(node: IExecuteFunctions, table: OperationTable): Promise<Run> {
	const resourceKey = node.getNodeParameter('resource', 0, '') as string;
	const operationKey = node.getNodeParameter('operation', 0, '') as string;
	const resource = table.resources.find((candidate) => candidate.value === resourceKey);
	const row = Object.entries(resource?.operations ?? {}).find(
		([name]) => name === operationKey,
	)?.[1];
	if (!resource || !row) {
		throw new NodeOperationError(
			node.getNode(),
			`This version of the Persona node has no operation '${operationKey}' for '${resourceKey}'`,
			{ description: "Choose 'Resource' and 'Operation' again, or update the node package." },
		);
	}
	const isAllowed =
		!isTool(node.getNode()) || node.getNodeParameter('allowDecisions', 0, false) === true;
	if (isGuarded(row) && !isAllowed) {
		throw new NodeOperationError(
			node.getNode(),
			`This tool is not allowed to '${row.action}': a person must do it, or turn on 'Allow Decisions and Redactions' in the tool`,
		);
	}
	const execution = node.getExecutionId() ?? randomUUID();
	const { $runIndex } = node.getWorkflowDataProxy(0);
	const idempotencySeed = [execution, node.getNode().id, $runIndex].join(' ');
	return { node, client: await Client.create(node), table, resource, row, idempotencySeed };
}

/**
 * Groups the items that write to the same object, so that they keep their order: the items of a
 * group are processed one after another, and several groups at the same time.
 */
function groupByTarget({ row }: Run, contexts: ItemContext[]): ItemContext[][] {
	const byReference = row.attributes?.['reference-id']?.required;
	const hasTarget = getIdPlaceholders(row).length > 0 || byReference;
	if (row.route.startsWith('GET') || !hasTarget) return contexts.map((context) => [context]);
	const groups = new Map<unknown, ItemContext[]>();
	for (const context of contexts) {
		let target: unknown = context;
		try {
			target = byReference ? context.readParameter('referenceId') : context.buildPath(row.route);
		} catch {
			// The item fails with this error when its turn comes.
		}
		groups.set(target, [...(groups.get(target) ?? []), context]);
	}
	return [...groups.values()];
}

type RunItem = NonNullable<Operation['execute']>;

/** Runs the row for one item: its own `execute`, or the requests for what it `returns`. */
const runOperation: RunItem = async (context) => {
	const { execute: executeRow, returns } = context.run.row;
	return await (executeRow ?? RUN_BY_RETURN_TYPE[returns])(context);
};

/** Pairs the output with its item. With "continue on fail", an error becomes the output. */
async function runWithErrorHandling(context: ItemContext, runItem: RunItem) {
	const { client, node } = context.run;
	const pairedItem = { item: context.itemIndex };
	try {
		const items = await runItem(context);
		return items.map((item) => ({ pairedItem, ...item }));
	} catch (error) {
		const failure = toItemError(node.getNode(), error as Error, context.itemIndex);
		if (!node.continueOnFail() || client.isCancelled) throw failure;
		const { message, description } = failure;
		// The error must be in `json` alone: if the item itself had a member `error`, n8n would replace
		// its `json` with the message and drop the details.
		return [{ json: { error: message, details: description }, pairedItem }];
	}
}

/** Sends one request, by default the one of the row, and returns the object of the response. */
export async function requestItem(
	context: ItemContext,
	request?: ApiRequest,
): Promise<INodeExecutionData[]> {
	const isSimplified = context.readSetting<boolean>('simplify');
	const document = await context.requestDocument(request ?? (await context.buildRequest()));
	return [{ json: toOutput(document, document.data as PersonaObject, isSimplified) }];
}

/** Reads the pages of a list, up to the limit of the item, and hints at results beyond it. */
async function requestList(context: ItemContext): Promise<INodeExecutionData[]> {
	const { node, client, row } = context.run;
	const isUnlimited = row.unpaged ?? context.readSetting<boolean>('returnAll');
	const limit = isUnlimited ? Infinity : Math.ceil(context.readSetting<number>('limit'));
	const furtherRequests = Math.ceil(Math.min(limit, UNLIMITED_RESULTS) / MAX_PAGE_SIZE) - 1;
	// Read once: n8n takes longer to find a parameter than a page takes to simplify.
	const isSimplified = context.readSetting<boolean>('simplify');
	const items: INodeExecutionData[] = [];
	const request = await context.buildRequest();
	const results = paginate(context.requestDocument, request, limit, row.unpaged);
	client.rateLimiter.expectedRequests += furtherRequests;
	for await (const { object, document, hasMore } of results) {
		items.push({ json: toOutput(document, object, isSimplified) });
		if (!hasMore || items.length < limit) continue;
		node.addExecutionHints?.({
			message: `Persona has more than these ${limit} results. Increase 'Limit' or turn on 'Return All' to get more.`,
			location: 'outputPane',
		});
	}
	client.rateLimiter.expectedRequests -= furtherRequests;
	return items;
}

/** Requests a file that Persona itself returns, which is always a PDF. */
async function requestFile(context: ItemContext): Promise<INodeExecutionData[]> {
	const { node, resource, row } = context.run;
	const binaryField = context.readSetting<string>('binaryPropertyName');
	const id = context.readId(getIdPlaceholders(row)[0]);
	const response = await context.request(await context.buildRequest());
	const json = { id, fileName: `${resource.value}-${id}.pdf` };
	return [await createFileItem(node, json, response, binaryField)];
}

/** Downloads the files that an object and its included objects link to: one item for each. */
async function requestFiles(context: ItemContext): Promise<INodeExecutionData[]> {
	const { node, client } = context.run;
	const binaryField = context.readSetting<string>('binaryPropertyName');
	const items: INodeExecutionData[] = [];
	const fetchObject = async () => await context.requestDocument(await context.buildRequest());
	for await (const download of downloadFiles(client, fetchObject)) {
		const toItems = async () => [await toDownloadItem(node, download, binaryField, context.fail)];
		items.push(...(await runWithErrorHandling(context, toItems)));
	}
	return items;
}

const RUN_BY_RETURN_TYPE: Record<Operation['returns'], RunItem> = {
	item: async (context) => await requestItem(context),
	list: requestList,
	file: requestFile,
	files: requestFiles,
};
