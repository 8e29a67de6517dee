/** Sorts by name as n8n's lint demands; `localeCompare` takes a while to set up at load time. */
export const compareByName = (a: { name: string }, b: { name: string }) =>
	a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1;
