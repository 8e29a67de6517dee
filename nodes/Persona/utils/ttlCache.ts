/** A map of bounded size that forgets what was written longest ago. */
export class TtlCache<Value> {
	private readonly entries = new Map<string, { value: Value; until: number }>();

	/** `lifetime` is in milliseconds. */
	constructor(
		private readonly size: number,
		private readonly lifetime: number = Infinity,
	) {}

	get(key: string): Value | undefined {
		const entry = this.entries.get(key);
		return entry && entry.until > Date.now() ? entry.value : undefined;
	}

	set(key: string, value: Value) {
		this.entries.delete(key);
		this.entries.set(key, { value, until: Date.now() + this.lifetime });
		const [oldest] = this.entries.keys();
		if (this.entries.size > this.size) this.entries.delete(oldest);
	}

	delete(key: string) {
		this.entries.delete(key);
	}
}
