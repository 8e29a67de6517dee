import { readFile, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { tmpdir } from 'node:os';
import { waitFor } from '../../../tools/n8n/n8nClient.mts';
import type { N8n } from '../../../tools/n8n/startN8n.mts';

/** What a process of n8n holds when all that can be freed is freed. Sizes are in bytes. */
export interface Sample {
	heapUsed: number;
	external: number;
	rss: number;
	/** Timers that the package has started and that are still to come. */
	timers: number;
	/** What keeps the process alive, by kind. */
	resources: Record<string, number>;
	/** What the variables of the package's modules hold, by file and name. */
	variables: Record<string, { members: number; bytes: number }>;
	/** Clients of Persona's API that are alive, each with its rate limiter. */
	clients: number;
}

/** The environment of an n8n of which samples are taken, with a name that only this n8n has. */
export const buildProbeEnv = (name: string) => ({
	SOAK_SAMPLE_FILE: join(tmpdir(), `persona-soak-${process.pid}-${name}`),
	NODE_OPTIONS: `--require=${JSON.stringify(resolve('test/load/soak/probe.cjs'))}`,
});

/** A busy machine takes its time for a whole heap. */
const TIMEOUT_MS = 180_000;

/** Takes a sample of an n8n that was started with this environment. */
export async function takeSample(
	{ pid }: N8n,
	{ SOAK_SAMPLE_FILE: file }: ReturnType<typeof buildProbeEnv>,
): Promise<Sample> {
	if (pid === undefined) throw new Error('There is no such process');
	await rm(file, { force: true });
	process.kill(pid, 'SIGUSR2');
	const text = await waitFor(
		'a sample is taken',
		async () => await readFile(file, 'utf8').catch(() => undefined),
		TIMEOUT_MS,
	);
	await rm(file, { force: true });
	const sample = JSON.parse(text) as Sample & { error?: string };
	if (sample.error) throw new Error(sample.error);
	return sample;
}
