import type { IHookFunctions, IWebhookFunctions } from 'n8n-workflow';
import { sleep } from 'n8n-workflow';
import { fetchBacklog, type BacklogCursor } from '../../../events/backlog';
import { createEventList, type FetchPage, type TimestampedEvent } from '../../../events/eventList';
import { Client } from '../../../transport/client';
import { CATCH_UP_RETRY_POLICY } from '../../../transport/retryPolicies';
import { markCaughtUp, createProgressEvent } from './progress';
import { readEventNames, isSubscribed } from '../../../events/parameters';
import { warn } from '../listener';
import { createSelfDelivery } from './selfDelivery';
import { getStaticData, type MissedRange } from '../staticData';
import { readOptions } from '../registration/desiredWebhook';

type TriggerContext = IHookFunctions | IWebhookFunctions;

/** Milliseconds until n8n takes deliveries to a workflow that it has just activated. */
const ACTIVATION_DELAY_MS = 1_000;

/** Milliseconds after which nobody works on it any more: all tries of one delivery take less. */
const STALE_AFTER_MS = 2 * 60_000;

const HOUR_MS = 60 * 60 * 1000;

/** The catching up of each node that is under way in this process; another one or none takes its place. */
const runningCatchUps = new Map<string, object>();

const getNodeKey = (hook: TriggerContext) => `${hook.getWorkflow().id} ${hook.getNode().id}`;

/** Ends the catching up of a node; what is not done is kept for the next activation. */
export const stopCatchUp = (hook: IHookFunctions) => runningCatchUps.delete(getNodeKey(hook));

/** Whether the user wants events from while the workflow was off, and a workflow can be off. */
const getLookbackMs = (hook: TriggerContext) =>
	hook.getMode() === 'manual' ? 0 : (readOptions(hook).catchUp ?? 0) * HOUR_MS;

const createEventListOfNode = async (hook: TriggerContext) =>
	createEventList(hook, await Client.create(hook, CATCH_UP_RETRY_POLICY), readEventNames(hook));

/** Throws where the user wants to catch up and the key may not read events. */
export async function checkCatchUp(hook: IHookFunctions): Promise<void> {
	if (getLookbackMs(hook)) await (await createEventListOfNode(hook))();
}

/** Notes what was missed from the end of the last webhook to the beginning of this one. */
export function recordMissedRange(hook: IHookFunctions, until: number) {
	const stored = getStaticData(hook);
	const bound = until - getLookbackMs(hook);
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
async function* fetchMissedEvents(
	ask: FetchPage,
	names: string[],
	{ from, until, after }: MissedRange,
): AsyncGenerator<TimestampedEvent> {
	let place: BacklogCursor = { starts: [] };
	const isNew = ({ event, at }: TimestampedEvent) =>
		at <= until && isSubscribed(names, event.attributes.name);
	do {
		const found = await fetchBacklog(ask, { from, isNew, place, deadline: Infinity });
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
export async function startCatchUp(hook: TriggerContext): Promise<void> {
	const { webhookId, missed = [] } = getStaticData(hook);
	const url = hook.getNodeWebhookUrl('default');
	if (missed.length === 0 || !webhookId || !url || !getLookbackMs(hook)) return;
	const key = getNodeKey(hook);
	const work = {};
	runningCatchUps.set(key, work);
	const goesOn = () => runningCatchUps.get(key) === work;
	const names = readEventNames(hook);
	const client = await Client.create(hook, CATCH_UP_RETRY_POLICY);
	const ask = createEventList(hook, client, names);
	const deliver = createSelfDelivery(hook, client, { url, webhookId }, goesOn);

	const all = async () => {
		await sleep(ACTIVATION_DELAY_MS);
		for (const one of missed.map((each) => ({ ...each }))) {
			const { until } = one;
			for await (const { event, at } of fetchMissedEvents(ask, names, one)) {
				if (!(await deliver(markCaughtUp(event)))) return;
				if (!(await deliver(createProgressEvent({ until, from: at, after: event.id })))) return;
			}
			if (!(await deliver(createProgressEvent({ until })))) return;
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
			if (goesOn()) runningCatchUps.delete(key);
		});
}

/** Goes on with what n8n was stopped in: it asks a node about its webhook only when it is published. */
export async function resumeCatchUp(webhook: IWebhookFunctions): Promise<void> {
	const { missed = [] } = getStaticData(webhook);
	if (missed.length === 0 || runningCatchUps.has(getNodeKey(webhook))) return;
	// Another process may be at it.
	if (missed.some(({ at }) => Date.now() - at < STALE_AFTER_MS)) return;
	await startCatchUp(webhook).catch((error: Error) => warn(webhook, error.message));
}
