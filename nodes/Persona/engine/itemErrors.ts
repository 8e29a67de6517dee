import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';
import { NodeOperationError } from 'n8n-workflow';
import { toItemError } from '../transport/errors';
import type { ItemContext } from './types';

/** The error of an item that waits no longer for its result because another item has failed. */
export class StoppedByFailure extends NodeOperationError {
	constructor({ run, itemIndex }: ItemContext, description: string) {
		super(run.node.getNode(), 'Another item has failed', { description, itemIndex });
	}
}

/** Converts the error of an item to its output, for a node that continues on fail. */
export function toErrorOutput(
	node: IExecuteFunctions,
	itemIndex: number,
	error: Error,
): INodeExecutionData[] {
	const { message, description } = toItemError(node.getNode(), error, itemIndex);
	// n8n 2.30 sends an item to the error output only if its members are `error` alone, or `error` and
	// a `message` that is not empty. The item itself must have no member `error`: n8n would replace
	// its `json` with the headline.
	const json = { error: message, ...(description && { message: description }) };
	return [{ json, pairedItem: { item: itemIndex } }];
}

/**
 * Runs work for an item and pairs the output with it. With "continue on fail", an error becomes the
 * output; otherwise it is thrown as one of n8n's that names the item.
 */
export async function handleItemErrors(
	context: ItemContext,
	work: () => Promise<INodeExecutionData[]>,
): Promise<INodeExecutionData[]> {
	const { run, itemIndex } = context;
	try {
		const items = await work();
		return items.map((item) => ({ pairedItem: { item: itemIndex }, ...item }));
	} catch (error) {
		if (run.node.continueOnFail() && !run.client.isCancelled) {
			return toErrorOutput(run.node, itemIndex, error as Error);
		}
		throw toItemError(run.node.getNode(), error as Error, itemIndex);
	}
}
