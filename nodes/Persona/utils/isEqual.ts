/** Whether two values are the same JSON. Objects may have their members in any order. */
export function isEqual(first: unknown, second: unknown): boolean {
	if (first === second) return true;
	if (!hasMembers(first) || !hasMembers(second)) return false;
	const keys = Object.keys(first);
	return (
		keys.length === Object.keys(second).length &&
		keys.every((key) => key in second && isEqual(first[key], second[key]))
	);
}

const hasMembers = (value: unknown): value is Record<string, unknown> =>
	typeof value === 'object' && value !== null;
