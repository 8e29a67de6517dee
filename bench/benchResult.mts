/** What was measured, beside what it is measured against. */
export interface Finding {
	what: string;
	unit: 'ms' | 's' | '/s' | 'KB' | 'lines';
	ours: number;
	/** What a user would use instead, or what cannot be beaten. */
	theirs?: { name: string; value: number };
	/** A limit for the ratio where there are two sides, else for our own value. */
	bar: { atMost: number } | { atLeast: number };
	/** What makes the bar fail whatever the numbers say, such as a lost item. */
	flaws?: string[];
	/** What else is worth knowing. */
	notes?: string[];
	/** Where it goes, told when the bar does not hold. */
	spent?: string;
}

/** Ours against theirs; undefined where there is one side only. */
export const ratioOf = ({ ours, theirs }: Finding) => theirs && ours / theirs.value;

/** Whether a bar is met. */
export function holds(finding: Finding): boolean {
	const { bar, ours, flaws = [] } = finding;
	const value = ratioOf(finding) ?? ours;
	return flaws.length === 0 && ('atMost' in bar ? value <= bar.atMost : value >= bar.atLeast);
}

/** The middle value; the mean of the two middle ones when their number is even. */
export function median(values: number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = (sorted.length - 1) / 2;
	return (sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2;
}

/** A count as a person reads it: "1,000". */
export const counted = (count: number) => count.toLocaleString('en-US');
