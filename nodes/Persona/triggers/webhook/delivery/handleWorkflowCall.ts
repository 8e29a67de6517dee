import { createHash } from 'crypto';
import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { keep, passOn } from './responseStore';
import { eventIn, itemOf } from '../../../events/event';
import { selectionOf } from '../../../events/parameters';
import { received, type Delivery } from './replayCache';
import { listenerOf, reject, responseOf, warn } from '../listener';

/** The value in a body that is JSON, else its text. */
function valueIn(body: Buffer): IDataObject[string] {
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
export function called(
	webhook: IWebhookFunctions,
	{ body, seconds, attempt }: Delivery,
): IWebhookResponseData {
	const response = responseOf(webhook);
	const call = [listenerOf(webhook), createHash('sha256').update(body).digest('hex')].join(' ');
	const refuse = () => {
		warn(
			webhook,
			'A result was too long to be kept for a call that came again, which was refused. Let the last node return less, or raise the "Request Timeout" of the step in Persona.',
		);
		reject(webhook, 409);
	};
	if (passOn(call, response, refuse)) return { noWebhookResponse: true };
	const key = `${call} ${seconds}`;
	if (received.get(key)) return reject(webhook, 409);
	const event = eventIn(body);
	const json = event
		? itemOf(event, attempt, selectionOf(webhook).simplify)
		: { body: valueIn(body), signedAt: new Date(seconds * 1000).toISOString() };
	received.set(key, Promise.resolve(true));
	keep(call, response);
	return { workflowData: [[{ json }]] };
}
