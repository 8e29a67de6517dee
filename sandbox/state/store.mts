import { getPage, type Page, type PageCursor } from './page.mts';
import type { Environment } from './settings.mts';
import type { ObjectRef, StoredObject } from './storedObject.mts';

/**
 * Which environment each object belongs to: "every environment has its own data"
 * (https://docs.withpersona.com/environments). What exists from the start belongs to both.
 */
class Environments {
	/** While something is done in an environment, objects of the other one are not found. */
	current?: Environment;
	private owners = new Map<string, Environment>();
	private used = new Set<Environment>();

	/** Assigns a new object to the environment in which something is being done. */
	own(id: string) {
		if (!this.current) return;
		this.owners.set(id, this.current);
		this.used.add(this.current);
	}

	getOwner = (id: string) => this.owners.get(id);

	/** Whether the object is found now. */
	isVisible(id: string): boolean {
		const { current, used } = this;
		const hasOthers = current !== undefined && used.size > (used.has(current) ? 1 : 0);
		return !hasOthers || (this.owners.get(id) ?? current) === current;
	}

	clear() {
		this.owners.clear();
		this.used.clear();
	}
}

/** The objects of one family: `verification/selfie` is of the family `verification`. */
export class Collection {
	private objects: StoredObject[] = [];
	private positions = new Map<string, number>();

	constructor(private readonly environments: Environments) {}

	get size() {
		return this.objects.length;
	}

	add<T extends StoredObject>(object: T): T {
		this.environments.own(object.id);
		this.positions.set(object.id, this.objects.length);
		this.objects.push(object);
		return object;
	}

	get(id: string): StoredObject | undefined {
		const position = this.positions.get(id);
		const isFound = position !== undefined && this.environments.isVisible(id);
		return isFound ? this.objects[position] : undefined;
	}

	/** The objects that match, oldest first; all of them without a condition. */
	findAll(isMatch: (object: StoredObject) => boolean = () => true): StoredObject[] {
		return this.objects.filter(
			(object) => this.environments.isVisible(object.id) && isMatch(object),
		);
	}

	/** A page of the objects that are listed. Throws `UnknownCursorError`. */
	getPage(
		cursor: PageCursor,
		isListed: (object: StoredObject) => boolean = () => true,
	): Page<StoredObject> {
		return getPage(
			this.objects,
			cursor,
			(object) => this.environments.isVisible(object.id) && isListed(object),
			(id) => this.positions.get(id) ?? -1,
		);
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
	private environments = new Environments();

	/** The environment in which something is being done. */
	get environment(): Environment | undefined {
		return this.environments.current;
	}

	/** Does something in an environment: it finds no object of the other one, and new ones belong to it. */
	runIn<T>(environment: Environment | undefined, run: () => T): T {
		const before = this.environments.current;
		this.environments.current = environment;
		try {
			return run();
		} finally {
			this.environments.current = before;
		}
	}

	/** The environment of an object; undefined for what belongs to both. */
	getEnvironmentOf = ({ id }: { id: string }) => this.environments.getOwner(id);

	/** The collection that a type belongs to, which is that of its family. */
	getCollection(type: string): Collection {
		const [family] = type.split('/');
		let collection = this.collections.get(family);
		if (!collection) this.collections.set(family, (collection = new Collection(this.environments)));
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
		this.environments.clear();
	}
}
