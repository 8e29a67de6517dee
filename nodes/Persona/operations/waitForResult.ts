import type { IDataObject, INodeExecutionData, NodeOperationError } from 'n8n-workflow';
import { number, toggle } from '../engine/fields';
import { StoppedByFailure } from '../engine/itemErrors';
import { prepareRequest } from '../engine/prepare';
import type { ItemContext, Operation, Route } from '../engine/types';
import type { ApiRequest } from '../transport/apiRequest';
import type { Client } from '../transport/client';
import { toCamelCase, toOutput } from '../transport/simplify';
import { getResultPollDelayMs, RESULT_POLL_SPACING_MS } from '../transport/retryTiming';
import { delay } from '../utils/delay';

/** The statuses of a type of object that Persona works on. */
interface ResultStatuses {
	pending: string[];
	done: string[];
	failed: string[];
	/** The attribute with the time at which it ended, if it has. */
	endedAt: string;
}

/**
 * The statuses that Persona publishes for each type. Persona may add others at any time, so a status that
 * is not here is never taken for a result. Those of a workflow run are in examples and names of events only.
 */
export const RESULT_STATUSES: Record<string, ResultStatuses> = {
	'batch-job': {
		pending: ['pending', 'running', 'paused'],
		done: ['completed'],
		failed: ['canceled', 'errored', 'killed'],
		endedAt: 'ended-at',
	},
	'graph-query': {
		pending: ['submitted'],
		done: ['completed'],
		failed: ['errored', 'cancelled', 'timed_out'],
		endedAt: 'completed-at',
	},
	importer: { pending: ['pending'], done: ['ready'], failed: ['errored'], endedAt: 'completed-at' },
	report: { pending: ['pending'], done: ['ready'], failed: ['errored'], endedAt: 'completed-at' },
	'workflow-run': {
		pending: ['in_progress'],
		done: ['completed'],
		failed: ['errored'],
		endedAt: 'completed-at',
	},
};

/** When the next poll of each run may start, in milliseconds since 1970. */
const nextSlotAtMs = new WeakMap<Client, number>();

async function waitForSlot(client: Client, signal?: AbortSignal) {
	const slotAtMs = Math.max(Date.now(), nextSlotAtMs.get(client) ?? 0);
	nextSlotAtMs.set(client, slotAtMs + RESULT_POLL_SPACING_MS);
	await delay(slotAtMs - Date.now(), signal);
}

/** The state of an object, whether its item is simplified or as Persona sent it. */
function getState(json: IDataObject, { pending, done, failed, endedAt }: ResultStatuses) {
	const attributes = (json.attributes ?? {}) as IDataObject;
	const status = String(json.status ?? attributes.status ?? 'unknown');
	return {
		status,
		isDone: done.includes(status),
		isFailed: failed.includes(status),
		isKnown: [pending, done, failed].flat().includes(status),
		hasEnded: (json[toCamelCase(endedAt)] ?? attributes[endedAt] ?? null) !== null,
	};
}

/** An object that Persona is working on, and how to read it. */
export interface PendingObject {
	/** Its type, by which its statuses are known. */
	type: string;
	/** Its type and ID, e.g. "Report rep_123". */
	label: string;
	/** The operation with which a user can read it later, e.g. "Get". */
	readOperation: string;
	timeoutSeconds: number;
	fetch: () => Promise<INodeExecutionData>;
}

/**
 * Reads what has become of an object that was started. Fails the item with the ID of the object where that is
 * impossible: without it, the item would look as if nothing had been done.
 */
export async function readStarted<Result>(
	context: ItemContext,
	{ label, readOperation }: Pick<PendingObject, 'label' | 'readOperation'>,
	read: () => Promise<Result>,
): Promise<Result> {
	try {
		return await read();
	} catch (error) {
		const { message, description } = error as NodeOperationError;
		return context.fail(
			`${label} was started, but its result could not be read: ${message}`,
			`Read it later with ${readOperation} and this ID: to run this again starts another one. ${description ?? ''}`.trim(),
		);
	}
}

/**
 * Fetches an object until Persona is done with it, and returns its item with the status, also where
 * it failed. Throws where it takes too long, cannot be read, ends with a status that is not known, or the
 * execution is stopped.
 */
export async function pollUntilDone(
	context: ItemContext,
	created: INodeExecutionData,
	{ type, label, readOperation, timeoutSeconds, fetch }: PendingObject,
) {
	const { node, client } = context.run;
	const signal = node.getExecutionCancelSignal();
	const startedAtMs = Date.now();
	let item = created;
	for (;;) {
		const { status, isDone, isFailed, isKnown, hasEnded } = getState(
			item.json,
			RESULT_STATUSES[type],
		);
		if (isFailed || isDone) return { item, status, isFailed };
		if (hasEnded && !isKnown) {
			context.fail(
				`${label} has ended with a status that this node does not know: '${status}'`,
				`So it does not count as a result. Read it with ${readOperation} and this ID before you start it again.`,
			);
		}
		const waitedMs = Date.now() - startedAtMs;
		const remainingMs = timeoutSeconds * 1000 - waitedMs;
		if (remainingMs <= 0) {
			context.fail(
				`${label} is still '${status}' after ${timeoutSeconds} seconds`,
				`Persona continues: read it later with ${readOperation} and this ID, or increase 'Wait at Most'.`,
			);
		}
		await delay(Math.min(getResultPollDelayMs(waitedMs), remainingMs), signal);
		await waitForSlot(client, signal);
		const hint = `${label} continues in Persona.`;
		if (client.isCancelled) context.fail('The execution was stopped', hint);
		if (context.run.hasFailed) throw new StoppedByFailure(context, hint);
		item = await readStarted(context, { label, readOperation }, fetch);
	}
}

/** Builds the request that reads an object that was created, with what the user selected of it. */
export function buildReadRequest(
	{ include, fields }: IDataObject,
	route: string,
	type: string,
	id: string,
) {
	const selected = fields as Record<string, string>;
	const request: ApiRequest = {
		method: 'GET',
		path: route.replace(/{.+}/, id),
		query: {
			include,
			// Without these two attributes it is not known when Persona is done.
			fields: selected[type]
				? { ...selected, [type]: `${selected[type]},status,${RESULT_STATUSES[type].endedAt}` }
				: selected,
		},
	};
	return request;
}

/** What the user wants of a result. */
interface ResultOptions {
	simplify: boolean;
	timeoutSeconds: number;
	/** Include and Fields to Return, as query parameters. */
	query: IDataObject;
}

/** The item once its object has a result. Throws where it ends without one, too. */
async function fetchResult(
	context: ItemContext,
	created: INodeExecutionData,
	route: string,
	{ simplify, timeoutSeconds, query }: ResultOptions,
) {
	const { table, row, resource } = context.run;
	const type = row.type ?? resource.type;
	const { name } = table.resources.find((candidate) => candidate.type === type) ?? resource;
	const id = String(created.json.id);
	const label = `${name} ${id}`;
	const request = buildReadRequest(query, route, type, id);
	const fetch = async () => {
		const document = await context.requestDocument(request);
		return { json: toOutput(document, document.data, simplify, query.include) };
	};
	const { item, status, isFailed } = await pollUntilDone(context, created, {
		type,
		label,
		readOperation: 'Get',
		timeoutSeconds,
		fetch,
	});
	if (!isFailed) return item;
	return context.fail(
		`${label} ended with the status '${status}'`,
		'Read it with Get and this ID, or start it again.',
	);
}

/** Row members that make an operation wait for the object that it starts; `route` reads the object. */
export const waitForResult = (route: Route): Pick<Operation, 'nodeFields' | 'prepare'> => ({
	nodeFields: {
		waitForResult: toggle(
			'Wait for Result',
			'wait until Persona has finished and return the result, which takes a few seconds for a report. The node waits for all items together.',
			{ default: true, topLevel: true },
		),
		waitAtMost: number(
			'Wait at Most (Seconds)',
			'How long to wait for the result of an item before the item fails, e.g. 300. Persona continues in any case.',
			{ default: 300, typeOptions: { minValue: 1, maxValue: 86_400 } },
		),
	},
	prepare: async (context) => {
		const prepared = await prepareRequest(context);
		const options: ResultOptions = {
			simplify: context.readSetting('simplify'),
			timeoutSeconds: context.readSetting('waitAtMost'),
			query: context.readIncludeAndFields(),
		};
		if (!context.readSetting<boolean>('waitForResult')) return prepared;
		const [, path] = route.split(' ');
		return {
			...prepared,
			// An item that failed has no ID and is returned as it is.
			afterAll: async (sent) =>
				sent[0]?.json.id ? [await fetchResult(context, sent[0], path, options)] : sent,
		};
	},
});
