import type { IHookFunctions, IWebhookFunctions } from 'n8n-workflow';
import { createEmptyCursor, fetchBacklog } from '../../../events/backlog';
import {
	createPageFetcher,
	type FetchPage,
	type TimestampedEvent,
} from '../../../events/eventList';
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
import { readCatchUpHours } from '../options';
import { getStaticData, type MissedRange } from '../staticData';
import { createProgressEvent, markAsCatchUp } from './progress';
import { createSelfDelivery } from './selfDelivery';

// progress.ts describes the protocol.

/** How long n8n takes until it accepts deliveries to a workflow that it has just activated. */
const ACTIVATION_DELAY_MS = 1_000;

/**
 * A range not updated for this long is no longer being worked on: no event takes as long to
 * deliver.
 */
const STALE_AFTER_MS = 2 * 60_000;

const HOUR_MS = 60 * 60 * 1000;

/**
 * A token for the running catch-up of each node in this process. A catch-up stops once this map no
 * longer holds its token.
 */
const runningCatchUps = new Map<string, object>();

/** Stops the catch-up of a node. What is not done yet stays stored for the next activation. */
export const stopCatchUp = (context: IHookFunctions) => runningCatchUps.delete(getNodeKey(context));

/** Reads how far back the user wants to catch up, in milliseconds; 0 in a test. */
export const readLookbackMs = (context: WebhookTriggerContext) =>
	context.getMode() === 'manual' ? 0 : readCatchUpHours(context) * HOUR_MS;

/** Throws if catch-up is on and the API key lacks permission to read events. */
export async function requireEventAccess(context: IHookFunctions): Promise<void> {
	if (!readLookbackMs(context)) return;
	const client = await Client.create(context, CATCH_UP_RETRY_POLICY);
	await createPageFetcher(createEventSource(context, client), readEventNames(context))();
}

/** Fetches the events of a missed range that are not done yet, oldest first. */
async function* fetchMissedEvents(
	fetchPage: FetchPage,
	eventNames: string[],
	{ from, until, after, only }: MissedRange,
): AsyncGenerator<TimestampedEvent> {
	let cursor = createEmptyCursor();
	const isMissed = ({ event, at }: TimestampedEvent) =>
		at <= until &&
		(only === undefined || only.includes(event.id)) &&
		isSubscribed(eventNames, event.attributes.name);
	do {
		const { events, nextCursor } = await fetchBacklog(fetchPage, {
			fromMs: from,
			isNew: isMissed,
			cursor,
			deadlineMs: Infinity,
		});
		cursor = nextCursor;
		const lastDone = events.findIndex(({ event }) => event.id === after);
		yield* events.slice(lastDone + 1);
	} while (cursor.starts.length > 0 || cursor.floor !== undefined);
}

/**
 * Starts to deliver the missed events to the node itself. It returns before they are delivered,
 * since a hook has to end; so it reads all it needs from the context first.
 */
export async function startCatchUp(context: WebhookTriggerContext): Promise<void> {
	const { webhookId, missed = [] } = getStaticData(context);
	const url = context.getNodeWebhookUrl('default');
	if (missed.length === 0 || !webhookId || !url || !readLookbackMs(context)) return;
	const nodeKey = getNodeKey(context);
	const token = {};
	runningCatchUps.set(nodeKey, token);
	const isRunning = () => runningCatchUps.get(nodeKey) === token;
	const end = () => {
		// Otherwise it has been stopped, and another one may have begun.
		if (isRunning()) runningCatchUps.delete(nodeKey);
	};
	const ranges = missed.map((range) => ({ ...range }));
	const eventNames = readEventNames(context);
	const client = await Client.create(context, CATCH_UP_RETRY_POLICY).catch((error: Error) => {
		end();
		throw error;
	});
	const fetchPage = createPageFetcher(createEventSource(context, client), eventNames);
	const deliver = createSelfDelivery(context, client, { url, webhookId }, isRunning);
	const logWarning = createWarningLog(context);

	const deliverMissedEvents = async () => {
		await delay(ACTIVATION_DELAY_MS);
		for (const range of ranges) {
			const { until } = range;
			for await (const { event, at } of fetchMissedEvents(fetchPage, eventNames, range)) {
				if (!(await deliver(markAsCatchUp(event)))) return;
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
		.finally(end);
}

/**
 * Continues a catch-up that was interrupted when n8n stopped, unless another process is working on
 * it.
 */
export async function resumeCatchUp(
	context: IWebhookFunctions,
	logWarning: LogWarning,
): Promise<void> {
	const { missed = [] } = getStaticData(context);
	if (missed.length === 0 || runningCatchUps.has(getNodeKey(context))) return;
	// A range that was updated recently is skipped, because another process may be working on it.
	if (missed.some(({ at }) => Date.now() - at < STALE_AFTER_MS)) return;
	await startCatchUp(context).catch((error: Error) => logWarning(error.message));
}
