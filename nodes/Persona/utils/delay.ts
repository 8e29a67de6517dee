import { sleep } from 'n8n-workflow';
import { listenForAbort } from './listenForAbort';

/** Longest single timer: n8n's `sleep` cannot be ended, and what is stopped must not leave a long one behind. */
const MAX_TIMER_MS = 1_000;

/** Resolves after this many milliseconds, or as soon as the signal is aborted. Never rejects. */
export async function delay(milliseconds: number, signal?: AbortSignal): Promise<void> {
	if (signal?.aborted || milliseconds <= 0) return;
	let resolveAborted = () => {};
	const aborted = new Promise<void>((resolve) => (resolveAborted = resolve));
	const stopListening = listenForAbort(signal, resolveAborted);
	for (let leftMs = milliseconds; leftMs > 0 && !signal?.aborted; leftMs -= MAX_TIMER_MS) {
		await Promise.race([sleep(Math.min(leftMs, MAX_TIMER_MS)), aborted]);
	}
	stopListening();
}
