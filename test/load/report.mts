/** Counts how often each value occurs, such as `{ '200': 90, '401': 10 }`. */
export function countValues(values: unknown[]): Record<string, number> {
	const counts: Record<string, number> = {};
	for (const value of values) counts[String(value)] = (counts[String(value)] ?? 0) + 1;
	return counts;
}

/** Prints figures as a small table under a title, with counts by value in one line. */
export function printFigures(
	title: string,
	figures: Record<string, number | string | Record<string, number>>,
) {
	const width = Math.max(...Object.keys(figures).map(({ length }) => length));
	const formatFigure = (value: number | string | Record<string, number>) =>
		typeof value === 'object'
			? Object.entries(value)
					.map(([of, count]) => `${of}: ${count}`)
					.join(', ') || 'none'
			: String(value);
	const lines = Object.entries(figures).map(
		([name, value]) => `  ${name.padEnd(width)}  ${formatFigure(value)}`,
	);
	process.stdout.write(`\n${title}\n${lines.join('\n')}\n\n`);
}
