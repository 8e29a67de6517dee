import type { IDataObject, IWebhookFunctions } from 'n8n-workflow';
import { isObject } from '../transport/output';
import type { PersonaEvent } from './event';
import { storedOf } from './stored';

/** What the node itself adds to an event that it delivers late, signed with the event. */
export interface Mark extends IDataObject {
	/** Names the `Missed` that the event is of. */
	until: number;
	/** Whether it is the last one of them. */
	last: boolean;
	/** Whether it has been delivered, which is all that is told. */
	done: boolean;
}

/** An event as the node delivers it to itself. */
export const marked = (event: PersonaEvent, mark: Mark): PersonaEvent => ({
	...event,
	meta: { caughtUp: mark },
});

function markOf({ meta }: PersonaEvent): Mark | undefined {
	const mark = isObject(meta) ? meta.caughtUp : undefined;
	return isObject(mark) ? (mark as Mark) : undefined;
}

/** Whether the node delivered an event itself, since it happened while nobody listened. */
export const isCaughtUp = (event: PersonaEvent) => markOf(event) !== undefined;

/** Whether the node only tells itself that it has delivered an event. */
export const isDone = (event: PersonaEvent) => markOf(event)?.done === true;

/**
 * Remembers that an event is done, if it was one to catch up on. n8n 2.40 stores nothing of what a
 * delivery changes that starts an execution, so this takes one that starts none.
 */
export function advance(webhook: IWebhookFunctions, event: PersonaEvent) {
	const mark = markOf(event);
	const stored = storedOf(webhook);
	if (!mark || !stored.missed) return;
	const from = Date.parse(String(event.attributes['created-at']));
	const left = stored.missed.flatMap((missed) => {
		if (missed.until !== mark.until) return [missed];
		return mark.last ? [] : [{ ...missed, from, after: event.id, at: Date.now() }];
	});
	if (left.length > 0) stored.missed = left;
	else delete stored.missed;
}
