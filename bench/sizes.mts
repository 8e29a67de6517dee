/** How much is measured. */
export interface Scale {
	/** Runs of each side, of which the median counts. */
	runs: number;
	creates: number;
	limitedCreates: number;
	listed: number;
	/** Inquiries that metrics are made of. */
	measured: number;
	deliveryRounds: number;
	/** Of each round and side. */
	deliverySeconds: number;
	/** Fresh processes that load the package. */
	loads: number;
}

/** What the bars are meant for. */
export const full: Scale = {
	runs: 3,
	creates: 1_000,
	limitedCreates: 600,
	listed: 10_000,
	measured: 50_000,
	deliveryRounds: 2,
	deliverySeconds: 15,
	loads: 10,
};

/** A short look at everything, too short to judge by. */
export const quick: Scale = {
	runs: 1,
	creates: 300,
	limitedCreates: 300,
	listed: 2_000,
	measured: 5_000,
	deliveryRounds: 1,
	deliverySeconds: 4,
	loads: 3,
};
