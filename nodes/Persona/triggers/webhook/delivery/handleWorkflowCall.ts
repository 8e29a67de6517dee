import { createHash } from 'crypto';
import { parseEvent, toItem } from '../../../events/event';
import type { HttpResponse } from '../../../utils/httpResponse';
import type { LogWarning } from '../listener';
import { sendRejection, type DeliveryResult } from './deliveryResult';
import { replayCache, type Delivery } from './replayCache';
import { replayResponse, storeResponse } from './responseStore';

/** The listener that a step of a Persona workflow calls. */
export interface CallListener {
	/** Tells listeners apart, also the test and the production of one node. */
	listenerKey: string;
	simplify: boolean;
	/** The response to this call. */
	response: HttpResponse;
	logWarning: LogWarning;
}

function parseJsonOrText(body: Buffer): unknown {
	const text = body.toString();
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}

/**
 * Starts the workflow for a call of a Persona workflow, whose author decides what the body is. If
 * Persona stops waiting and calls again, the first run continues, and the retry with the same body
 * gets its response instead of a second run. A replay of a call that has its response is rejected.
 */
export function handleWorkflowCall(
	{ body, signedAtSeconds, attempt }: Delivery,
	{ listenerKey, simplify, response, logWarning }: CallListener,
): DeliveryResult {
	const callKey = `${listenerKey} ${createHash('sha256').update(body).digest('hex')}`;
	const rejectRetry = () => {
		logWarning(
			'A retry of a call was rejected because the result of the first run was too large to store. Return less from the last node, or increase the "Request Timeout" of the step in Persona.',
		);
		sendRejection(response, 409);
	};
	if (replayResponse(callKey, response, rejectRetry)) return { action: 'none' };
	const replayKey = `${callKey} ${signedAtSeconds}`;
	if (replayCache.get(replayKey)) return { action: 'reject', status: 409 };
	const event = parseEvent(body);
	const item = event
		? toItem(event, attempt, simplify)
		: { body: parseJsonOrText(body), signedAt: new Date(signedAtSeconds * 1000).toISOString() };
	replayCache.set(replayKey, Promise.resolve(true));
	storeResponse(callKey, response);
	return { action: 'start', item };
}
