import { canStillMatch, matches } from '../../../events/conditions';
import { isCaughtUp, toItem, type PersonaEvent } from '../../../events/event';
import { isSubscribed, type EventSelection } from '../../../events/parameters';
import { DELIVERY_RETRY_POLICY } from '../../../transport/retryPolicies';
import { TtlCache } from '../../../utils/ttlCache';
import type { DeliveryResult } from './deliveryResult';
import { replayCache } from './replayCache';
import { expectRepeat, expectStart, forgetStart, isRepeat } from './startedEvents';
import type { VerifiedDelivery } from './verifiedDelivery';

/** What the trigger that an event is delivered to has been set to. */
export interface EventHandlerSettings {
	/** Identifies the node, and whether it is its test or its production webhook. */
	listenerKey: string;
	/** ID of the node's own webhook, if it has one. */
	webhookId: string | undefined;
	/** Names of the events that it listens to. */
	eventNames: string[];
	selection: EventSelection;
	/**
	 * Fetches the event's object as it is now, within `timeoutMs`. Logs a warning and resolves to
	 * undefined if it cannot be read. Never throws.
	 */
	fetchLatestState: (event: PersonaEvent, timeoutMs: number) => Promise<PersonaEvent | undefined>;
}

/** How soon a delivery gets its response; Persona gives up after 5 seconds. */
const RESPONSE_DEADLINE_MS = 4_500;

/** Maximum number of events remembered: nearly three per second for an hour. */
export const MAX_EMITTED_EVENTS = 10_000;

const EMITTED_EVENTS_TTL_MS = 60 * 60 * 1000;

/**
 * Events that have started a workflow, to deduplicate those that both Persona and catch-up deliver.
 * It is consulted only for events of catch-up, and recognizes an event by its ID in any delivery.
 * The replay cache recognizes a single delivery by its signed time.
 */
const emittedEvents = new TtlCache<true>(MAX_EMITTED_EVENTS, EMITTED_EVENTS_TTL_MS);

/** Whether an event is emitted, or may be emitted once its object has been read. */
function mayBeEmitted(
	event: PersonaEvent,
	{ eventNames, selection }: EventHandlerSettings,
): boolean {
	if (!isSubscribed(eventNames, event.attributes.name)) return false;
	const isCandidate = selection.fetchLatest ? canStillMatch : matches;
	return isCandidate(event, selection.conditions);
}

async function deduplicateAndMatch(
	event: PersonaEvent,
	delivery: VerifiedDelivery,
	settings: EventHandlerSettings,
): Promise<DeliveryResult> {
	const { listenerKey, webhookId, selection } = settings;
	if (!mayBeEmitted(event, settings)) return { action: 'acknowledge' };
	const { signedAtSeconds, attempt, arrivedAtMs, replayTtlMs } = delivery;
	// The signed time tells an attempt that is signed anew from a replay: the attempts header is not signed.
	const replayKey = [listenerKey, webhookId, event.id, signedAtSeconds].join(' ');
	const originalAccepted = replayCache.get(replayKey);
	if (originalAccepted) {
		return (await originalAccepted) ? { action: 'acknowledge' } : { action: 'reject', status: 503 };
	}
	const timeoutMs = Math.min(
		DELIVERY_RETRY_POLICY.timeoutMs,
		arrivedAtMs + RESPONSE_DEADLINE_MS - Date.now(),
	);
	const latestEventPromise = selection.fetchLatest
		? settings.fetchLatestState(event, timeoutMs)
		: Promise.resolve<PersonaEvent>(event);
	replayCache.set(
		replayKey,
		latestEventPromise.then((latestEvent) => latestEvent !== undefined),
		replayTtlMs,
	);
	const latestEvent = await latestEventPromise;
	if (!latestEvent) {
		replayCache.delete(replayKey);
		return { action: 'reject', status: 503 };
	}
	if (!matches(latestEvent, selection.conditions)) return { action: 'acknowledge' };
	return {
		action: 'start',
		item: toItem(latestEvent, attempt, selection.output),
		forget: () => replayCache.delete(replayKey),
	};
}

/**
 * Decides how to respond to a verified event. If that cannot be decided now, it is rejected with
 * 503, so that Persona delivers it again. Never throws.
 */
export async function handleEvent(
	event: PersonaEvent,
	delivery: VerifiedDelivery,
	settings: EventHandlerSettings,
): Promise<DeliveryResult> {
	const eventKey = `${settings.listenerKey} ${event.id}`;
	if (isCaughtUp(event) && emittedEvents.get(eventKey)) return { action: 'acknowledge' };
	if (isRepeat(eventKey)) return { action: 'acknowledge' };
	const result = await deduplicateAndMatch(event, delivery, settings);
	if (result.action !== 'start') return result;
	emittedEvents.set(eventKey, true);
	expectStart(eventKey);
	const forget = () => {
		result.forget?.();
		emittedEvents.delete(eventKey);
		forgetStart(eventKey);
	};
	return { ...result, forget, expectRepeat: () => expectRepeat(eventKey) };
}
