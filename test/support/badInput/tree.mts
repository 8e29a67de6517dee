import { inspect, isDeepStrictEqual } from 'node:util';

/** A value on one short line. */
export function formatShort(value: unknown) {
	const text = inspect(value, { breakLength: Infinity, depth: 3, maxArrayLength: 4 });
	return text.length > 70 ? `${text.slice(0, 70)}…` : text;
}

/** The value at a place of a tree. */
export const getAt = (tree: unknown, place: string[]): unknown =>
	place.reduce<unknown>(
		(value, name) =>
			typeof value === 'object' && value !== null && Object.hasOwn(value, name)
				? (value as Record<string, unknown>)[name]
				: undefined,
		tree,
	);

/** A tree without the values at these places, and without the objects that become empty. */
export function removeAt(tree: unknown, places: string[][]): unknown {
	if (places.some((place) => place.length === 0)) return undefined;
	if (typeof tree !== 'object' || tree === null) return tree;
	const below = (name: string) =>
		places.filter((place) => place[0] === name).map((place) => place.slice(1));
	if (Array.isArray(tree)) return tree.map((member, index) => removeAt(member, below(`${index}`)));
	const members = Object.entries(tree)
		.map(([name, member]) => [name, removeAt(member, below(name))] as const)
		.filter(([, member]) => member !== undefined);
	return members.length > 0 ? Object.fromEntries(members) : undefined;
}

/** The first place at which two trees differ, with both values. */
export function describeDifference(actual: unknown, expected: unknown, path = ''): string {
	const names = [actual, expected].flatMap((tree) =>
		Object(tree) === tree ? Object.keys(tree as object) : [],
	);
	for (const name of new Set(names)) {
		const [one, other] = [actual, expected].map((tree) => getAt(tree, [name]));
		if (!isDeepStrictEqual(one, other)) return describeDifference(one, other, `${path}.${name}`);
	}
	return `${path} is ${formatShort(actual)} instead of ${formatShort(expected)}`;
}
