/**
 * Reads what the library "flatted" has written: a list whose first entry is the value and in which
 * every text inside an object or array is the place of that member in the list.
 */
export function unflatten(text: string): unknown {
	const entries: unknown[] = JSON.parse(text);
	const done = new Map<number, unknown>();

	const at = (place: number): unknown => {
		const entry = entries[place];
		if (entry === null || typeof entry !== 'object') return entry;
		if (done.has(place)) return done.get(place);
		const value: unknown[] | Record<string, unknown> = Array.isArray(entry) ? [] : {};
		// Known before its members are read: they may point back to it.
		done.set(place, value);
		for (const [key, member] of Object.entries(entry)) {
			Object.assign(value, { [key]: typeof member === 'string' ? at(Number(member)) : member });
		}
		return value;
	};
	return at(0);
}
