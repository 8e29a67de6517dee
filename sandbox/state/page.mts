/** Selects a page of a list; `after` and `before` are IDs. */
export interface PageCursor {
	after?: string;
	before?: string;
	size: number;
}

/** A page of a list, newest first. */
export interface Page<T> {
	items: T[];
	hasOlder: boolean;
	hasNewer: boolean;
}

/** A cursor names an object that is not in the list. */
export class UnknownCursorError extends Error {}

/** The page that the cursor selects. `items` are oldest first. Throws `UnknownCursorError`. */
export function getPage<T extends { id: string }>(
	items: T[],
	cursor: PageCursor,
	isListed: (item: T) => boolean = () => true,
	findPosition = (id: string) => items.findIndex((item) => item.id === id),
): Page<T> {
	const requirePosition = (id: string) => {
		const position = findPosition(id);
		if (position < 0) throw new UnknownCursorError(id);
		return position;
	};
	const collect = (from: number, step: 1 | -1, count: number) => {
		const found: T[] = [];
		for (let at = from; at >= 0 && at < items.length && found.length < count; at += step) {
			if (isListed(items[at])) found.push(items[at]);
		}
		return found;
	};
	if (cursor.before !== undefined) {
		const from = requirePosition(cursor.before);
		const found = collect(from + 1, 1, cursor.size + 1);
		return {
			items: found.slice(0, cursor.size).reverse(),
			hasOlder: collect(from, -1, 1).length > 0,
			hasNewer: found.length > cursor.size,
		};
	}
	const from = cursor.after === undefined ? items.length : requirePosition(cursor.after);
	const found = collect(from - 1, -1, cursor.size + 1);
	return {
		items: found.slice(0, cursor.size),
		hasOlder: found.length > cursor.size,
		hasNewer: cursor.after !== undefined && collect(from, 1, 1).length > 0,
	};
}
