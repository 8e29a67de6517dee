/** Counts what happens, for the report at the end. */
export class Figures {
	readonly counts: Record<string, number> = {};

	count(what: string, times = 1) {
		this.counts[what] = (this.counts[what] ?? 0) + times;
	}
}
