import type { IWebhookFunctions } from 'n8n-workflow';
import type { PersonaEvent } from '../../../events/event';
import { readEventNames, readSelection } from '../../../events/parameters';
import { Client } from '../../../transport/client';
import { toNodeError } from '../../../transport/errors';
import { DELIVERY_RETRY_POLICY } from '../../../transport/retryPolicies';
import { fetchLatestState } from '../../latestState';
import { getListenerKey, type LogWarning } from '../listener';
import { getStaticData } from '../staticData';
import type { EventListener } from './handleEvent';

async function fetchLatestEvent(
	webhook: IWebhookFunctions,
	event: PersonaEvent,
	include: string[],
	timeoutMs: number,
	logWarning: LogWarning,
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
		const { failure, permission } = latest;
		const error = toNodeError(webhook.getNode(), failure, { permission });
		reason = `${error.message}. ${error.description}`;
	} catch (error) {
		// The credential is missing or cannot be read.
		reason = (error as Error).message;
	}
	logWarning(
		`The latest state of an object could not be read. Its event is answered with 503, and Persona redelivers it later. ${reason}`,
	);
	return undefined;
}

/** The listener that n8n has called, with everything that its parameters say about events. */
export function readEventListener(
	webhook: IWebhookFunctions,
	logWarning: LogWarning,
): EventListener {
	const selection = readSelection(webhook);
	return {
		listenerKey: getListenerKey(webhook),
		webhookId: getStaticData(webhook).webhookId,
		eventNames: readEventNames(webhook),
		selection,
		fetchLatestEvent: async (event, timeoutMs) =>
			await fetchLatestEvent(webhook, event, selection.include, timeoutMs, logWarning),
	};
}
