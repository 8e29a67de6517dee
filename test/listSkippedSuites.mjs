/** One line for each suite of which tests were skipped, from jest's results as JSON. */
export function listSkippedSuites({ testResults }) {
	const counts = new Map();
	for (const { ancestorTitles, status, title } of testResults.flatMap(
		({ assertionResults }) => assertionResults,
	)) {
		if (status === 'passed' || status === 'failed') continue;
		const [suite = title] = ancestorTitles;
		counts.set(suite, (counts.get(suite) ?? 0) + 1);
	}
	return [...counts].map(
		([suite, count]) => `Skipped: ${suite}, ${count} ${count === 1 ? 'test' : 'tests'}`,
	);
}
