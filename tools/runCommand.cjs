// CommonJS, because jest loads it too and cannot require a module of the other kind.
const { spawn } = require('node:child_process');
const { stripVTControlCharacters } = require('node:util');

const killAfterMs = 5_000;
const lastLines = 40;

/** A command that did not end well, with what it printed. */
class CommandFailed extends Error {
	constructor(line, output, code) {
		const lines = readable(output).trim().split('\n');
		super(`"${line}" ended with ${code}\n${lines.slice(-lastLines).join('\n')}`);
		this.output = output;
		this.code = code;
	}
}

/** What stays on a terminal in the end: without colours, and without what was drawn over. */
function readable(output) {
	return stripVTControlCharacters(output.replace(/^.*(?:\x1b\[999D|\r(?!\n))/gm, ''));
}

/** Ends a process and everything in its group, without complaint when it is gone already. */
function signalGroup(pid, signal) {
	try {
		process.kill(-pid, signal);
	} catch (error) {
		if (error.code !== 'ESRCH') throw error;
	}
}

/**
 * Runs a command to its end and gives what it printed. It stands in a group of its own, so that
 * Ctrl-C reaches it only through `signal`, which ends it with all that it started.
 */
function command(file, args, { cwd, env, signal, show = false } = {}) {
	return new Promise((resolve, reject) => {
		signal?.throwIfAborted();
		const child = spawn(file, args, {
			cwd,
			env,
			detached: true,
			stdio: ['ignore', 'pipe', 'pipe'],
		});
		let output = '';
		let timer;
		const stop = () => {
			signalGroup(child.pid, 'SIGTERM');
			timer = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), killAfterMs);
		};
		for (const [from, to] of [
			[child.stdout, process.stdout],
			[child.stderr, process.stderr],
		]) {
			from.setEncoding('utf8');
			from.on('data', (text) => {
				output += text;
				if (show) to.write(text);
			});
		}
		if (child.pid) signal?.addEventListener('abort', stop, { once: true });
		child.once('error', reject);
		child.once('close', (code, by) => {
			clearTimeout(timer);
			signal?.removeEventListener('abort', stop);
			if (signal?.aborted) reject(signal.reason);
			else if (code === 0) resolve(output);
			else reject(new CommandFailed([file, ...args].join(' '), output, code ?? by));
		});
	});
}

module.exports = { command, CommandFailed, signalGroup };
