import { NodeOperationError, sleep } from 'n8n-workflow';
import { createIdempotencyKey } from '../transport/apiRequest';
import { toItemError } from '../transport/errors';
import { findReferences } from './findReferences';
import { prepare } from './prepare';
import type { ItemContext, PreparedItem, Run } from './types';

/** How long the check keeps n8n from doing anything else, in milliseconds. */
const MAX_BLOCKED_MS = 25;

/** An item whose parameters are all valid. */
export interface ValidItem {
	context: ItemContext;
	prepared: PreparedItem;
}

/** An item that has an error, so nothing is sent for it. */
export interface InvalidItem {
	context: ItemContext;
	error: Error;
}

/** The result of the check of all items. */
export interface CheckedItems {
	/** In the order of the input. */
	valid: ValidItem[];
	/** In the order of the input. */
	invalid: InvalidItem[];
	/** How many items are processed at the same time. */
	concurrency: number;
}

/**
 * Reads the parameters of all items, and finds the objects that they name by reference ID, before
 * anything is sent that changes something. n8n can do other work in between. Ends early if the user
 * stops the execution. Never throws.
 */
export async function checkItems(run: Run, contexts: ItemContext[]): Promise<CheckedItems> {
	const valid: ValidItem[] = [];
	const invalid: InvalidItem[] = [];
	let concurrency = 0;
	const notFound = await findReferences(run, contexts);
	let pauseAtMs = Date.now() + MAX_BLOCKED_MS;
	for (const context of contexts) {
		if (run.client.isCancelled) break;
		try {
			const error = notFound.get(context);
			if (error) throw error;
			concurrency ||= context.readSetting<number>('itemsAtATime');
			valid.push({ context, prepared: await prepare(context) });
		} catch (error) {
			invalid.push({ context, error: error as Error });
		}
		if (Date.now() < pauseAtMs) continue;
		await sleep(0);
		pauseAtMs = Date.now() + MAX_BLOCKED_MS;
	}
	return { ...refuseSharedKeys(valid, invalid), concurrency };
}

/**
 * Moves the items to the invalid ones that have the same idempotency key of the user for different
 * requests: Persona would carry out only one of them.
 */
function refuseSharedKeys(valid: ValidItem[], invalid: InvalidItem[]) {
	const requestsByKey = new Map<string, Set<string>>();
	for (const { prepared } of valid) {
		const key = prepared.request?.idempotencyKey;
		if (!key) continue;
		const { method, path, query, body } = prepared.request ?? {};
		const requests = requestsByKey.get(key) ?? new Set();
		requestsByKey.set(key, requests.add(createIdempotencyKey(method, path, query, body)));
	}
	const isShared = ({ prepared: { request } }: ValidItem) =>
		(requestsByKey.get(request?.idempotencyKey ?? '')?.size ?? 0) > 1;
	const refused = valid.filter(isShared).map(({ context }): InvalidItem => {
		return { context, error: createSharedKeyError(context) };
	});
	return {
		valid: valid.filter((item) => !isShared(item)),
		invalid: [...invalid, ...refused].sort((a, b) => a.context.itemIndex - b.context.itemIndex),
	};
}

const createSharedKeyError = ({ run, itemIndex }: ItemContext) =>
	new NodeOperationError(
		run.node.getNode(),
		"'Idempotency Key' is the same for several items with different requests",
		{
			itemIndex,
			description:
				'Persona would carry out only the first of them. Build the key from something that differs, e.g. order-{{ $json.orderId }}, or remove the option.',
		},
	);

/** The error of a run in which nothing was sent, because at least one of its items is not valid. */
export function toCheckError({ node }: Run, invalid: InvalidItem[], itemCount: number) {
	const [{ context, error }] = invalid;
	const failure = toItemError(node.getNode(), error, context.itemIndex);
	if (itemCount === 1) return failure;
	const { length } = invalid;
	const count = `${length} of ${itemCount} items ${length === 1 ? 'has an error' : 'have errors'}`;
	// n8n counts items from 0, too.
	const first = `Item ${context.itemIndex} (counted from 0)`;
	failure.message = `Nothing was sent to Persona: ${count}. ${first}: ${failure.message}`;
	return failure;
}
