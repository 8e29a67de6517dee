import type { IDataObject, INodeExecutionData, NodeOperationError } from 'n8n-workflow';
import { count, toggle } from '../engine/fields';
import type { Operation, Route } from '../engine/types';
import type { Session } from '../engine/itemContext';
import type { Client, Request } from '../transport/client';
import type { PersonaObject } from '../transport/jsonApi';
import { outputOf } from '../transport/simplify';
import { getResultPollDelayMs, RESULT_POLL_SPACING_MS } from '../transport/retryTiming';
import { delay } from '../utils/delay';

/** Statuses that end an object without a result; Persona may add others, which set no time either. */
const FAILED = ['errored', 'failed', 'cancelled', 'canceled', 'timed_out', 'killed'];

const READY = ['ready', 'completed'];

/** When the next question of each run may go out, in milliseconds since 1970. */
const turns = new WeakMap<Client, number>();

async function turn(client: Client, signal?: AbortSignal) {
	const at = Math.max(Date.now(), turns.get(client) ?? 0);
	turns.set(client, at + RESULT_POLL_SPACING_MS);
	await delay(at - Date.now(), signal);
}

/** What an item tells of its object, whether it is simplified or as Persona sent it. */
function stateOf(json: IDataObject) {
	const { status, 'completed-at': completedAt } = (json.attributes ?? {}) as IDataObject;
	const now = String(json.status ?? status ?? 'pending');
	const ended = READY.includes(now) || (json.completedAt ?? completedAt ?? null) !== null;
	return { status: now, failed: FAILED.includes(now), ended };
}

/** What Persona works on, and how it is read. */
export interface Pending {
	/** Its type and ID, as in "Report rep_123". */
	named: string;
	/** How a user reads it later, e.g. "Get". */
	way: string;
	/** Seconds. */
	most: number;
	read: () => Promise<INodeExecutionData>;
}

/**
 * The item once Persona is done with its object, whether that failed or not, and the status that
 * tells. Throws where it takes too long, cannot be read, or the execution is stopped.
 */
export async function settled(session: Session, sent: INodeExecutionData, pending: Pending) {
	const { node, client } = session.run;
	const { named, way, most, read } = pending;
	const signal = node.getExecutionCancelSignal();
	const startedAt = Date.now();
	let item = sent;
	for (;;) {
		const { status, failed, ended } = stateOf(item.json);
		if (failed || ended) return { item, status, failed };
		const waited = Date.now() - startedAt;
		const left = most * 1000 - waited;
		if (left <= 0) {
			session.refuse(
				`${named} is still '${status}' after ${most} seconds`,
				`It goes on in Persona: read it later with ${way} and this ID, or raise 'Wait at Most'.`,
			);
		}
		await delay(Math.min(getResultPollDelayMs(waited), left), signal);
		await turn(client, signal);
		if (client.cancelled)
			session.refuse('The execution was stopped', `${named} goes on in Persona.`);
		try {
			item = await read();
		} catch (error) {
			const { message, description } = error as NodeOperationError;
			session.refuse(`${named} was started, but not read again: ${message}`, description ?? '');
		}
	}
}

/** The item with the result of its object. Throws also where it ends without one. */
async function resultOf(session: Session, sent: INodeExecutionData, route: string) {
	const { table, row, resource } = session.run;
	const type = row.type ?? resource.type;
	const { name } = table.resources.find((one) => one.type === type) ?? resource;
	const id = String(sent.json.id);
	const named = `${name} ${id}`;
	const flat = session.setting<boolean>('simplify');
	const { include, fields } = session.selection();
	const asked = fields as Record<string, string>;
	const request: Request = {
		method: 'GET',
		path: route.replace(/{.+}/, id),
		// Without these two attributes nobody could tell when it is done.
		query: {
			include,
			fields: asked[type] ? { ...asked, [type]: `${asked[type]},status,completed-at` } : asked,
		},
	};
	const read = async () => {
		const document = await session.send(request);
		return { json: outputOf(document, document.data as PersonaObject, flat) };
	};
	const most = session.setting<number>('waitAtMost');
	const { item, status, failed } = await settled(session, sent, { named, way: 'Get', most, read });
	if (!failed) return item;
	return session.refuse(
		`${named} ended as '${status}'`,
		'Read it with Get and this ID, or start it again.',
	);
}

/** Makes an operation wait until the object that it starts is done; `route` reads the object. */
export const waiting = (route: Route): Pick<Operation, 'own' | 'after'> => ({
	own: {
		waitForResult: toggle(
			'Wait for Result',
			'wait until Persona is done and return the result, e.g. for reports some seconds; all items are waited for together',
			{ default: true, shown: true },
		),
		waitAtMost: count(
			'Wait at Most (Seconds)',
			'How long to wait for the result of an item before the item fails, e.g. 300; in Persona it goes on',
			{ default: 300, typeOptions: { minValue: 1, maxValue: 86_400 } },
		),
	},
	after: async (session, sent) => {
		// What has failed already has no ID and stays as it is.
		if (!session.setting<boolean>('waitForResult') || !sent[0]?.json.id) return sent;
		return [await resultOf(session, sent[0], route.split(' ')[1])];
	},
});
