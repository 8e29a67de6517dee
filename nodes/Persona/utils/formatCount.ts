/** Formats a count with its noun, e.g. `1 item` or `2 items`. */
export const formatCount = (count: number, singular: string, plural: string) =>
	`${count} ${count === 1 ? singular : plural}`;
