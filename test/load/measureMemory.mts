import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { waitFor } from '../../tools/n8n/n8nClient.mts';

const FILE = join(tmpdir(), `persona-heap-${process.pid}`);

/** The environment of an n8n whose memory is measured. */
export const MEMORY_PROBE_ENV = {
	HEAP_FILE: FILE,
	NODE_OPTIONS: `--require=${JSON.stringify(resolve('test/load/heap.cjs'))}`,
};

/** Measures how many megabytes a process of n8n holds after a garbage collection. */
export async function measureMemory(pid: number | undefined): Promise<number> {
	if (pid === undefined) throw new Error('There is no such process');
	await rm(FILE, { force: true });
	process.kill(pid, 'SIGUSR2');
	const bytes = await waitFor(
		'the memory is measured',
		async () => Number(await readFile(FILE, 'utf8').catch(() => '')) || undefined,
	);
	await rm(FILE, { force: true });
	return bytes / 2 ** 20;
}
