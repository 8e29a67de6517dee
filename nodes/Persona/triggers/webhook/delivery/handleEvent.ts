import type { IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { Client } from '../../../transport/client';
import { DELIVERY_RETRY_POLICY } from '../../../transport/retryPolicies';
import { toNodeError } from '../../../transport/errors';
import { resumeCatchUp } from '../catchUp/catchUp';
import { itemOf, type PersonaEvent } from '../../../events/event';
import { mayPass, passes } from '../../../events/conditions';
import { latestOf } from '../../latestState';
import { advance, isCaughtUp, reachedIn } from '../catchUp/progress';
import { eventsOf, isAmong, selectionOf } from '../../../events/parameters';
import { received, type Delivery } from './replayCache';
import { Recent } from '../../../utils/ttlCache';
import { listenerOf, reject, warn } from '../listener';
import { storedOf } from '../staticData';

/** Milliseconds in which a delivery is answered; Persona gives up after 5 seconds. */
const ANSWERED_WITHIN = 4_500;

/** The event with the latest state of its object; undefined where that cannot be read now. */
async function renewed(
	webhook: IWebhookFunctions,
	event: PersonaEvent,
	include: string[],
	timeoutMs: number,
): Promise<PersonaEvent | undefined> {
	let reason: string;
	try {
		const client = await Client.of(webhook, { ...DELIVERY_RETRY_POLICY, timeoutMs });
		const latest = await latestOf(async (request) => await client.answer(request), event, include);
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
const passedOn = new Recent<true>(10_000, 60 * 60 * 1000);

/** Starts the workflow for an event that the user wants. What cannot be decided now comes again. */
export async function heard(
	webhook: IWebhookFunctions,
	event: PersonaEvent,
	delivery: Delivery,
): Promise<IWebhookResponseData> {
	const reached = reachedIn(event);
	if (reached) {
		advance(webhook, reached);
		return {};
	}
	const key = `${listenerOf(webhook)} ${event.id}`;
	const isKnown = isCaughtUp(event) && passedOn.get(key) === true;
	const response = isKnown ? {} : await decided(webhook, event, delivery);
	if (response.noWebhookResponse) return response;
	if (response.workflowData) passedOn.set(key, true);
	if (!isCaughtUp(event)) await resumeCatchUp(webhook);
	return response;
}

async function decided(
	webhook: IWebhookFunctions,
	event: PersonaEvent,
	{ seconds, attempt, at }: Delivery,
): Promise<IWebhookResponseData> {
	if (!isAmong(eventsOf(webhook), event.attributes.name)) return {};
	const { onlyWhen, fetchLatest, include, simplify } = selectionOf(webhook);
	// What cannot pass whatever is read costs no request.
	if (!(fetchLatest ? mayPass : passes)(event, onlyWhen)) return {};
	const { webhookId } = storedOf(webhook);
	// The signed time tells a new attempt from a replay; the header with the attempts is not signed.
	const key = [listenerOf(webhook), webhookId, event.id, seconds].join(' ');
	const earlier = received.get(key);
	if (earlier) return (await earlier) ? {} : reject(webhook, 503);
	const left = Math.min(DELIVERY_RETRY_POLICY.timeoutMs, at + ANSWERED_WITHIN - Date.now());
	const reading = fetchLatest
		? renewed(webhook, event, include, left)
		: Promise.resolve<PersonaEvent>(event);
	received.set(
		key,
		reading.then((found) => found !== undefined),
	);
	const now = await reading;
	if (!now) {
		received.delete(key);
		return reject(webhook, 503);
	}
	if (!passes(now, onlyWhen)) return {};
	return { workflowData: [[{ json: itemOf(now, attempt, simplify) }]] };
}
