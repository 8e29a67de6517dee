import { sleep } from 'n8n-workflow';

/** Resolves after this many milliseconds, or as soon as the signal is aborted. Never rejects. */
export async function delay(milliseconds: number, signal?: AbortSignal): Promise<void> {
	if (signal?.aborted || milliseconds <= 0) return;
	let resolveAborted = () => {};
	const aborted = new Promise<void>((resolve) => (resolveAborted = resolve));
	signal?.addEventListener('abort', resolveAborted, { once: true });
	await Promise.race([sleep(milliseconds), aborted]);
	signal?.removeEventListener('abort', resolveAborted);
}
