/** The arguments of the worker that verifies signatures. */
export interface SignatureTask {
	n8nFolder: string;
	packageFolder: string;
	/** Length of the signed body in bytes. */
	bytes: number;
	rounds: number;
	/** Milliseconds of each variant in each round. */
	sliceMs: number;
}

/** Verifications per second of CPU time, by round: the package, n8n's Stripe Trigger, and the HMAC alone. */
export interface VerificationRates {
	package: number[];
	baseline: number[];
	hmacOnly: number[];
}
