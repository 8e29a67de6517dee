import { TtlCache } from '../../../utils/ttlCache';

/** Maximum number of deliveries remembered: nearly three per second for an hour. */
export const MAX_REPLAY_ENTRIES = 10_000;

const MIN_REPLAY_TTL_MS = 60 * 60 * 1000;

/**
 * How long a delivery must be remembered, in milliseconds: a replay of it is refused by its age only
 * after that. A signed time may lie ahead by the tolerance, and then be behind by it.
 */
export const getReplayTtlMs = (toleranceMinutes: number): number =>
	toleranceMinutes <= 0 ? Infinity : Math.max(MIN_REPLAY_TTL_MS, 2 * toleranceMinutes * 60_000);

/**
 * Signed deliveries that this process has accepted or is handling right now, to drop exact replays
 * of them. Each key contains the signed time, so an attempt that is signed anew is not a replay. That Persona
 * does sign every attempt anew is our inference: it says only that the time is that of the request. If
 * it did not, an attempt after an accepted one would be dropped here as a replay, as it should be;
 * `emittedEvents` in `handleEvent.ts` recognizes an event in whatever delivery it comes. A value
 * resolves to false if the delivery could not be accepted after all, so that a replay that waits
 * for it gets the same response.
 */
export const replayCache = new TtlCache<Promise<boolean>>(MAX_REPLAY_ENTRIES, MIN_REPLAY_TTL_MS);
