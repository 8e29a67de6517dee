/** What a process that checks signatures is told. */
export interface Checks {
	n8nFolder: string;
	packageFolder: string;
	/** Length of the signed body. */
	bytes: number;
	rounds: number;
	/** Of each way in each round. */
	ms: number;
}

/** Checks in a second of the processor, by round: the package's, those of n8n's Stripe Trigger, and the HMAC alone. */
export interface CheckRates {
	ours: number[];
	theirs: number[];
	floor: number[];
}
