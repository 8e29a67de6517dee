/** The functions to call when a signal is aborted. */
const listenersBySignal = new WeakMap<AbortSignal, Set<() => void>>();

/**
 * Calls a function when a signal is aborted, until the returned function is called. All of them share
 * one listener on the signal, since a run may wait for hundreds of things at once and a workflow may
 * have hundreds of runs, while Node warns of a leak from the eleventh listener on.
 */
export function listenForAbort(signal: AbortSignal | undefined, listener: () => void): () => void {
	if (!signal) return () => {};
	let listeners = listenersBySignal.get(signal);
	if (!listeners) {
		const created = new Set<() => void>();
		signal.addEventListener('abort', () => created.forEach((call) => call()), { once: true });
		listenersBySignal.set(signal, created);
		listeners = created;
	}
	listeners.add(listener);
	return () => listeners.delete(listener);
}
