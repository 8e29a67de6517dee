/** The tests that import a workflow of the library begin with this word. */
const IMPORT = 'imports ';

const compareVersions = (one, other) => one.localeCompare(other, 'en', { numeric: true });

/** "all 12", or "11 of 12, not: sends and returns files". */
function formatOutcomes(outcomes) {
	const failed = outcomes.filter(([, isPassed]) => !isPassed).map(([title]) => title);
	const { length } = outcomes;
	if (failed.length === 0) return `all ${length}`;
	return `${length - failed.length} of ${length}, not: ${failed.join(', ')}`;
}

/**
 * The table of the versions of n8n that the package was tested with, oldest first, from what `npm run
 * test:versions` has recorded (`n8nVersions.json`).
 */
exports.formatVersions = (record) => {
	const rows = Object.keys(record)
		.sort(compareVersions)
		.map((version) => {
			const outcomes = Object.entries(record[version]);
			const isImport = ([title]) => title.startsWith(IMPORT);
			const imports = outcomes
				.filter(isImport)
				.map(([title, isPassed]) => [title.slice(IMPORT.length), isPassed]);
			const checks = outcomes.filter((outcome) => !isImport(outcome));
			return [version, formatOutcomes(checks), formatOutcomes(imports)];
		});
	const table = [['n8n', 'Checks passed', 'Workflows imported'], ...rows];
	const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
	const lines = [table[0], widths.map((width) => '-'.repeat(width)), ...rows].map(
		(row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`,
	);
	return lines.join('\n');
};
