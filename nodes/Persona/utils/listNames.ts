const MAX_NAMES = 10;

/** Up to ten names, none of them long. */
export function listNames(names: Iterable<string>): string {
	const all = [...names].map((name) => (name.length > 40 ? `${name.slice(0, 40)}…` : name));
	const others = all.length - MAX_NAMES;
	return all.slice(0, MAX_NAMES).join(', ') + (others > 0 ? ` and ${others} more` : '');
}
