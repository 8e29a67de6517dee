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
	 * `status` is Persona's response in place of the request's own: it has Persona's headers, counts
	 * against the limits and is stored under the Idempotency-Key, except for 401 and 429.
	 * `statusAfter` is the same, once the request has been handled.
	 * `staleObject` is Persona's 409 for an object that was just changed, `quota` its 429 for a used-up
	 * quota.
	 * `proxy` is the response of something in front of Persona, by default a page of HTML: Persona never
	 * sees the request.
	 * `reset` cuts the connection before the request is handled, `resetAfter` when it has been handled.
	 * `stall` waits before handling. `truncate` sends half of the response.
	 */
	kind:
		| 'status'
		| 'statusAfter'
		| 'staleObject'
		| 'quota'
		| 'proxy'
		| 'reset'
		| 'resetAfter'
		| 'stall'
		| 'truncate';
	/** For `status`, `statusAfter` (default 500) and `proxy` (default 502). */
	status?: number;
	/** For the same kinds; default an error body as Persona writes it, or the page of a proxy. */
	body?: unknown;
	/** For every kind with a response; they replace Persona's own. */
	headers?: Record<string, string>;
	/**
	 * For every kind with a response: the header Retry-After, in seconds, or as an HTTP date where this
	 * is the text of a point in time.
	 */
	retryAfter?: number | string;
	/** For `quota`: the seconds until it resets; default 1. */
	resetSeconds?: number;
	/** How long `stall` waits, default until the caller gives up; another kind waits as long first. */
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
