import type { IHookFunctions, IWebhookFunctions } from 'n8n-workflow';
import { sleep } from 'n8n-workflow';
import { backlog, type Place } from '../../../events/backlog';
import { eventList, type Ask, type Timed } from '../../../events/eventList';
import { Client } from '../../../transport/client';
import { CATCH_UP_RETRY_POLICY } from '../../../transport/retryPolicies';
import { late, told } from './progress';
import { eventsOf, isAmong } from '../../../events/parameters';
import { warn } from '../listener';
import { selfDelivery } from './selfDelivery';
import { storedOf, type Missed } from '../staticData';
import { optionsOf } from '../registration/desiredWebhook';

type Node = IHookFunctions | IWebhookFunctions;

/** Milliseconds until n8n takes deliveries to a workflow that it has just activated. */
const SETTLED = 1_000;

/** Milliseconds after which nobody works on it any more: all tries of one delivery take less. */
const ABANDONED = 2 * 60_000;

const HOUR = 60 * 60 * 1000;

/** The catching up of each node that is under way in this process; another one or none takes its place. */
const underWay = new Map<string, object>();

const nodeKey = (hook: Node) => `${hook.getWorkflow().id} ${hook.getNode().id}`;

/** Ends the catching up of a node; what is not done is kept for the next activation. */
export const stopCatchingUp = (hook: IHookFunctions) => underWay.delete(nodeKey(hook));

/** Whether the user wants events from while the workflow was off, and a workflow can be off. */
const wanted = (hook: Node) =>
	hook.getMode() === 'manual' ? 0 : (optionsOf(hook).catchUp ?? 0) * HOUR;

const listFor = async (hook: Node) =>
	eventList(hook, await Client.of(hook, CATCH_UP_RETRY_POLICY), eventsOf(hook));

/** Throws where the user wants to catch up and the key may not read events. */
export async function checkCatchUp(hook: IHookFunctions): Promise<void> {
	if (wanted(hook)) await (await listFor(hook))();
}

/** Notes what was missed from the end of the last webhook to the beginning of this one. */
export function noteMissed(hook: IHookFunctions, until: number) {
	const stored = storedOf(hook);
	const bound = until - wanted(hook);
	const { off, missed = [] } = stored;
	delete stored.off;
	const all = [...missed, ...(off === undefined ? [] : [{ from: off, until, at: Date.now() }])];
	const within = all
		.filter((one) => one.until > Math.max(bound, one.from))
		.map((one) => (one.from < bound ? { ...one, from: bound, after: undefined } : one));
	if (within.length > 0) stored.missed = within;
	else delete stored.missed;
}

/** The events of a time, oldest first. */
async function* eventsWithin(
	ask: Ask,
	names: string[],
	{ from, until, after }: Missed,
): AsyncGenerator<Timed> {
	let place: Place = { starts: [] };
	const isNew = ({ event, at }: Timed) => at <= until && isAmong(names, event.attributes.name);
	do {
		const found = await backlog(ask, { from, isNew, place, deadline: Infinity });
		place = found.place;
		const done = found.events.findIndex(({ event }) => event.id === after);
		yield* found.events.slice(done + 1);
	} while (place.starts.length > 0 || place.floor !== undefined);
}

/**
 * Delivers what was missed to the node's own address, as Persona would, one event after another:
 * n8n lets a node start executions nowhere else. It goes on after the hook has returned; what it
 * needs of the node it reads before that.
 */
export async function catchUp(hook: Node): Promise<void> {
	const { webhookId, missed = [] } = storedOf(hook);
	const url = hook.getNodeWebhookUrl('default');
	if (missed.length === 0 || !webhookId || !url || !wanted(hook)) return;
	const key = nodeKey(hook);
	const work = {};
	underWay.set(key, work);
	const goesOn = () => underWay.get(key) === work;
	const names = eventsOf(hook);
	const client = await Client.of(hook, CATCH_UP_RETRY_POLICY);
	const ask = eventList(hook, client, names);
	const deliver = selfDelivery(hook, client, { url, webhookId }, goesOn);

	const all = async () => {
		await sleep(SETTLED);
		for (const one of missed.map((each) => ({ ...each }))) {
			const { until } = one;
			for await (const { event, at } of eventsWithin(ask, names, one)) {
				if (!(await deliver(late(event)))) return;
				if (!(await deliver(told({ until, from: at, after: event.id })))) return;
			}
			if (!(await deliver(told({ until })))) return;
		}
	};

	const { logger } = hook;
	const { name } = hook.getNode();
	const about = { workflowId: hook.getWorkflow().id };
	void all()
		.catch((error: Error) => {
			logger.warn(
				`${name}: Not all events from while the workflow was off could be caught up on; the rest follows with one of the next events, or when the workflow is published again. ${error.message}`,
				about,
			);
		})
		.finally(() => {
			if (goesOn()) underWay.delete(key);
		});
}

/** Goes on with what n8n was stopped in: it asks a node about its webhook only when it is published. */
export async function resumeCatchUp(webhook: IWebhookFunctions): Promise<void> {
	const { missed = [] } = storedOf(webhook);
	if (missed.length === 0 || underWay.has(nodeKey(webhook))) return;
	// Another process may be at it.
	if (missed.some(({ at }) => Date.now() - at < ABANDONED)) return;
	await catchUp(webhook).catch((error: Error) => warn(webhook, error.message));
}
