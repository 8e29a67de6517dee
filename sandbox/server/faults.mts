/** A misbehaviour on command. */
export interface FaultOptions {
	/** Default any method. */
	method?: string;
	/**
	 * Which paths, without `/api/v1`. A text is the source of a regular expression for the whole path
	 * (`/inquiries` is the collection alone, `/inquiries/.+` what is below it); default any.
	 */
	path?: string | RegExp;
	/** How many requests it hits; default 1. */
	times?: number;
	/**
	 * `status` answers in place of Persona; `reset` cuts the connection before the request is handled,
	 * `resetAfter` when it was; `stall` waits before handling; `truncate` sends half of the answer.
	 */
	kind: 'status' | 'reset' | 'resetAfter' | 'stall' | 'truncate';
	/** For `status`; default 500. */
	status?: number;
	/** For `status`; default an error body of Persona's. */
	body?: unknown;
	/** For `status`. */
	headers?: Record<string, string>;
	/** For `status`: the answer is remembered under the request's Idempotency-Key, as Persona's own 500s are. */
	stored?: boolean;
	/** For `stall`; default until the caller gives up. */
	stallMs?: number;
}

/** The faults that are still to happen, in the order they were asked for. */
export class Faults {
	private waiting: (FaultOptions & { left: number })[] = [];

	add(fault: FaultOptions) {
		this.waiting.push({ ...fault, left: fault.times ?? 1 });
	}

	clear() {
		this.waiting = [];
	}

	get list(): FaultOptions[] {
		return this.waiting;
	}

	/** The first fault that hits this request; it has then happened once more. */
	take(method: string, path: string): FaultOptions | undefined {
		const short = path.replace(/^\/api\/v1/, '');
		const fault = this.waiting.find(
			(each) =>
				(each.method ?? method).toUpperCase() === method &&
				(each.path === undefined || asPattern(each.path).test(short)),
		);
		if (!fault) return undefined;
		fault.left -= 1;
		if (fault.left <= 0) this.waiting = this.waiting.filter((each) => each !== fault);
		return fault;
	}
}

const asPattern = (path: string | RegExp) =>
	typeof path === 'string'
		? new RegExp(`^(?:${path})$`)
		: new RegExp(path.source, path.flags.replace('g', ''));
