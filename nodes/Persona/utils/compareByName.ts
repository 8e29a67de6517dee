/** Sorts by name as n8n's linter requires; `localeCompare` would slow down loading. */
export const compareByName = (a: { name: string }, b: { name: string }) =>
	a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1;
