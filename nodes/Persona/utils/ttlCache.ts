/**
 * A map of limited size that drops the entry written longest ago. It forgets an entry older than its TTL,
 * and frees what it holds as soon as anything is written after that.
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
		for (const [oldestKey, { expiresAt }] of this.entries) {
			if (expiresAt > Date.now() && this.entries.size <= this.maxEntries) break;
			this.entries.delete(oldestKey);
		}
	}

	delete(key: string) {
		this.entries.delete(key);
	}
}
