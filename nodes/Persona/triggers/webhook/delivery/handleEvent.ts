import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { Client } from '../../../transport/client';
import { DELIVERY_RETRY_POLICY } from '../../../transport/retryPolicies';
import { toNodeError } from '../../../transport/errors';
import { resumeCatchUp } from '../catchUp/catchUp';
import { toItem, type PersonaEvent } from '../../../events/event';
import { canStillMatch, matches } from '../../../events/conditions';
import { fetchLatestState } from '../../latestState';
import { saveProgress, isCaughtUp, parseProgress } from '../catchUp/progress';
import { readEventNames, isSubscribed, readSelection } from '../../../events/parameters';
import { replayCache, type Delivery } from './replayCache';
import { TtlCache } from '../../../utils/ttlCache';
import { getListenerKey, rejectDelivery, warn } from '../listener';
import { getStaticData } from '../staticData';

/** Milliseconds in which a delivery is answered; Persona gives up after 5 seconds. */
const RESPONSE_DEADLINE_MS = 4_500;

/** The event with the latest state of its object; undefined where that cannot be read now. */
async function fetchWithLatestState(
	webhook: IWebhookFunctions,
	event: PersonaEvent,
	include: string[],
	timeoutMs: number,
): Promise<PersonaEvent | undefined> {
	let reason: string;
	try {
		const client = await Client.create(webhook, { ...DELIVERY_RETRY_POLICY, timeoutMs });
		const latest = await fetchLatestState(
			async (request) => await client.request(request),
			event,
			include,
		);
		if (!latest.failure) return latest.event ?? event;
		const { permission } = latest;
		const error = toNodeError(webhook.getNode(), latest.failure, { permission });
		reason = `${error.message}. ${error.description}`;
	} catch (error) {
		// The credential is gone or cannot be read.
		reason = (error as Error).message;
	}
	warn(
		webhook,
		`The latest state of an object could not be read, so its event is answered with 503 and Persona sends it again later. ${reason}`,
	);
	return undefined;
}

/** Events that were passed on of late, by listener; Persona and the node itself may both deliver one. */
const emittedEvents = new TtlCache<true>(10_000, 60 * 60 * 1000);

/** Starts the workflow for an event that the user wants. What cannot be decided now comes again. */
export async function handleEvent(
	webhook: IWebhookFunctions,
	event: PersonaEvent,
	delivery: Delivery,
): Promise<IWebhookResponseData> {
	const reached = parseProgress(event);
	if (reached) {
		saveProgress(webhook, reached);
		return {};
	}
	const key = `${getListenerKey(webhook)} ${event.id}`;
	const isKnown = isCaughtUp(event) && emittedEvents.get(key) === true;
	const response = isKnown ? {} : await processEvent(webhook, event, delivery);
	if (response.noWebhookResponse) return response;
	if (response.workflowData) emittedEvents.set(key, true);
	if (!isCaughtUp(event)) await resumeCatchUp(webhook);
	return response;
}

async function processEvent(
	webhook: IWebhookFunctions,
	event: PersonaEvent,
	{ seconds, attempt, at }: Delivery,
): Promise<IWebhookResponseData> {
	if (!isSubscribed(readEventNames(webhook), event.attributes.name)) return {};
	const { onlyWhen, fetchLatest, include, simplify } = readSelection(webhook);
	// What cannot pass whatever is read costs no request.
	if (!(fetchLatest ? canStillMatch : matches)(event, onlyWhen)) return {};
	const { webhookId } = getStaticData(webhook);
	// The signed time tells a new attempt from a replay; the header with the attempts is not signed.
	const key = [getListenerKey(webhook), webhookId, event.id, seconds].join(' ');
	const earlier = replayCache.get(key);
	if (earlier) return (await earlier) ? {} : rejectDelivery(webhook, 503);
	const left = Math.min(DELIVERY_RETRY_POLICY.timeoutMs, at + RESPONSE_DEADLINE_MS - Date.now());
	const reading = fetchLatest
		? fetchWithLatestState(webhook, event, include, left)
		: Promise.resolve<PersonaEvent>(event);
	replayCache.set(
		key,
		reading.then((found) => found !== undefined),
	);
	const now = await reading;
	if (!now) {
		replayCache.delete(key);
		return rejectDelivery(webhook, 503);
	}
	if (!matches(now, onlyWhen)) return {};
	return { workflowData: [[{ json: toItem(now, attempt, simplify) }]] };
}
