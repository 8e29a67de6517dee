import { createHash } from 'crypto';
import type { IDataObject, IWebhookFunctions, IWebhookResponseData } from 'n8n-workflow';
import { eventIn, itemOf } from './event';
import { selectionOf } from './parameters';
import { received, type Delivery } from './received';
import { listenerOf, reject } from './reply';

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
 * The very same call again is refused aloud, since its answer may be waited for.
 */
export function called(
	webhook: IWebhookFunctions,
	{ body, seconds, attempt }: Delivery,
): IWebhookResponseData {
	const digest = createHash('sha256').update(body).digest('hex');
	const key = [listenerOf(webhook), digest, seconds].join(' ');
	if (received.get(key)) return reject(webhook, 409);
	const event = eventIn(body);
	const json = event
		? itemOf(event, attempt, selectionOf(webhook).simplify)
		: { body: valueIn(body), signedAt: new Date(seconds * 1000).toISOString() };
	received.set(key, Promise.resolve(true));
	return { workflowData: [[{ json }]] };
}
