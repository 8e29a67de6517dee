import type { NodeOperationError } from 'n8n-workflow';
import { duration, toggle } from '../fields/kinds';
import { StoppedByFailure } from '../engine/itemErrors';
import { toJson } from '../engine/prepare';
import { findResource, getObjectType } from '../engine/operationRules';
import type { Field } from '../fields/types';
import type { IncludeAndFields, ItemContext, Operation, Route } from '../engine/types';
import type { ApiRequest } from '../transport/apiRequest';
import type { Client } from '../transport/client';
import { getAttributes, type ObjectDocument } from '../transport/jsonApi';
import type { Output } from '../transport/output';
import { getResultPollDelayMs, RESULT_POLL_SPACING_MS } from '../transport/retryTiming';
import { delay } from '../utils/delay';
import { formatDuration } from '../utils/duration';

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

function getState({ data }: ObjectDocument, { pending, done, failed, endedAt }: ResultStatuses) {
	const attributes = getAttributes(data);
	const status = String(attributes.status ?? 'unknown');
	return {
		status,
		isDone: done.includes(status),
		isFailed: failed.includes(status),
		isKnown: [pending, done, failed].flat().includes(status),
		hasEnded: (attributes[endedAt] ?? null) !== null,
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
	fetch: () => Promise<ObjectDocument>;
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
 * Fetches an object until Persona is done with it, and returns its document with the status, also where
 * it failed. Throws where it takes too long, cannot be read, ends with a status that is not known, or the
 * execution is stopped.
 */
export async function pollUntilDone(
	context: ItemContext,
	created: ObjectDocument,
	{ type, label, readOperation, timeoutSeconds, fetch }: PendingObject,
) {
	const { node, client } = context.run;
	const signal = node.getExecutionCancelSignal();
	const startedAtMs = Date.now();
	let document = created;
	for (;;) {
		const { status, isDone, isFailed, isKnown, hasEnded } = getState(
			document,
			RESULT_STATUSES[type],
		);
		if (isFailed || isDone) return { document, status, isFailed };
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
				`${label} is still '${status}' after ${formatDuration(timeoutSeconds)}`,
				`Persona continues: read it later with ${readOperation} and this ID, or increase 'Wait at Most'.`,
			);
		}
		await delay(Math.min(getResultPollDelayMs(waitedMs), remainingMs), signal);
		await waitForSlot(client, signal);
		const hint = `${label} continues in Persona.`;
		if (client.isCancelled) context.fail('The execution was stopped', hint);
		if (context.run.hasFailed) throw new StoppedByFailure(context, hint);
		document = await readStarted(context, { label, readOperation }, fetch);
	}
}

/** Builds the request that reads an object that was created, with what the user selected of it. */
export function buildReadRequest(
	{ include, fields = {} }: IncludeAndFields,
	route: string,
	type: string,
	id: string,
) {
	const request: ApiRequest = {
		method: 'GET',
		path: route.replace(/{.+}/, id),
		query: {
			include,
			// Without these two attributes it is not known when Persona is done.
			fields: fields[type]
				? { ...fields, [type]: `${fields[type]},status,${RESULT_STATUSES[type].endedAt}` }
				: fields,
		},
	};
	return request;
}

/** What the user wants of a result. */
interface ResultOptions {
	output: Output;
	timeoutSeconds: number;
}

/** The object once it has a result. Throws where it ends without one, too. */
async function fetchResult(
	context: ItemContext,
	created: ObjectDocument,
	route: string,
	{ output: { include, fields }, timeoutSeconds }: ResultOptions,
) {
	const { table, row, resource } = context.run;
	const type = getObjectType(resource, row);
	const { name } = findResource(table, type) ?? resource;
	const { id } = created.data;
	const label = `${name} ${id}`;
	const request = buildReadRequest({ include, fields }, route, type, id);
	const { document, status, isFailed } = await pollUntilDone(context, created, {
		type,
		label,
		readOperation: 'Get',
		timeoutSeconds,
		fetch: async () => await context.requestDocument(request),
	});
	if (!isFailed) return document;
	return context.fail(
		`${label} ended with the status '${status}'`,
		'Read it with Get and this ID, or start it again.',
	);
}

/** Field for how long the node waits for Persona. It has a day at most. */
export const buildWaitField = (what: string): Field =>
	duration(
		'Wait at Most',
		`How long to wait for ${what}. Persona continues in any case.`,
		'5 minutes',
		[1, 86_400],
	);

/** Row members that make an operation wait for the object that it starts; `route` reads the object. */
export const waitForResult = (route: Route): Pick<Operation, 'nodeFields' | 'prepare'> => ({
	nodeFields: {
		waitForResult: toggle(
			'Wait for Result',
			'wait until Persona has finished and return the result, which takes a few seconds for a report. The node waits for all items together.',
			{ default: true, topLevel: true },
		),
		waitAtMost: buildWaitField('the result of an item before the item fails'),
	},
	prepare: async (context) => {
		const request = await context.buildRequest();
		const options: ResultOptions = {
			output: context.readOutput(),
			timeoutSeconds: context.readSetting('waitAtMost'),
		};
		const isAwaited = context.readSetting<boolean>('waitForResult');
		const [, path] = route.split(' ');
		let created: ObjectDocument | undefined;
		const toItem = (document: ObjectDocument) => ({
			json: toJson(context, document, document.data, options.output),
		});
		return {
			request,
			run: async () => [toItem((created = await context.requestDocument(request)))],
			...(isAwaited && {
				// An item that failed is returned as it is.
				afterAll: async (sent) =>
					created ? [toItem(await fetchResult(context, created, path, options))] : sent,
			}),
		};
	},
});
