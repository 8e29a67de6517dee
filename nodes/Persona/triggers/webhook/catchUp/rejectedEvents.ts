import type { PersonaEvent } from '../../../events/event';
import { TtlCache } from '../../../utils/ttlCache';
import { getListenerKey, type WebhookTriggerContext } from '../listener';
import { getStaticData, type TimesById } from '../staticData';

/*
 * Persona delivers an event that got the status 503 again, for 51 hours. If the workflow is
 * published again before that, the webhook is archived, and Persona stops. So the node remembers
 * these events, and catch-up includes them (`recordMissedRanges` in progress.ts).
 *
 * n8n saves static data after a 503, but not after a delivery that starts an execution. So that an
 * event was accepted later is known for certain only in the process that accepted it. An event that
 * comes twice because of that is marked with `caughtUp`, like all that catch-up delivers.
 */

/** Maximum number of events that are remembered one by one, about 20 KB of static data. */
export const MAX_REJECTED_EVENTS = 500;

/**
 * How long Persona goes on delivering an event, in milliseconds: eight attempts in 51 hours, and an
 * hour to spare. An event that is delivered now is not older.
 */
export const MAX_EVENT_AGE_MS = 52 * 60 * 60 * 1000;

/** How long before its first delivery an event may have happened, in milliseconds. */
const DELIVERY_DELAY_MS = 60_000;

/** How far ahead the range of events beyond these is saved, in milliseconds, to save it less often. */
const RANGE_STEP_MS = 10_000;

/** What IDs of events look like. Whoever cannot sign must not be able to store anything else. */
const EVENT_ID = /^[a-z][\w-]{0,63}$/i;

/** The rejected events of a webhook that this process has seen, since deliveries overlap. */
const knownRejected = new TtlCache<TimesById>(1_000);

/** Events that were accepted after they had been rejected, for as long as static data may list them. */
const acceptedLater = new TtlCache<true>(10_000);

const getWebhookKey = (context: WebhookTriggerContext) =>
	`${getListenerKey(context)} ${getStaticData(context).webhookId}`;

/** When an event happened, by its own account, but not outside of the time that is possible. */
function getPlausibleTime({ attributes }: PersonaEvent, arrivedAtMs: number): number {
	const [, createdAt] =
		Object.entries(attributes).find(([name]) => /^created[-_]?at$/i.test(name)) ?? [];
	const at = typeof createdAt === 'string' ? Date.parse(createdAt) : NaN;
	const latest = arrivedAtMs - (Number.isNaN(at) ? DELIVERY_DELAY_MS : 0);
	return Math.max(arrivedAtMs - MAX_EVENT_AGE_MS, Math.min(at || latest, latest));
}

/** Returns the events that are rejected, according to static data and to this process. */
function collectRejected(context: WebhookTriggerContext): TimesById {
	const key = getWebhookKey(context);
	const all = { ...getStaticData(context).rejected, ...knownRejected.get(key) };
	return Object.fromEntries(
		Object.entries(all).filter(([id]) => !acceptedLater.get(`${key} ${id}`)),
	);
}

/** Saves the events, unless nothing has changed: every assignment makes n8n write to its database. */
function saveRejected(context: WebhookTriggerContext, rejected: TimesById) {
	knownRejected.set(getWebhookKey(context), rejected);
	const staticData = getStaticData(context);
	if (JSON.stringify(staticData.rejected ?? {}) === JSON.stringify(rejected)) return;
	if (Object.keys(rejected).length > 0) staticData.rejected = rejected;
	else delete staticData.rejected;
}

/** Whether the events of a delivery are remembered: only a webhook of the node itself is archived. */
const isRemembered = (context: WebhookTriggerContext) =>
	context.getMode() !== 'manual' && getStaticData(context).webhookId !== undefined;

/**
 * Remembers an event that gets the status 503. Its sender may be anybody, so this never stores more
 * than `MAX_REJECTED_EVENTS` IDs, and one range of time that no event of it precedes.
 */
export function rememberRejected(
	context: WebhookTriggerContext,
	event: PersonaEvent,
	arrivedAtMs: number,
) {
	if (!isRemembered(context) || !EVENT_ID.test(event.id)) return;
	const rejected = collectRejected(context);
	const isKnown = Object.hasOwn(rejected, event.id);
	if (isKnown || Object.keys(rejected).length < MAX_REJECTED_EVENTS) {
		const time = getPlausibleTime(event, arrivedAtMs);
		saveRejected(context, isKnown ? rejected : { ...rejected, [event.id]: time });
		return;
	}
	const staticData = getStaticData(context);
	const { from = arrivedAtMs - DELIVERY_DELAY_MS, until = 0 } = staticData.rejectedMore ?? {};
	if (arrivedAtMs > until) staticData.rejectedMore = { from, until: arrivedAtMs + RANGE_STEP_MS };
}

/** Forgets a rejected event that is now accepted. */
export function forgetRejected(context: WebhookTriggerContext, eventId: string) {
	if (!isRemembered(context)) return;
	const key = getWebhookKey(context);
	const { rejected } = getStaticData(context);
	const isRejected = [rejected, knownRejected.get(key)].some(
		(times) => times !== undefined && Object.hasOwn(times, eventId),
	);
	if (isRejected) acceptedLater.set(`${key} ${eventId}`, true);
	// Earlier ones that n8n could not save are removed with the next delivery that starts nothing.
	if (rejected || isRejected) saveRejected(context, collectRejected(context));
}

/** Removes from static data the events that this process has accepted, before a webhook ends. */
export const settleRejected = (context: WebhookTriggerContext) =>
	saveRejected(context, collectRejected(context));
