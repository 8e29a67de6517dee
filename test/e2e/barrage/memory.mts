import { readFile } from 'node:fs/promises';
import { command } from '../../../demo/command.cjs';

/** Megabytes of memory that a process holds, by Linux's own record or else by `ps`. */
export async function memoryOf(pid: number | undefined): Promise<number> {
	if (pid === undefined) throw new Error('There is no such process');
	const kilobytes =
		process.platform === 'linux'
			? /VmRSS:\s*(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]
			: await command('ps', ['-o', 'rss=', '-p', String(pid)]);
	return Number(kilobytes) / 1024;
}
