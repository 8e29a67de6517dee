import { createHash } from 'crypto';
import type { OutputMode } from '../../../transport/output';
import { parseEvent, toItem } from '../../../events/event';
import type { HttpResponse } from '../../../utils/httpResponse';
import type { LogWarning } from '../listener';
import { sendRejection, type DeliveryResult } from './deliveryResult';
import { replayCache } from './replayCache';
import { sendStoredResponse, storeUnsentResponse } from './responseStore';
import type { VerifiedDelivery } from './verifiedDelivery';

/** What handling a call of a Persona workflow needs besides the delivery. */
export interface CallContext {
	/** Identifies the node, and whether it is its test or its production webhook. */
	listenerKey: string;
	output: OutputMode;
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
	{ body, signedAtSeconds, attempt, replayTtlMs }: VerifiedDelivery,
	{ listenerKey, output, response, logWarning }: CallContext,
): DeliveryResult {
	const callKey = `${listenerKey} ${createHash('sha256').update(body).digest('hex')}`;
	const rejectRetry = () => {
		logWarning(
			'A retry of a call was rejected because the result of the first run was too large to store. Return less from the last node, or increase the "Request Timeout" of the step in Persona.',
		);
		sendRejection(response, 409);
	};
	if (sendStoredResponse(callKey, response, rejectRetry)) return { action: 'respondedElsewhere' };
	const replayKey = `${callKey} ${signedAtSeconds}`;
	if (replayCache.get(replayKey)) return { action: 'reject', status: 409 };
	const event = parseEvent(body);
	const item = event
		? toItem(event, attempt, output)
		: { body: parseJsonOrText(body), signedAt: new Date(signedAtSeconds * 1000).toISOString() };
	replayCache.set(replayKey, Promise.resolve(true), replayTtlMs);
	storeUnsentResponse(callKey, response);
	return { action: 'start', item };
}
