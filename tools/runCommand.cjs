// CommonJS, because jest loads it too and cannot require an ES module.
const { spawn } = require('node:child_process');
const { stripVTControlCharacters } = require('node:util');

const killDelayMs = 5_000;
const reportedLines = 40;

/** A command that failed, with what it printed. */
class CommandError extends Error {
	constructor(line, output, code) {
		const lines = removeTerminalCodes(output).trim().split('\n');
		super(`"${line}" ended with ${code}\n${lines.slice(-reportedLines).join('\n')}`);
		this.output = output;
		this.code = code;
	}
}

/** Returns what a terminal shows in the end: no colours, and nothing that was drawn over. */
function removeTerminalCodes(output) {
	return stripVTControlCharacters(output.replace(/^.*(?:\x1b\[999D|\r(?!\n))/gm, ''));
}

/** Sends a signal to a process and its whole group. Does nothing when they have ended already. */
function signalProcessGroup(pid, signal) {
	try {
		process.kill(-pid, signal);
	} catch (error) {
		if (error.code !== 'ESRCH') throw error;
	}
}

/**
 * Runs a command and returns what it printed. Throws a `CommandError` when it fails. The command has
 * a process group of its own: Ctrl-C reaches it only through `signal`, which ends the whole group.
 */
function runCommand(file, args, { cwd, env, signal, showOutput = false } = {}) {
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
			signalProcessGroup(child.pid, 'SIGTERM');
			timer = setTimeout(() => signalProcessGroup(child.pid, 'SIGKILL'), killDelayMs);
		};
		for (const [from, to] of [
			[child.stdout, process.stdout],
			[child.stderr, process.stderr],
		]) {
			from.setEncoding('utf8');
			from.on('data', (text) => {
				output += text;
				if (showOutput) to.write(text);
			});
		}
		if (child.pid) signal?.addEventListener('abort', stop, { once: true });
		child.once('error', reject);
		child.once('close', (code, killSignal) => {
			clearTimeout(timer);
			signal?.removeEventListener('abort', stop);
			if (signal?.aborted) reject(signal.reason);
			else if (code === 0) resolve(output);
			else reject(new CommandError([file, ...args].join(' '), output, code ?? killSignal));
		});
	});
}

module.exports = { runCommand, CommandError, signalProcessGroup };
