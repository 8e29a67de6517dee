import { randomUUID } from 'crypto';
import type { IExecuteFunctions, IHttpRequestMethods, INodeExecutionData } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import { changesData } from '../transport/apiRequest';
import { Client } from '../transport/client';
import { isTool, toItemError } from '../transport/errors';
import { checkItems, toCheckError, type ValidItem } from './checkItems';
import { createItemContext } from './itemContext';
import { handleItemErrors, StoppedByFailure, toErrorOutput } from './itemErrors';
import { hintAtMapping } from './mappedColumns';
import {
	getAction,
	getIdPlaceholders,
	getNodeName,
	isGuarded,
	toGuardMessage,
} from './operationRules';
import { findNamedValue } from './requirements';
import type { NodeName, OperationTable, Run } from './types';

/**
 * Runs the chosen operation of the table over all input items and returns the output of the node with
 * this name, in the order of the input. All items are checked before the first request. After the first
 * failure nothing new starts. Throws one of n8n's errors unless the node continues on fail.
 */
export async function execute(
	this: IExecuteFunctions,
	table: OperationTable,
	nodeName: NodeName,
): Promise<INodeExecutionData[][]> {
	const input = this.getInputData();
	let run: Run;
	try {
		run = await createRun(this, table, nodeName);
	} catch (error) {
		if (!this.continueOnFail()) throw toItemError(this.getNode(), error as Error);
		// n8n would pass the input on as if the operation had succeeded.
		return [input.flatMap((_, index) => toErrorOutput(this, index, error as Error))];
	}
	const contexts = input.map((_, index) => createItemContext(run, index));
	const outputs: INodeExecutionData[][] = contexts.map(() => []);
	const { valid, invalid, concurrency } = await checkItems(run, contexts);
	hintAtMapping(run);
	if (invalid.length > 0 && !this.continueOnFail()) {
		throw toCheckError(run, invalid, contexts.length);
	}
	for (const { context, error } of invalid) {
		outputs[context.itemIndex] = toErrorOutput(this, context.itemIndex, error);
	}
	if (!run.client.isCancelled) await runItems(run, valid, concurrency, outputs);
	return [outputs.flat()];
}

/** Runs items that are valid, several at the same time, and fills in their outputs. */
async function runItems(
	run: Run,
	items: ValidItem[],
	concurrency: number,
	outputs: INodeExecutionData[][],
) {
	const { client } = run;
	const groups = groupByTarget(run, items);
	client.rateLimiter.expectedRequests = items.length;
	let nextGroup = 0;
	let doneCount = 0;
	const failures: Error[] = [];
	const processGroups = async () => {
		while (nextGroup < groups.length) {
			for (const { context, prepared } of groups[nextGroup++]) {
				if (failures.length > 0 || client.isCancelled) return;
				try {
					outputs[context.itemIndex] = await handleItemErrors(context, prepared.run);
					doneCount++;
				} catch (error) {
					failures.push(error as Error);
				}
				client.rateLimiter.expectedRequests--;
			}
		}
	};
	await Promise.all(Array.from({ length: concurrency }, processGroups));
	if (failures.length > 0) throw toRunError(run, failures, doneCount);
	await finishItems(run, items, outputs);
}

/** Does what is left once the requests of all items are sent, and replaces their outputs. */
async function finishItems(run: Run, items: ValidItem[], outputs: INodeExecutionData[][]) {
	const failures: Error[] = [];
	const finish = async ({ context, prepared: { afterAll } }: ValidItem) => {
		if (!afterAll) return;
		const { itemIndex } = context;
		const runAfterAll = async () => await afterAll(outputs[itemIndex], outputs);
		try {
			outputs[itemIndex] = await handleItemErrors(context, runAfterAll);
		} catch (error) {
			run.hasFailed = true;
			failures.push(error as Error);
		}
	};
	await Promise.all(items.map(finish));
	if (failures.length === 0) return;
	const own = failures.filter((failure) => !(failure instanceof StoppedByFailure));
	const [first, ...others] = own.length > 0 ? own : failures;
	throw toRunError(run, [first, ...others], items.length - 1 - others.length);
}

/**
 * The error of a run that changed something for other items, too: it says so, since it replaces the
 * whole output of the node.
 */
function toRunError({ client, row }: Run, [failure, ...others]: Error[], doneCount: number): Error {
	const [method, path] = row.route.split(' ');
	const isChange = changesData({ method: method as IHttpRequestMethods, path });
	if (!isChange || client.isCancelled) return failure;
	const { description } = failure as NodeOperationError;
	const countOthers = (count: number) =>
		count === 1 ? 'One other item was' : `${count} other items were`;
	const hints = [
		others.length > 0 && `${countOthers(others.length)} under way and failed as well.`,
		doneCount > 0 &&
			`${countOthers(doneCount)} carried out, but an error of the node hides the output. 'Retry On Fail' in the settings of the node does nothing twice. To get the output of each item that succeeds, set 'On Error' there to one of the two 'Continue' settings.`,
	].filter((hint) => hint !== false);
	if (hints.length === 0) return failure;
	const sentences = [(description ?? '').replace(/([^.])$/, '$1.'), ...hints];
	return Object.assign(failure, { description: sentences.join(' ').trim() });
}

/**
 * Finds the chosen row and connects to Persona. Throws if there is no such row or no permission.
 */
async function createRun(
	node: IExecuteFunctions,
	table: OperationTable,
	nodeName: NodeName,
): Promise<Run> {
	const resourceKey = node.getNodeParameter('resource', 0, '') as string;
	const operationKey = node.getNodeParameter('operation', 0, '') as string;
	const resource = table.resources.find((candidate) => candidate.value === resourceKey);
	// n8n has removed the operation then, since the panel of this node has none for the resource.
	if (resource && getNodeName(resource) !== nodeName) {
		const other = getNodeName(resource);
		throw new NodeOperationError(
			node.getNode(),
			`The operations of '${resource.name}' are in the node ${other}, not in ${nodeName}`,
			{ description: `Use a ${other} node for them. It takes the same credential.` },
		);
	}
	const row = Object.entries(resource?.operations ?? {}).find(
		([name]) => name === operationKey,
	)?.[1];
	if (!resource || !row) {
		throw new NodeOperationError(
			node.getNode(),
			`This version of the ${nodeName} node has no operation '${operationKey}' for '${resourceKey}'`,
			{ description: "Choose 'Resource' and 'Operation' again, or update the node package." },
		);
	}
	const isUsedAsTool = isTool(node.getNode());
	const isAllowedToDecide =
		!isUsedAsTool || node.getNodeParameter('allowDecisions', 0, false) === true;
	if (isGuarded(row) && !isAllowedToDecide) {
		throw new NodeOperationError(node.getNode(), toGuardMessage(getAction(row, resource)));
	}
	const execution = node.getExecutionId() ?? randomUUID();
	const { $runIndex } = node.getWorkflowDataProxy(0);
	const idempotencySeed = [execution, node.getNode().id, $runIndex].join(' ');
	const client = await Client.create(node);
	const { apiKey, baseUrl } = client.credential;
	// What was done in the sandbox must not count as done in production.
	const contentSeed = /persona_[a-z]+_/.exec(String(apiKey))?.[0] ?? '';
	return {
		node,
		isTool: isUsedAsTool,
		isAllowedToDecide,
		client,
		apiUrl: String(baseUrl),
		table,
		resource,
		row,
		idempotencySeed,
		contentSeed,
		requestsByKey: new Map(),
	};
}

/**
 * Groups the items that change the same object, so that they keep their order: the items of a group
 * are processed one after another, and several groups at the same time.
 */
function groupByTarget({ row }: Run, items: ValidItem[]): ValidItem[][] {
	const isNamed = row.requirements?.some(({ namedBy }) => namedBy);
	const hasTarget = getIdPlaceholders(row).length > 0 || isNamed;
	if (row.route.startsWith('GET') || !hasTarget) return items.map((item) => [item]);
	const groups = new Map<unknown, ValidItem[]>();
	for (const item of items) {
		const { request } = item.prepared;
		const path = request?.path ?? item.context.buildPath(row.route);
		const target = isNamed && request ? findNamedValue(row, request) : path;
		groups.set(target, [...(groups.get(target) ?? []), item]);
	}
	return [...groups.values()];
}
