/** A measured value, with the baseline it is compared to. */
export interface BenchResult {
	title: string;
	unit: 'ms' | 's' | '/s' | 'KB' | 'MB' | 'lines';
	packageValue: number;
	/** What a user would use instead, or what cannot be faster. */
	baseline?: { name: string; value: number };
	/** A limit for the ratio to the baseline, or for the value where there is no baseline. */
	bar: { atMost: number } | { atLeast: number };
	/** What fails the bar whatever the numbers are, such as a lost item. */
	defects?: string[];
	/** Further remarks. */
	notes?: string[];
	/** Where the time goes, printed when the bar is not met. */
	breakdown?: string;
}

/** The package's value divided by the baseline. Undefined without a baseline. */
export const getRatio = ({ packageValue, baseline }: BenchResult) =>
	baseline && packageValue / baseline.value;

/** Whether a result meets its bar. */
export function meetsBar(result: BenchResult): boolean {
	const { bar, packageValue, defects = [] } = result;
	const value = getRatio(result) ?? packageValue;
	return defects.length === 0 && ('atMost' in bar ? value <= bar.atMost : value >= bar.atLeast);
}

/** Calculates the median: the mean of the two middle values when their number is even. */
export function calculateMedian(values: number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = (sorted.length - 1) / 2;
	return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
}

/** Formats a count: "1,000". */
export const formatCount = (count: number) => count.toLocaleString('en-US');
