import { createHash } from 'crypto';
import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { storeResponse, replayResponse } from './responseStore';
import { parseEvent, toItem } from '../../../events/event';
import { readSelection } from '../../../events/parameters';
import { replayCache, type Delivery } from './replayCache';
import { getListenerKey, rejectDelivery, getHttpResponse, warn } from '../listener';

/** The value in a body that is JSON, else its text. */
function parseJsonOrText(body: Buffer): IDataObject[string] {
	const text = body.toString();
	try {
		return JSON.parse(text) as IDataObject[string];
	} catch {
		return text;
	}
}

/**
 * Starts the workflow for a call of a Persona workflow, whose author decides what is in the body.
 * Persona gives up waiting and calls again: the first run goes on, and the same body receives its
 * answer instead of a second run. The very same call, once answered, is refused aloud.
 */
export function handleWorkflowCall(
	webhook: IWebhookFunctions,
	{ body, seconds, attempt }: Delivery,
): IWebhookResponseData {
	const response = getHttpResponse(webhook);
	const call = [getListenerKey(webhook), createHash('sha256').update(body).digest('hex')].join(' ');
	const refuse = () => {
		warn(
			webhook,
			'A result was too long to be kept for a call that came again, which was refused. Let the last node return less, or raise the "Request Timeout" of the step in Persona.',
		);
		rejectDelivery(webhook, 409);
	};
	if (replayResponse(call, response, refuse)) return { noWebhookResponse: true };
	const key = `${call} ${seconds}`;
	if (replayCache.get(key)) return rejectDelivery(webhook, 409);
	const event = parseEvent(body);
	const json = event
		? toItem(event, attempt, readSelection(webhook).simplify)
		: { body: parseJsonOrText(body), signedAt: new Date(seconds * 1000).toISOString() };
	replayCache.set(key, Promise.resolve(true));
	storeResponse(call, response);
	return { workflowData: [[{ json }]] };
}
