/** A delivery with a valid signature. */
export interface VerifiedDelivery {
	body: Buffer;
	/** When it was signed, in seconds since 1970, by the sender's clock. */
	signedAtSeconds: number;
	/** 1 for the first attempt. Comes from a header that is not signed. */
	attempt: number;
	/** For how long a replay of it would be accepted if it were not remembered, in milliseconds. */
	replayTtlMs: number;
	/** When it arrived, in milliseconds since 1970, by the clock of this machine. */
	arrivedAtMs: number;
}
