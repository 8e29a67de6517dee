import { TtlCache } from '../../../utils/ttlCache';

/** A genuine delivery. */
export interface Delivery {
	body: Buffer;
	/** When Persona signed it, in seconds since 1970. */
	seconds: number;
	/** 1 for the first. Not signed. */
	attempt: number;
	/** When it arrived, in milliseconds since 1970. */
	at: number;
}

/**
 * Deliveries that this process has taken, or is about to: ten thousand of the last hour. The value
 * becomes false where a delivery could not be taken after all.
 */
export const replayCache = new TtlCache<Promise<boolean>>(10_000, 60 * 60 * 1000);
