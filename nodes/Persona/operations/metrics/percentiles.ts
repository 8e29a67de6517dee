/** Different values that are kept as they are; a few inquiries are often checked by hand. */
const MAX_EXACT_VALUES = 200;

/** Each bucket ends this many times where it begins, so its middle is off by 0.87 % at most. */
const BUCKET_GROWTH = 1.0175;

/** Buckets from 1 ms to 100 years, after one for what takes no time at all. */
const BUCKET_COUNT = 1_662;

const LOG_GROWTH = Math.log(BUCKET_GROWTH);

const findBucket = (milliseconds: number) =>
	milliseconds < 1
		? 0
		: Math.min(1 + Math.floor(Math.log(milliseconds) / LOG_GROWTH), BUCKET_COUNT - 1);

/** The middle of a bucket in milliseconds, in four digits, which add 0.05 % to its error. */
const getBucketMiddleMs = (bucket: number) =>
	bucket === 0 ? 0 : Number(((BUCKET_GROWTH ** bucket * 2) / (1 + BUCKET_GROWTH)).toPrecision(4));

/** The median and two percentiles in seconds, null when nothing was measured. */
export interface Percentiles {
	count: number;
	median: number | null;
	p90: number | null;
	p95: number | null;
}

/**
 * Percentiles of any number of durations in bounded memory: exact while there are up to 200
 * different ones, and less than 1 % off beyond that.
 */
export class DurationDistribution {
	private total = 0;

	private readonly countsByValue = new Map<number, number>();

	private buckets?: Uint32Array;

	/** Adds a duration in milliseconds. */
	add(milliseconds: number) {
		this.total++;
		if (this.buckets) {
			this.buckets[findBucket(milliseconds)]++;
			return;
		}
		this.countsByValue.set(milliseconds, (this.countsByValue.get(milliseconds) ?? 0) + 1);
		if (this.countsByValue.size > MAX_EXACT_VALUES) this.moveToBuckets();
	}

	/** What was added so far: each percentile is the least value that so many of them do not exceed. */
	getPercentiles(): Percentiles {
		const getSortedValues = this.values();
		const at = (percent: number) => {
			let left = Math.ceil((percent * this.total) / 100);
			const found = getSortedValues.find(([, times]) => (left -= times) <= 0);
			return found ? found[0] / 1000 : null;
		};
		return { count: this.total, median: at(50), p90: at(90), p95: at(95) };
	}

	/** Each value with how often it came, the least one first. */
	private values(): Array<[value: number, times: number]> {
		if (!this.buckets) return [...this.countsByValue].sort(([one], [other]) => one - other);
		return Array.from(this.buckets, (times, bucket): [number, number] => [
			getBucketMiddleMs(bucket),
			times,
		]);
	}

	private moveToBuckets() {
		this.buckets = new Uint32Array(BUCKET_COUNT);
		for (const [value, times] of this.countsByValue) this.buckets[findBucket(value)] += times;
		this.countsByValue.clear();
	}
}
