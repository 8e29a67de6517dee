import { TtlCache } from '../../../utils/ttlCache';

/** Maximum number of deliveries remembered: nearly three per second for an hour. */
export const MAX_REPLAY_ENTRIES = 10_000;

const REPLAY_CACHE_TTL_MS = 60 * 60 * 1000;

/**
 * Signed deliveries that this process has accepted or is handling right now, to drop exact replays
 * of them. Each key contains the signed time, so a new attempt of the same event is not a replay;
 * `emittedEvents` in `handleEvent.ts` recognizes an event in whatever delivery it comes. A value
 * resolves to false if the delivery could not be accepted after all, so that a replay that waits
 * for it gets the same response.
 */
export const replayCache = new TtlCache<Promise<boolean>>(MAX_REPLAY_ENTRIES, REPLAY_CACHE_TTL_MS);
