import { canStillMatch, matches } from '../../../events/conditions';
import { isCaughtUp, toItem, type PersonaEvent } from '../../../events/event';
import { isSubscribed, type EventSelection } from '../../../events/parameters';
import { DELIVERY_RETRY_POLICY } from '../../../transport/retryPolicies';
import { TtlCache } from '../../../utils/ttlCache';
import type { DeliveryResult } from './deliveryResult';
import { replayCache, type Delivery } from './replayCache';

/** The listener that an event is delivered to. */
export interface EventListener {
	/** Tells listeners apart, also the test and the production of one node. */
	listenerKey: string;
	/** ID of the node's own webhook, as far as there is one. */
	webhookId: string | undefined;
	/** Names of the events that it listens to. */
	eventNames: string[];
	selection: EventSelection;
	/**
	 * Fetches the event's object as it is now, within so many milliseconds. Undefined where it cannot
	 * be read, which is logged. Never throws.
	 */
	fetchLatestEvent: (event: PersonaEvent, timeoutMs: number) => Promise<PersonaEvent | undefined>;
}

/** How soon a delivery gets its response; Persona gives up after 5 seconds. */
const RESPONSE_DEADLINE_MS = 4_500;

/** Duplicates are recognized among so many events: nearly three a second for an hour. */
const EMITTED_EVENTS_SIZE = 10_000;

const EMITTED_EVENTS_TTL_MS = 60 * 60 * 1000;

/** Events that have started a workflow, to deduplicate those that both Persona and catch-up deliver. */
const emittedEvents = new TtlCache<true>(EMITTED_EVENTS_SIZE, EMITTED_EVENTS_TTL_MS);

/** Whether an event is emitted, or may still turn out to be once its object has been read. */
function mayBeEmitted(event: PersonaEvent, { eventNames, selection }: EventListener): boolean {
	if (!isSubscribed(eventNames, event.attributes.name)) return false;
	const canMatch = selection.fetchLatest ? canStillMatch : matches;
	return canMatch(event, selection.conditions);
}

async function processEvent(
	event: PersonaEvent,
	delivery: Delivery,
	listener: EventListener,
): Promise<DeliveryResult> {
	const { listenerKey, webhookId, selection } = listener;
	if (!mayBeEmitted(event, listener)) return { action: 'acknowledge' };
	const { signedAtSeconds, attempt, arrivedAtMs } = delivery;
	// The signed time tells a new attempt from a replay: the header with the attempts is not signed.
	const replayKey = [listenerKey, webhookId, event.id, signedAtSeconds].join(' ');
	const original = replayCache.get(replayKey);
	if (original) {
		return (await original) ? { action: 'acknowledge' } : { action: 'reject', status: 503 };
	}
	const timeoutMs = Math.min(
		DELIVERY_RETRY_POLICY.timeoutMs,
		arrivedAtMs + RESPONSE_DEADLINE_MS - Date.now(),
	);
	const latestEvent = selection.fetchLatest
		? listener.fetchLatestEvent(event, timeoutMs)
		: Promise.resolve<PersonaEvent>(event);
	replayCache.set(
		replayKey,
		latestEvent.then((latest) => latest !== undefined),
	);
	const latest = await latestEvent;
	if (!latest) {
		replayCache.delete(replayKey);
		return { action: 'reject', status: 503 };
	}
	if (!matches(latest, selection.conditions)) return { action: 'acknowledge' };
	return { action: 'start', item: toItem(latest, attempt, selection.simplify) };
}

/**
 * Decides what becomes of an event with a valid signature. What cannot be decided now is rejected
 * with 503, so that Persona delivers it again. Never throws.
 */
export async function handleEvent(
	event: PersonaEvent,
	delivery: Delivery,
	listener: EventListener,
): Promise<DeliveryResult> {
	const emittedKey = `${listener.listenerKey} ${event.id}`;
	if (isCaughtUp(event) && emittedEvents.get(emittedKey)) return { action: 'acknowledge' };
	const result = await processEvent(event, delivery, listener);
	if (result.action === 'start') emittedEvents.set(emittedKey, true);
	return result;
}
