import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const pollIntervalMs = 500;

interface LockOptions {
	signal?: AbortSignal;
	/** Is told when another process has to be waited for. */
	note?: (text: string) => void;
}

/** Does `work` while no other process does it; a lock left behind by a process that died is taken over. */
export async function withLock<T>(
	file: string,
	{ signal, note }: LockOptions,
	work: () => Promise<T>,
): Promise<T> {
	while (!(await tryAcquire(file))) {
		const holder = await readHolder(file);
		if (holder !== undefined && !isAlive(holder)) {
			await discardDeadLock(file, holder);
			continue;
		}
		if (holder !== undefined) note?.(`waiting for process ${holder}`);
		await sleep(pollIntervalMs, undefined, { signal });
	}
	try {
		return await work();
	} finally {
		await rm(file, { force: true });
	}
}

/** Whether a process of this machine still runs. */
export function isAlive(pid: number) {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		// A process of another user answers EPERM: it is there.
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
}

/** Linked rather than written in place, so that no lock is ever seen without its holder. */
async function tryAcquire(file: string) {
	const own = `${file}.${process.pid}`;
	await writeFile(own, String(process.pid));
	try {
		await link(own, file);
		return true;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
		throw error;
	} finally {
		await rm(own, { force: true });
	}
}

async function readHolder(file: string) {
	const text = await readFile(file, 'utf8').catch(() => undefined);
	return text === undefined ? undefined : Number(text);
}

/** Moved aside first: whoever moved a lock that was taken meanwhile sees it and puts it back. */
async function discardDeadLock(file: string, holder: number) {
	const aside = `${file}.dead.${process.pid}`;
	await rename(file, aside).catch(() => undefined);
	if (((await readHolder(aside)) ?? holder) === holder) await rm(aside, { force: true });
	else await rename(aside, file);
}
