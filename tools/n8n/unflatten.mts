/**
 * Parses the format of the library "flatted", in which n8n stores executions: a list whose first entry
 * is the value. Every string inside an object or array is the index of that member in the list.
 */
export function unflatten(text: string): unknown {
	const entries: unknown[] = JSON.parse(text);
	const resolved = new Map<number, unknown>();

	const resolve = (index: number): unknown => {
		const entry = entries[index];
		if (entry === null || typeof entry !== 'object') return entry;
		if (resolved.has(index)) return resolved.get(index);
		const value: unknown[] | Record<string, unknown> = Array.isArray(entry) ? [] : {};
		// Before its members are read, since they may refer back to it.
		resolved.set(index, value);
		for (const [key, member] of Object.entries(entry)) {
			Object.assign(value, {
				[key]: typeof member === 'string' ? resolve(Number(member)) : member,
			});
		}
		return value;
	};
	return resolve(0);
}
