/** `2026-11` to "November 2026". */
const formatMonth = (month) =>
	new Date(`${month}-15`).toLocaleString('en', { month: 'long', timeZone: 'UTC', year: 'numeric' });

/**
 * The sentence that says how many of Persona's operations the nodes have, from the table and from what
 * the contract tests have counted (`coverage.json`).
 */
exports.formatCoverage = ({ resources }, { date, published, reached }) => {
	const rows = resources.flatMap(({ operations }) => Object.keys(operations)).length;
	return `The ${rows} operations of the two action nodes cover ${reached} of the ${published} operations that Persona publishes (${formatMonth(date)}).`;
};
