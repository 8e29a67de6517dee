import type { IDataObject, IWebhookFunctions } from 'n8n-workflow';
import { isRecord } from '../../../transport/simplify';
import type { PersonaEvent } from '../../../events/event';
import { getStaticData } from '../staticData';

/** How far the node has caught up on one `Missed`; to its end where no event is named. */
export interface CatchUpProgress extends IDataObject {
	/** Names the `Missed`. */
	until: number;
	/** When the last event that is done happened, in milliseconds since 1970. */
	from?: number;
	/** ID of the last event that is done. */
	after?: string;
}

/** An event as the node delivers it to itself. */
export const markCaughtUp = (event: PersonaEvent): PersonaEvent => ({
	...event,
	meta: { caughtUp: true },
});

/** What the node tells itself between the events: n8n lets it remember nothing else on the way. */
export const createProgressEvent = (reached: CatchUpProgress): PersonaEvent => ({
	type: 'event',
	id: 'caught-up',
	attributes: { name: 'caught-up' },
	meta: { caughtUp: reached },
});

const caughtUp = ({ meta }: PersonaEvent) => (isRecord(meta) ? meta.caughtUp : undefined);

/** Whether the node delivered an event itself, since it happened while nobody listened. */
export const isCaughtUp = (event: PersonaEvent) => caughtUp(event) === true;

/** How far the node tells itself that it is; undefined for an event. */
export function parseProgress(event: PersonaEvent): CatchUpProgress | undefined {
	const reached = caughtUp(event);
	return isRecord(reached) ? (reached as CatchUpProgress) : undefined;
}

/**
 * Remembers how far the node is. n8n 2.40 stores nothing of what a delivery changes that starts an
 * execution, so this takes one that starts none.
 */
export function saveProgress(webhook: IWebhookFunctions, { until, ...place }: CatchUpProgress) {
	const stored = getStaticData(webhook);
	const left = (stored.missed ?? []).flatMap((missed) => {
		if (missed.until !== until) return [missed];
		return place.after === undefined ? [] : [{ ...missed, ...place, at: Date.now() }];
	});
	if (left.length > 0) stored.missed = left;
	else delete stored.missed;
}
