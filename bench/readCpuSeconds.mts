import { readdirSync, readFileSync } from 'node:fs';

/** Linux counts the time of processes in hundredths of a second. */
const ticksPerSecond = 100;

/** Reads a process from Linux's /proc; undefined if there is no such process, or no Linux. */
function readProcess(pid: number | string) {
	try {
		// The name, in brackets, may have spaces.
		const [, rest] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(/\) (?!.*\) )/);
		const fields = rest.split(' ').map(Number);
		// Its own time and that of children that have ended, in user and in kernel mode.
		const [user, kernel, endedUser, endedKernel] = fields.slice(11, 15);
		const seconds = (user + kernel + endedUser + endedKernel) / ticksPerSecond;
		return { parent: fields[1], seconds };
	} catch {
		return undefined;
	}
}

/** The seconds of processor time that a process and its children have taken; 0 where the system does not say. */
export function readCpuSeconds(pid: number | undefined): number {
	if (pid === undefined || process.platform !== 'linux') return 0;
	const children = readdirSync('/proc')
		.filter((name) => /^\d+$/.test(name))
		.map(readProcess)
		.filter((one) => one?.parent === pid);
	return [readProcess(pid), ...children].reduce((sum, one) => sum + (one?.seconds ?? 0), 0);
}
