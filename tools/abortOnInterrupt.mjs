const pollIntervalMs = 500;

/** Returns a signal that aborts when this process is asked to stop. Calls `onInterrupt` once. */
export function abortOnInterrupt(onInterrupt = () => {}) {
	const controller = new AbortController();
	const abort = () => {
		if (controller.signal.aborted) return;
		onInterrupt();
		controller.abort(new Error('Stopped'));
	};
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, abort);

	// npm passes no signal on. When npm is killed, only the parent process ID changes.
	const parent = process.ppid;
	if (process.env.npm_lifecycle_event) {
		setInterval(() => process.ppid !== parent && abort(), pollIntervalMs).unref();
	}
	return controller.signal;
}
