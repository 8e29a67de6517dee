/**
 * A map of limited size that drops the entry written longest ago, and any entry older than its TTL.
 */
export class TtlCache<Value> {
	private readonly entries = new Map<string, { value: Value; expiresAt: number }>();

	constructor(
		private readonly maxEntries: number,
		private readonly ttlMs: number = Infinity,
	) {}

	get(key: string): Value | undefined {
		const entry = this.entries.get(key);
		return entry && entry.expiresAt > Date.now() ? entry.value : undefined;
	}

	/** Writes an entry, if need be with a TTL of its own, in milliseconds. */
	set(key: string, value: Value, ttlMs = this.ttlMs) {
		this.entries.delete(key);
		this.entries.set(key, { value, expiresAt: Date.now() + ttlMs });
		const [oldestKey] = this.entries.keys();
		if (this.entries.size > this.maxEntries) this.entries.delete(oldestKey);
	}

	delete(key: string) {
		this.entries.delete(key);
	}
}
