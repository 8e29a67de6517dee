import { getCaughtUpMark, type PersonaEvent } from '../../../events/event';
import { isRecord } from '../../../utils/isRecord';
import type { MissedRange, TimeRange, WebhookStaticData } from '../staticData';

/*
 * The protocol of catch-up. While the workflow is unpublished it has no webhook and misses events.
 * When it is published again, the node delivers them to itself, and loses none of them on the way:
 *
 * 1. Unregistering stores when the webhook was archived (`off`). Registering turns that into a
 *    range of time, `missed`, which ends with the creation of the new webhook. Events that got a 503
 *    before, and that Persona no longer delivers again, become ranges as well (rejectedEvents.ts).
 *    All of this is kept in static data.
 * 2. The node reads the events of a range from Persona's list and delivers them to its own URL, one
 *    after another, oldest first, signed like Persona's deliveries and marked with `meta: {
 *    caughtUp: true }`. n8n lets a trigger start executions in no other way, and the signature
 *    prevents anyone else from doing this.
 * 3. After each event the node delivers a progress event to itself, `meta: { caughtUp: { until,
 *    from, after } }`: the range that ends at `until` is done up to this event.
 *    `delivery/receiveDelivery.ts` then writes it to static data (`saveProgress`) and starts
 *    nothing. This detour is needed because n8n 2.40 saves static data after a hook, and after a
 *    delivery that starts no execution, but not after one that does.
 * 4. A progress event without `after` ends the range, which is deleted.
 * 5. If n8n stops in the middle, the next event of Persona resumes the catch-up, since n8n does not
 *    call the hooks of a trigger when it starts. A range that was updated recently (`at`) is
 *    skipped, because another process may be working on it. The event in flight may be delivered
 *    twice.
 */

/** How far the node has caught up on a missed range; to its end if no event is named. */
export interface CatchUpProgress {
	/** Identifies the range by its end. */
	until: number;
	/** When the last event that is done happened, in milliseconds since 1970. */
	from?: number;
	/** ID of the last event that is done. */
	after?: string;
}

/** Marks a missed event as one that the node delivers to itself. */
export const markAsCatchUp = (event: PersonaEvent): PersonaEvent => ({
	...event,
	meta: { caughtUp: true },
});

/** Creates the event in which the node reports its progress to itself. */
export const createProgressEvent = (progress: CatchUpProgress): PersonaEvent => ({
	type: 'event',
	id: 'caught-up',
	attributes: { name: 'caught-up' },
	meta: { caughtUp: { ...progress } },
});

/** Parses the progress in a progress event; undefined for any other event. */
export function parseProgress(event: PersonaEvent): CatchUpProgress | undefined {
	const mark = getCaughtUpMark(event);
	return isRecord(mark) ? (mark as unknown as CatchUpProgress) : undefined;
}

/**
 * Turns what was missed until the creation of a new webhook into ranges: the events that the last
 * webhook delivered and got a 503 for, and all since its end. Of all ranges, only what lies within the
 * last `lookbackMs` is kept.
 */
export function recordMissedRanges(
	staticData: WebhookStaticData,
	untilMs: number,
	lookbackMs: number,
) {
	const { off, rejected, rejectedMore } = staticData;
	for (const name of ['off', 'rejected', 'rejectedMore']) delete staticData[name];
	const added: TimeRange[] = [];
	const times = Object.values(rejected ?? {});
	if (times.length > 0) {
		added.push({
			from: Math.min(...times),
			until: off ?? untilMs,
			only: Object.keys(rejected ?? {}),
		});
	}
	if (rejectedMore) added.push(rejectedMore);
	if (off !== undefined) added.push({ from: off, until: untilMs });
	keepRanges(staticData, added, untilMs - lookbackMs);
}

/** Deletes the ranges before a time, and shortens the one that contains it. */
export const shortenMissedRanges = (staticData: WebhookStaticData, earliestMs: number) =>
	keepRanges(staticData, [], earliestMs);

function keepRanges(staticData: WebhookStaticData, added: TimeRange[], earliestMs: number) {
	const ends = new Set<number>();
	const ranges = [
		...(staticData.missed ?? []),
		...added.map((range) => ({ ...range, at: Date.now() })),
	].filter(({ from, until }) => until > Math.max(earliestMs, from));
	const kept = ranges.map((range): MissedRange => {
		let { until } = range;
		// A range is identified by its end.
		while (ends.has(until)) until++;
		ends.add(until);
		return range.from < earliestMs
			? { ...range, until, from: earliestMs, after: undefined }
			: { ...range, until };
	});
	saveRanges(staticData, kept);
}

/** Saves the progress on a range; a range that is done is deleted. */
export function saveProgress(
	staticData: WebhookStaticData,
	{ until, ...position }: CatchUpProgress,
) {
	const ranges = (staticData.missed ?? []).flatMap((range) => {
		if (range.until !== until) return [range];
		return position.after === undefined ? [] : [{ ...range, ...position, at: Date.now() }];
	});
	saveRanges(staticData, ranges);
}

function saveRanges(staticData: WebhookStaticData, ranges: MissedRange[]) {
	if (ranges.length > 0) staticData.missed = ranges;
	else delete staticData.missed;
}
