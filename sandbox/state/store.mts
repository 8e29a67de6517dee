import { getPage, type Page, type PageCursor } from './page.mts';
import type { ObjectRef, StoredObject } from './storedObject.mts';

/** The objects of one family: `verification/selfie` is of the family `verification`. */
export class Collection {
	private objects: StoredObject[] = [];
	private positions = new Map<string, number>();

	get size() {
		return this.objects.length;
	}

	add<T extends StoredObject>(object: T): T {
		this.positions.set(object.id, this.objects.length);
		this.objects.push(object);
		return object;
	}

	get(id: string): StoredObject | undefined {
		const position = this.positions.get(id);
		return position === undefined ? undefined : this.objects[position];
	}

	/** The objects that match, oldest first; all of them without a condition. */
	findAll(isMatch: (object: StoredObject) => boolean = () => true): StoredObject[] {
		return this.objects.filter(isMatch);
	}

	/** A page of the objects that are listed. Throws `UnknownCursorError`. */
	getPage(cursor: PageCursor, isListed?: (object: StoredObject) => boolean): Page<StoredObject> {
		return getPage(this.objects, cursor, isListed, (id) => this.positions.get(id) ?? -1);
	}

	/** Sorts the objects by `created-at`. Only seeding adds objects in another order. */
	sortByCreation() {
		const getCreatedAt = (object: StoredObject) => String(object.attributes['created-at']);
		this.objects.sort((a, b) => {
			const [left, right] = [getCreatedAt(a), getCreatedAt(b)];
			return left < right ? -1 : left > right ? 1 : 0;
		});
		this.objects.forEach((object, index) => this.positions.set(object.id, index));
	}
}

/** All objects of the sandbox, in memory. */
export class Store {
	private collections = new Map<string, Collection>();

	/** The collection that a type belongs to, which is that of its family. */
	getCollection(type: string): Collection {
		const [family] = type.split('/');
		let collection = this.collections.get(family);
		if (!collection) this.collections.set(family, (collection = new Collection()));
		return collection;
	}

	add<T extends StoredObject>(object: T): T {
		return this.getCollection(object.type).add(object);
	}

	find(ref: ObjectRef): StoredObject | undefined {
		return this.getCollection(ref.type).get(ref.id);
	}

	/** An object of any type. */
	findById(id: string): StoredObject | undefined {
		for (const collection of this.collections.values()) {
			const object = collection.get(id);
			if (object) return object;
		}
		return undefined;
	}

	/** The objects that a relationship points to. */
	getRelated(object: StoredObject, name: string): StoredObject[] {
		const data = object.relationships?.[name]?.data ?? [];
		const refs = Array.isArray(data) ? data : [data];
		return refs.flatMap((ref) => this.find(ref) ?? []);
	}

	/** The number of objects in each family. */
	countByFamily(): Record<string, number> {
		return Object.fromEntries([...this.collections].map(([family, { size }]) => [family, size]));
	}

	clear() {
		this.collections.clear();
	}
}
