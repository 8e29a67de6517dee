import type { IHookFunctions, IWebhookFunctions } from 'n8n-workflow';
import { createEmptyCursor, fetchBacklog } from '../../../events/backlog';
import { createEventList, type FetchPage, type TimestampedEvent } from '../../../events/eventList';
import { createEventSource } from '../../../events/eventSource';
import { isSubscribed, readEventNames } from '../../../events/parameters';
import { Client } from '../../../transport/client';
import { CATCH_UP_RETRY_POLICY } from '../../../transport/retryPolicies';
import { delay } from '../../../utils/delay';
import {
	createWarningLog,
	getNodeKey,
	type LogWarning,
	type WebhookTriggerContext,
} from '../listener';
import { readOptions } from '../options';
import { getStaticData, type MissedRange } from '../staticData';
import { createProgressEvent, markCaughtUp } from './progress';
import { createSelfDelivery } from './selfDelivery';

// progress.ts describes the protocol.

/** How long n8n takes until it accepts deliveries to a workflow that it has just activated. */
const ACTIVATION_DELAY_MS = 1_000;

/** When nobody works on a range any more: all attempts to deliver one event take less. */
const STALE_AFTER_MS = 2 * 60_000;

const HOUR_MS = 60 * 60 * 1000;

/** The running catch-up of each node in this process. It ends when another one or none is here. */
const runningCatchUps = new Map<string, object>();

/** Ends the catch-up of a node. What is not done yet stays stored for the next activation. */
export const stopCatchUp = (hook: IHookFunctions) => runningCatchUps.delete(getNodeKey(hook));

/** How far back the user wants to catch up, in milliseconds; a test never does. */
export const readLookbackMs = (context: WebhookTriggerContext) =>
	context.getMode() === 'manual' ? 0 : (readOptions(context).catchUp ?? 0) * HOUR_MS;

/** Throws where the user wants to catch up and the API key must not read events. */
export async function requireEventAccess(hook: IHookFunctions): Promise<void> {
	if (!readLookbackMs(hook)) return;
	const client = await Client.create(hook, CATCH_UP_RETRY_POLICY);
	await createEventList(createEventSource(hook, client), readEventNames(hook))();
}

/** The events of a missed range that are not done yet, oldest first. */
async function* fetchMissedEvents(
	fetchPage: FetchPage,
	eventNames: string[],
	{ from, until, after }: MissedRange,
): AsyncGenerator<TimestampedEvent> {
	let cursor = createEmptyCursor();
	const isNew = ({ event, at }: TimestampedEvent) =>
		at <= until && isSubscribed(eventNames, event.attributes.name);
	do {
		const { events, nextCursor } = await fetchBacklog(fetchPage, {
			fromMs: from,
			isNew,
			cursor,
			deadlineMs: Infinity,
		});
		cursor = nextCursor;
		const lastDone = events.findIndex(({ event }) => event.id === after);
		yield* events.slice(lastDone + 1);
	} while (cursor.starts.length > 0 || cursor.floor !== undefined);
}

/**
 * Starts to deliver the missed events to the node itself, and returns while that continues: a hook
 * has to end. For the same reason all that it needs of the context is read before.
 */
export async function startCatchUp(context: WebhookTriggerContext): Promise<void> {
	const { webhookId, missed = [] } = getStaticData(context);
	const url = context.getNodeWebhookUrl('default');
	if (missed.length === 0 || !webhookId || !url || !readLookbackMs(context)) return;
	const nodeKey = getNodeKey(context);
	const catchUp = {};
	runningCatchUps.set(nodeKey, catchUp);
	const isCurrent = () => runningCatchUps.get(nodeKey) === catchUp;
	const ranges = missed.map((range) => ({ ...range }));
	const eventNames = readEventNames(context);
	const client = await Client.create(context, CATCH_UP_RETRY_POLICY).catch((error: Error) => {
		runningCatchUps.delete(nodeKey);
		throw error;
	});
	const fetchPage = createEventList(createEventSource(context, client), eventNames);
	const deliver = createSelfDelivery(context, client, { url, webhookId }, isCurrent);
	const logWarning = createWarningLog(context);

	const deliverMissedEvents = async () => {
		await delay(ACTIVATION_DELAY_MS);
		for (const range of ranges) {
			const { until } = range;
			for await (const { event, at } of fetchMissedEvents(fetchPage, eventNames, range)) {
				if (!(await deliver(markCaughtUp(event)))) return;
				if (!(await deliver(createProgressEvent({ until, from: at, after: event.id })))) return;
			}
			if (!(await deliver(createProgressEvent({ until })))) return;
		}
	};

	void deliverMissedEvents()
		.catch((error: Error) => {
			logWarning(
				`Not all missed events could be delivered. The rest follows with one of the next events, or when the workflow is published again. ${error.message}`,
			);
		})
		.finally(() => {
			if (isCurrent()) runningCatchUps.delete(nodeKey);
		});
}

/** Continues a catch-up that a stop of n8n has interrupted, unless somebody is still working on it. */
export async function resumeCatchUp(
	webhook: IWebhookFunctions,
	logWarning: LogWarning,
): Promise<void> {
	const { missed = [] } = getStaticData(webhook);
	if (missed.length === 0 || runningCatchUps.has(getNodeKey(webhook))) return;
	// Another process of the same n8n may be at it.
	if (missed.some(({ at }) => Date.now() - at < STALE_AFTER_MS)) return;
	await startCatchUp(webhook).catch((error: Error) => logWarning(error.message));
}
