import { link, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const pollIntervalMs = 500;

/** How often the holder touches its lock. */
const touchIntervalMs = 5_000;

const defaultStaleAfterMs = 60_000;

interface LockOptions {
	signal?: AbortSignal;
	/** Receives a remark while another process holds the lock. */
	note?: (text: string) => void;
	/** How long this process sees nobody touch the lock before it takes it over. Default: a minute. */
	staleAfterMs?: number;
}

/**
 * Runs `work` while no other process does. Takes over a lock whose process has died, also if its ID
 * belongs to another process now, which does not touch the lock.
 */
export async function withLock<T>(
	file: string,
	{ signal, note, staleAfterMs = defaultStaleAfterMs }: LockOptions,
	work: () => Promise<T>,
): Promise<T> {
	let touchedAt: number | undefined;
	// Counted in waits and not by the clock, which goes on while a computer sleeps.
	let untouchedMs = 0;
	while (!(await tryAcquire(file))) {
		const holder = await readHolder(file);
		const lastTouchedAt = await readTouchTime(file);
		untouchedMs = lastTouchedAt === touchedAt ? untouchedMs + pollIntervalMs : 0;
		touchedAt = lastTouchedAt;
		if (holder !== undefined && (!isAlive(holder) || untouchedMs >= staleAfterMs)) {
			await discardDeadLock(file, holder);
			continue;
		}
		if (holder !== undefined) note?.(`waiting for process ${holder}`);
		await sleep(pollIntervalMs, undefined, { signal });
	}
	const touching = setInterval(() => void touch(file), touchIntervalMs);
	try {
		return await work();
	} finally {
		clearInterval(touching);
		await rm(file, { force: true });
	}
}

/** Whether a process of this machine still runs. */
export function isAlive(pid: number) {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		// EPERM: the process exists and belongs to another user.
		return (error as NodeJS.ErrnoException).code === 'EPERM';
	}
}

/** Links the lock instead of writing it, so that no lock is ever seen without its holder. */
async function tryAcquire(file: string) {
	const ownFile = `${file}.${process.pid}`;
	await writeFile(ownFile, String(process.pid));
	try {
		await link(ownFile, file);
		return true;
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
		throw error;
	} finally {
		await rm(ownFile, { force: true });
	}
}

const touch = (file: string) => utimes(file, new Date(), new Date()).catch(() => undefined);

const readTouchTime = async (file: string) => (await stat(file).catch(() => undefined))?.mtimeMs;

async function readHolder(file: string) {
	const text = await readFile(file, 'utf8').catch(() => undefined);
	return text === undefined ? undefined : Number(text);
}

/** Moves the lock aside first. If another process has taken it meanwhile, it is put back. */
async function discardDeadLock(file: string, holder: number) {
	const movedFile = `${file}.dead.${process.pid}`;
	await rename(file, movedFile).catch(() => undefined);
	if (((await readHolder(movedFile)) ?? holder) === holder) await rm(movedFile, { force: true });
	else await rename(movedFile, file);
}
