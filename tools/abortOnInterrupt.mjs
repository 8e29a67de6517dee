const lookAgainMs = 500;

/** A signal that fires when this process is told to stop; the first time, `announce` is called. */
export function interruption(announce = () => {}) {
	const stop = new AbortController();
	const halt = () => {
		if (stop.signal.aborted) return;
		announce();
		stop.abort(new Error('Stopped'));
	};
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, halt);

	// npm passes no signal on: when it is ended, only the parent's number tells.
	const parent = process.ppid;
	if (process.env.npm_lifecycle_event) {
		setInterval(() => process.ppid !== parent && halt(), lookAgainMs).unref();
	}
	return stop.signal;
}
