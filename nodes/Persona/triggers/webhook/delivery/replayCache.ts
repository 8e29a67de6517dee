import { TtlCache } from '../../../utils/ttlCache';

/** A delivery with a valid signature. */
export interface Delivery {
	body: Buffer;
	/** When it was signed, in seconds since 1970, by the sender's clock. */
	signedAtSeconds: number;
	/** 1 for the first attempt. Comes from a header that is not signed. */
	attempt: number;
	/** When it arrived, in milliseconds since 1970, by the clock of this machine. */
	arrivedAtMs: number;
}

/** Replays are recognized among so many deliveries: nearly three a second for an hour. */
const REPLAY_CACHE_SIZE = 10_000;

const REPLAY_CACHE_TTL_MS = 60 * 60 * 1000;

/**
 * Signed deliveries that this process has accepted or is handling right now, to drop exact replays of
 * them. The value resolves to false where a delivery could not be accepted after all, so that a
 * replay that waits for it gets the same response.
 */
export const replayCache = new TtlCache<Promise<boolean>>(REPLAY_CACHE_SIZE, REPLAY_CACHE_TTL_MS);
