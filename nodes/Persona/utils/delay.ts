import { sleep } from 'n8n-workflow';
import { listenForAbort } from './listenForAbort';

/** Resolves after this many milliseconds, or as soon as the signal is aborted. Never rejects. */
export async function delay(milliseconds: number, signal?: AbortSignal): Promise<void> {
	if (signal?.aborted || milliseconds <= 0) return;
	let resolveAborted = () => {};
	const aborted = new Promise<void>((resolve) => (resolveAborted = resolve));
	const stopListening = listenForAbort(signal, resolveAborted);
	await Promise.race([sleep(milliseconds), aborted]);
	stopListening();
}
