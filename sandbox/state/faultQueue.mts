/** A fault that the sandbox injects on command. */
export interface FaultOptions {
	/** Default any method. */
	method?: string;
	/**
	 * Which paths, without `/api/v1`. A text is the source of a regular expression for the whole path
	 * (`/inquiries` is the collection alone, `/inquiries/.+` is everything below it). Default any.
	 */
	path?: string | RegExp;
	/** How many requests are affected; default 1. */
	times?: number;
	/**
	 * `status` responds in place of Persona. `reset` cuts the connection before the request is handled,
	 * `resetAfter` when it has been handled. `stall` waits before handling. `truncate` sends half of the
	 * response.
	 */
	kind: 'status' | 'reset' | 'resetAfter' | 'stall' | 'truncate';
	/** For `status`; default 500. */
	status?: number;
	/** For `status`; default an error body as Persona writes it. */
	body?: unknown;
	/** For `status`. */
	headers?: Record<string, string>;
	/** For `status`: stores the response under the Idempotency-Key, as Persona does with its own 500s. */
	stored?: boolean;
	/** For `stall`; default until the caller gives up. */
	stallMs?: number;
}

/** The faults still to be injected, first in, first out. */
export class FaultQueue {
	private pending: (FaultOptions & { left: number })[] = [];

	add(fault: FaultOptions) {
		this.pending.push({ ...fault, left: fault.times ?? 1 });
	}

	clear() {
		this.pending = [];
	}

	get list(): FaultOptions[] {
		return this.pending;
	}

	/** Takes the first fault that applies to this request, counting it as injected once. */
	take(method: string, path: string): FaultOptions | undefined {
		const apiPath = path.replace(/^\/api\/v1/, '');
		const fault = this.pending.find(
			(each) =>
				(each.method ?? method).toUpperCase() === method &&
				(each.path === undefined || toPathPattern(each.path).test(apiPath)),
		);
		if (!fault) return undefined;
		fault.left -= 1;
		if (fault.left <= 0) this.pending = this.pending.filter((each) => each !== fault);
		return fault;
	}
}

const toPathPattern = (path: string | RegExp) =>
	typeof path === 'string'
		? new RegExp(`^(?:${path})$`)
		: new RegExp(path.source, path.flags.replace('g', ''));
