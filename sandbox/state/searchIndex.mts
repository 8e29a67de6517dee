import type { StoredObject } from './storedObject.mts';

/** The types that can be searched. */
const SEARCHABLE_TYPES = ['account', 'case', 'inquiry', 'webhook-event'];

/** An object as it was after a change, which searches find once it is old enough. */
interface Version {
	/** Milliseconds since 1970. */
	changedAt: number;
	object: StoredObject;
}

/**
 * What searches know, which lags behind: "Under normal operating conditions, data is searchable within
 * approximately 1 minute of creation or modification" (description of POST /inquiries/search). What was
 * there before its first recorded change, as seeded objects are, is found at once.
 */
export class SearchIndex {
	/** Newest first, by the ID of the object. */
	private versions = new Map<string, Version[]>();

	constructor(private readonly lagSeconds: number) {}

	/** Records the state of an object after a change. `copy` is called only where it is needed. */
	record({ type, id }: StoredObject, copy: () => StoredObject, now = Date.now()) {
		if (this.lagSeconds === 0 || !SEARCHABLE_TYPES.includes(type)) return;
		const known = this.versions.get(id) ?? [];
		const due = known.findIndex((version) => this.isDue(version, now));
		const kept = due < 0 ? known : known.slice(0, due + 1);
		this.versions.set(id, [{ changedAt: now, object: copy() }, ...kept]);
	}

	/** Records the state of an object before its first change. */
	recordBefore(object: StoredObject, copy: () => StoredObject) {
		if (!this.versions.has(object.id)) this.record(object, copy, -Infinity);
	}

	/** The object as a search sees it; undefined where it does not see it yet. */
	find(object: StoredObject, now = Date.now()): StoredObject | undefined {
		const known = this.versions.get(object.id);
		if (!known) return object;
		const due = known.find((version) => this.isDue(version, now));
		if (due) return due.object;
		const createdAt = Date.parse(String(object.attributes['created-at']));
		return createdAt + this.lagSeconds * 1000 > now ? undefined : object;
	}

	clear() {
		this.versions.clear();
	}

	private isDue({ changedAt }: Version, now: number) {
		return changedAt + this.lagSeconds * 1000 <= now;
	}
}
