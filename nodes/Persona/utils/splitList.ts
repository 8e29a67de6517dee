/**
 * Splits a comma-separated list, or an array of such lists, into its entries, without empty ones.
 */
export const splitList = (value: unknown): string[] =>
	[value]
		.flat()
		.flatMap((part) => String(part ?? '').split(','))
		.map((entry) => entry.trim())
		.filter((entry) => entry !== '');
