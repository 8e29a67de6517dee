import type { IDataObject, INodeExecutionData, NodeOperationError } from 'n8n-workflow';
import { count, toggle } from '../engine/fields';
import type { Operation, Route } from '../engine/types';
import type { NodeItemContext } from '../engine/itemContext';
import type { Client, ApiRequest } from '../transport/client';
import type { PersonaObject } from '../transport/jsonApi';
import { toOutput } from '../transport/simplify';
import { getResultPollDelayMs, RESULT_POLL_SPACING_MS } from '../transport/retryTiming';
import { delay } from '../utils/delay';

/** Statuses that end an object without a result; Persona may add others, which set no time either. */
const FAILED = ['errored', 'failed', 'cancelled', 'canceled', 'timed_out', 'killed'];

const READY = ['ready', 'completed'];

/** When the next question of each run may go out, in milliseconds since 1970. */
const nextSlotAtMs = new WeakMap<Client, number>();

async function waitForSlot(client: Client, signal?: AbortSignal) {
	const at = Math.max(Date.now(), nextSlotAtMs.get(client) ?? 0);
	nextSlotAtMs.set(client, at + RESULT_POLL_SPACING_MS);
	await delay(at - Date.now(), signal);
}

/** What an item tells of its object, whether it is simplified or as Persona sent it. */
function getState(json: IDataObject) {
	const { status, 'completed-at': completedAt } = (json.attributes ?? {}) as IDataObject;
	const now = String(json.status ?? status ?? 'pending');
	const ended = READY.includes(now) || (json.completedAt ?? completedAt ?? null) !== null;
	return { status: now, failed: FAILED.includes(now), ended };
}

/** What Persona works on, and how it is read. */
export interface PendingObject {
	/** Its type and ID, as in "Report rep_123". */
	label: string;
	/** How a user reads it later, e.g. "Get". */
	readOperation: string;
	/** Seconds. */
	timeoutSeconds: number;
	fetch: () => Promise<INodeExecutionData>;
}

/**
 * The item once Persona is done with its object, whether that failed or not, and the status that
 * tells. Throws where it takes too long, cannot be read, or the execution is stopped.
 */
export async function pollUntilDone(
	session: NodeItemContext,
	sent: INodeExecutionData,
	pending: PendingObject,
) {
	const { node, client } = session.run;
	const { label: named, readOperation: way, timeoutSeconds: most, fetch: read } = pending;
	const signal = node.getExecutionCancelSignal();
	const startedAt = Date.now();
	let item = sent;
	for (;;) {
		const { status, failed, ended } = getState(item.json);
		if (failed || ended) return { item, status, failed };
		const waited = Date.now() - startedAt;
		const left = most * 1000 - waited;
		if (left <= 0) {
			session.fail(
				`${named} is still '${status}' after ${most} seconds`,
				`It goes on in Persona: read it later with ${way} and this ID, or raise 'Wait at Most'.`,
			);
		}
		await delay(Math.min(getResultPollDelayMs(waited), left), signal);
		await waitForSlot(client, signal);
		if (client.isCancelled)
			session.fail('The execution was stopped', `${named} goes on in Persona.`);
		try {
			item = await read();
		} catch (error) {
			const { message, description } = error as NodeOperationError;
			session.fail(`${named} was started, but not read again: ${message}`, description ?? '');
		}
	}
}

/** The item with the result of its object. Throws also where it ends without one. */
async function fetchResult(session: NodeItemContext, sent: INodeExecutionData, route: string) {
	const { table, row, resource } = session.run;
	const type = row.type ?? resource.type;
	const { name } = table.resources.find((one) => one.type === type) ?? resource;
	const id = String(sent.json.id);
	const named = `${name} ${id}`;
	const flat = session.getSetting<boolean>('simplify');
	const { include, fields } = session.getSelection();
	const asked = fields as Record<string, string>;
	const request: ApiRequest = {
		method: 'GET',
		path: route.replace(/{.+}/, id),
		// Without these two attributes nobody could tell when it is done.
		query: {
			include,
			fields: asked[type] ? { ...asked, [type]: `${asked[type]},status,completed-at` } : asked,
		},
	};
	const read = async () => {
		const document = await session.requestDocument(request);
		return { json: toOutput(document, document.data as PersonaObject, flat) };
	};
	const most = session.getSetting<number>('waitAtMost');
	const { item, status, failed } = await pollUntilDone(session, sent, {
		label: named,
		readOperation: 'Get',
		timeoutSeconds: most,
		fetch: read,
	});
	if (!failed) return item;
	return session.fail(
		`${named} ended as '${status}'`,
		'Read it with Get and this ID, or start it again.',
	);
}

/** Makes an operation wait until the object that it starts is done; `route` reads the object. */
export const waitForResult = (route: Route): Pick<Operation, 'nodeFields' | 'afterAll'> => ({
	nodeFields: {
		waitForResult: toggle(
			'Wait for Result',
			'wait until Persona is done and return the result, e.g. for reports some seconds; all items are waited for together',
			{ default: true, topLevel: true },
		),
		waitAtMost: count(
			'Wait at Most (Seconds)',
			'How long to wait for the result of an item before the item fails, e.g. 300; in Persona it goes on',
			{ default: 300, typeOptions: { minValue: 1, maxValue: 86_400 } },
		),
	},
	afterAll: async (session, sent) => {
		// What has failed already has no ID and stays as it is.
		if (!session.getSetting<boolean>('waitForResult') || !sent[0]?.json.id) return sent;
		return [await fetchResult(session, sent[0], route.split(' ')[1])];
	},
});
