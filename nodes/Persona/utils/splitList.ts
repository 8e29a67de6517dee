/** The entries of a comma-separated list, or of an array of such lists, without empty ones. */
export const splitList = (value: unknown): string[] =>
	[value]
		.flat()
		.flatMap((part) => String(part ?? '').split(','))
		.map((entry) => entry.trim())
		.filter((entry) => entry !== '');
