/** The slope of the line that fits these points best, by least squares. */
export function getSlope(points: { x: number; y: number }[]): number {
	const getMean = (values: number[]) => values.reduce((sum, one) => sum + one, 0) / values.length;
	const meanX = getMean(points.map(({ x }) => x));
	const meanY = getMean(points.map(({ y }) => y));
	const sum = (of: (point: { x: number; y: number }) => number) =>
		points.reduce((total, point) => total + of(point), 0);
	const spread = sum(({ x }) => (x - meanX) ** 2);
	return spread === 0 ? 0 : sum(({ x, y }) => (x - meanX) * (y - meanY)) / spread;
}

/** The middle one of these values, or the mean of the two in the middle. */
export function getMedian(values: number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	const half = sorted.length / 2;
	return (sorted[Math.ceil(half) - 1] + sorted[Math.floor(half)]) / 2;
}

/** How much higher the median of the later half of these values is than that of the earlier half. */
export function getMedianGrowth(values: number[]): number {
	const half = Math.floor(values.length / 2);
	return getMedian(values.slice(-half)) - getMedian(values.slice(0, half));
}
