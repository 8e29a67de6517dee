/** Points to another object, as JSON:API writes it. */
export interface Ref {
	type: string;
	id: string;
}

/** Whatever JSON can hold. */
export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** Members of a JSON object; `undefined` members are left out when it is written. */
export type JsonObject = { [key: string]: Json };

/** A Persona object in memory: its names are kebab-case and files are `fileLink`s. */
export interface StoredObject extends Ref {
	attributes: JsonObject;
	relationships?: Record<string, { data: Ref | Ref[] | null }>;
}

/** Which part of a list is wanted; `after` and `before` are IDs. */
export interface Cursor {
	after?: string;
	before?: string;
	size: number;
}

/** A part of a list, newest first, and whether there is more on either side. */
export interface Slice<T> {
	items: T[];
	older: boolean;
	newer: boolean;
}

/** Thrown when a cursor names an object that is not in the list. */
export class UnknownCursor extends Error {}

/** A reference to the thing. */
export const refTo = ({ type, id }: Ref): Ref => ({ type, id });

/** The part of an ordered list, oldest first, that the cursor asks for. */
export function slice<T extends { id: string }>(
	items: T[],
	cursor: Cursor,
	keep: (item: T) => boolean = () => true,
	positionOf = (id: string) => items.findIndex((item) => item.id === id),
): Slice<T> {
	const position = (id: string) => {
		const at = positionOf(id);
		if (at < 0) throw new UnknownCursor(id);
		return at;
	};
	const walk = (from: number, step: 1 | -1, wanted: number) => {
		const found: T[] = [];
		for (let at = from; at >= 0 && at < items.length && found.length < wanted; at += step) {
			if (keep(items[at])) found.push(items[at]);
		}
		return found;
	};
	if (cursor.before !== undefined) {
		const from = position(cursor.before);
		const found = walk(from + 1, 1, cursor.size + 1);
		const older = walk(from, -1, 1).length > 0;
		return {
			items: found.slice(0, cursor.size).reverse(),
			older,
			newer: found.length > cursor.size,
		};
	}
	const from = cursor.after === undefined ? items.length : position(cursor.after);
	const found = walk(from - 1, -1, cursor.size + 1);
	const newer = cursor.after !== undefined && walk(from, 1, 1).length > 0;
	return { items: found.slice(0, cursor.size), older: found.length > cursor.size, newer };
}

/** The objects of one family (`verification/selfie` is of the family `verification`). */
export class Collection {
	private things: StoredObject[] = [];
	private positions = new Map<string, number>();

	get size() {
		return this.things.length;
	}

	add<T extends StoredObject>(thing: T): T {
		this.positions.set(thing.id, this.things.length);
		this.things.push(thing);
		return thing;
	}

	get(id: string): StoredObject | undefined {
		const at = this.positions.get(id);
		return at === undefined ? undefined : this.things[at];
	}

	/** All objects that pass, oldest first. */
	findAll(keep: (thing: StoredObject) => boolean = () => true): StoredObject[] {
		return this.things.filter(keep);
	}

	slice(cursor: Cursor, keep?: (thing: StoredObject) => boolean): Slice<StoredObject> {
		return slice(this.things, cursor, keep, (id) => this.positions.get(id) ?? -1);
	}

	/** Puts the objects into the order of their `created-at`, which only seeding can disturb. */
	sortByCreation() {
		const at = (thing: StoredObject) => String(thing.attributes['created-at']);
		this.things.sort((a, b) => (at(a) < at(b) ? -1 : at(a) > at(b) ? 1 : 0));
		this.things.forEach((thing, index) => this.positions.set(thing.id, index));
	}
}

/** Everything the sandbox knows, in memory. */
export class Store {
	private collections = new Map<string, Collection>();

	/** The objects of a type or of its family. */
	getCollection(type: string): Collection {
		const [family] = type.split('/');
		let collection = this.collections.get(family);
		if (!collection) this.collections.set(family, (collection = new Collection()));
		return collection;
	}

	add<T extends StoredObject>(thing: T): T {
		return this.getCollection(thing.type).add(thing);
	}

	find(ref: Ref): StoredObject | undefined {
		return this.getCollection(ref.type).get(ref.id);
	}

	/** An object of whatever type by its ID. */
	findById(id: string): StoredObject | undefined {
		for (const collection of this.collections.values()) {
			const thing = collection.get(id);
			if (thing) return thing;
		}
		return undefined;
	}

	/** The objects that a relationship of the thing points to. */
	getRelated(thing: StoredObject, name: string): StoredObject[] {
		const data = thing.relationships?.[name]?.data ?? [];
		const refs = Array.isArray(data) ? data : [data];
		return refs.flatMap((ref) => this.find(ref) ?? []);
	}

	/** How many objects there are, by family. */
	countByFamily(): Record<string, number> {
		return Object.fromEntries([...this.collections].map(([family, { size }]) => [family, size]));
	}

	clear() {
		this.collections.clear();
	}
}
