/** So many different values are kept exactly, since users often check a few inquiries by hand. */
const MAX_EXACT_VALUES = 200;

/** The end of a bucket divided by its start. The middle of a bucket is at most 0.87 % off. */
const BUCKET_GROWTH = 1.0175;

/** One bucket for zero, and the others from 1 ms to 100 years. */
const BUCKET_COUNT = 1_662;

const LOG_GROWTH = Math.log(BUCKET_GROWTH);

const findBucket = (durationMs: number) =>
	durationMs < 1
		? 0
		: Math.min(1 + Math.floor(Math.log(durationMs) / LOG_GROWTH), BUCKET_COUNT - 1);

/** The middle of a bucket with four digits, which adds 0.05 % to its error. */
const getBucketMiddleMs = (bucket: number) =>
	bucket === 0 ? 0 : Number(((BUCKET_GROWTH ** bucket * 2) / (1 + BUCKET_GROWTH)).toPrecision(4));

/** How many durations were measured, and their percentiles in seconds; null where there are none. */
export interface Percentiles {
	count: number;
	median: number | null;
	p90: number | null;
	p95: number | null;
}

/**
 * Percentiles of any number of durations in bounded memory: exact up to 200 different values, and
 * less than 1 % off beyond that.
 */
export class DurationDistribution {
	private total = 0;

	private readonly countsByValue = new Map<number, number>();

	/** Replaces `countsByValue` once there are too many different values. */
	private bucketCounts?: Uint32Array;

	/** Adds one duration. */
	add(durationMs: number) {
		this.total++;
		if (this.bucketCounts) {
			this.bucketCounts[findBucket(durationMs)]++;
			return;
		}
		this.countsByValue.set(durationMs, (this.countsByValue.get(durationMs) ?? 0) + 1);
		if (this.countsByValue.size > MAX_EXACT_VALUES) this.moveToBuckets();
	}

	/** A percentile is the smallest value that this share of all durations does not exceed. */
	getPercentiles(): Percentiles {
		const values = this.getSortedValues();
		const getPercentile = (percent: number) => {
			let remaining = Math.ceil((percent * this.total) / 100);
			const found = values.find(([, count]) => (remaining -= count) <= 0);
			return found ? found[0] / 1000 : null;
		};
		return {
			count: this.total,
			median: getPercentile(50),
			p90: getPercentile(90),
			p95: getPercentile(95),
		};
	}

	private getSortedValues(): Array<[durationMs: number, count: number]> {
		if (!this.bucketCounts) return [...this.countsByValue].sort(([a], [b]) => a - b);
		return Array.from(this.bucketCounts, (count, bucket): [number, number] => [
			getBucketMiddleMs(bucket),
			count,
		]);
	}

	private moveToBuckets() {
		this.bucketCounts = new Uint32Array(BUCKET_COUNT);
		for (const [durationMs, count] of this.countsByValue) {
			this.bucketCounts[findBucket(durationMs)] += count;
		}
		this.countsByValue.clear();
	}
}
