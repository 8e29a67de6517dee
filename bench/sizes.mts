/** How much is measured. */
export interface Sizes {
	/** Runs of the package and of the baseline; the median counts. */
	runs: number;
	creates: number;
	limitedCreates: number;
	listedInquiries: number;
	/** Inquiries that metrics are calculated from. */
	metricsInquiries: number;
	deliveryRounds: number;
	/** Seconds of each round, for each subject. */
	deliverySeconds: number;
	/** The file that is uploaded, in MB. */
	uploadMb: number;
	/** Fresh processes, each of which loads the package once. */
	packageLoads: number;
}

/** The sizes that the bars are meant for. */
export const fullSizes: Sizes = {
	runs: 3,
	creates: 1_000,
	limitedCreates: 600,
	listedInquiries: 10_000,
	metricsInquiries: 50_000,
	deliveryRounds: 2,
	deliverySeconds: 15,
	uploadMb: 20,
	packageLoads: 10,
};

/** Smaller sizes for a quick look; they do not count. */
export const quickSizes: Sizes = {
	runs: 1,
	creates: 300,
	limitedCreates: 300,
	listedInquiries: 2_000,
	metricsInquiries: 5_000,
	deliveryRounds: 1,
	deliverySeconds: 4,
	uploadMb: 5,
	packageLoads: 3,
};
