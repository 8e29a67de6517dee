import { DurationDistribution } from '../../../nodes/Persona/operations/metrics/percentiles.ts';
import { computePercentile } from './expectedMetrics.mts';

describe('duration percentiles', () => {
	const measure = (values: number[]) => {
		const distribution = new DurationDistribution();
		for (const value of values) distribution.add(value);
		return distribution.getPercentiles();
	};

	it('are exact for up to 200 different values, however often each occurs', () => {
		const values = Array.from({ length: 5000 }, (_, index) => 1000 + ((index * 7919) % 200) * 37);
		expect(measure(values)).toEqual({
			count: 5000,
			median: computePercentile(values, 50),
			p90: computePercentile(values, 90),
			p95: computePercentile(values, 95),
		});
	});

	it('are less than 1 % off for more values, from a millisecond to ten years', () => {
		for (const maximum of [1e3, 1e6, 3e11]) {
			const values = Array.from({ length: 3000 }, (_, index) =>
				Math.round(maximum ** (((index * 7919) % 3000) / 3000)),
			);
			const { median, p90, p95 } = measure(values);
			const deviations = [
				[median, 50],
				[p90, 90],
				[p95, 95],
			].map(([actual, percent]) => {
				const expected = computePercentile(values, percent as number) as number;
				return Math.abs((actual as number) - expected) / expected;
			});
			expect(Math.max(...deviations)).toBeLessThan(0.01);
		}
	});

	it('are null without durations', () => {
		expect(measure([])).toEqual({ count: 0, median: null, p90: null, p95: null });
	});
});
