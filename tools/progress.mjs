const drawIntervalMs = 1_000;
const reportIntervalMs = 30_000;

/** Formats milliseconds for a person: "0.4 s", "12 s", "2 min 05 s". */
export function formatDuration(ms) {
	if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
	const seconds = Math.round(ms / 1000);
	if (seconds < 60) return `${seconds} s`;
	return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/** Formats an error: the message of one that was thrown on purpose, the stack of any other. */
export function formatError(error) {
	return error.name === 'Error' ? error.message : error.stack;
}

/**
 * Shows named steps and how long each takes. On a terminal it redraws one line, elsewhere it prints a
 * line per step and a sign of life every half minute. Steps may run side by side.
 */
export function createProgress(out = process.stdout) {
	const running = new Map();

	const formatElapsed = (step) => formatDuration(Date.now() - step.startedAt);
	const clearLine = () => out.isTTY && out.write('\r\x1b[2K');
	const drawLine = () => {
		if (!out.isTTY || running.size === 0) return;
		const line = [...running.values()]
			.map((step) => `${step.title} ${formatElapsed(step)}${step.note ? ` (${step.note})` : ''}`)
			.join(', ');
		out.write(`\r\x1b[2K… ${line}`.slice(0, (out.columns ?? 80) + 4));
	};
	const print = (line) => {
		clearLine();
		out.write(`${line}\n`);
		drawLine();
	};
	const report = (step) => {
		if (out.isTTY) return drawLine();
		if (Date.now() - step.reportedAt < reportIntervalMs) return;
		step.reportedAt = Date.now();
		out.write(`… ${step.title} ${formatElapsed(step)}${step.note ? ` (${step.note})` : ''}\n`);
	};

	async function runStep(title, work) {
		const step = { title, note: '', startedAt: Date.now(), reportedAt: Date.now() };
		const id = Symbol(title);
		running.set(id, step);
		drawLine();
		const ticker = setInterval(() => report(step), drawIntervalMs);
		const finish = (mark) => {
			clearInterval(ticker);
			running.delete(id);
			print(`${mark} ${title} ${formatElapsed(step)}${step.note ? ` (${step.note})` : ''}`);
		};
		try {
			const result = await work((note) => {
				step.note = note;
				report(step);
			});
			finish('✔');
			return result;
		} catch (error) {
			finish('✘');
			throw error;
		}
	}

	return { runStep, print };
}
