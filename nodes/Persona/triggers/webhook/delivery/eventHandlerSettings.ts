import type { IWebhookFunctions } from 'n8n-workflow';
import type { PersonaEvent } from '../../../events/event';
import { readEventNames, readSelection } from '../../../events/parameters';
import { Client } from '../../../transport/client';
import { toNodeError } from '../../../transport/errors';
import { DELIVERY_RETRY_POLICY } from '../../../transport/retryPolicies';
import { fetchLatestState } from '../../latestState';
import { getListenerKey, type LogWarning } from '../listener';
import { getStaticData } from '../staticData';
import type { EventHandlerSettings } from './handleEvent';

async function fetchLatestStateOrLog(
	context: IWebhookFunctions,
	event: PersonaEvent,
	include: string[],
	timeoutMs: number,
	logWarning: LogWarning,
): Promise<PersonaEvent | undefined> {
	let reason: string;
	try {
		const client = await Client.create(context, { ...DELIVERY_RETRY_POLICY, timeoutMs });
		const latest = await fetchLatestState(
			async (request) => await client.request(request),
			event,
			include,
		);
		if (!latest.failure) return latest.event ?? event;
		const { failure, permission } = latest;
		const error = toNodeError(context.getNode(), failure, { permission });
		reason = `${error.message}. ${error.description}`;
	} catch (error) {
		// The credential is missing or cannot be read.
		reason = (error as Error).message;
	}
	logWarning(
		`The latest state of an object could not be read. Its event is rejected with 503, and Persona redelivers it later. ${reason}`,
	);
	return undefined;
}

/** Reads the trigger's parameters about events. */
export function readEventHandlerSettings(
	context: IWebhookFunctions,
	logWarning: LogWarning,
): EventHandlerSettings {
	const selection = readSelection(context);
	return {
		listenerKey: getListenerKey(context),
		webhookId: getStaticData(context).webhookId,
		eventNames: readEventNames(context),
		selection,
		fetchLatestState: async (event, timeoutMs) =>
			await fetchLatestStateOrLog(context, event, selection.include, timeoutMs, logWarning),
	};
}
