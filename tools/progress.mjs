const tickMs = 1_000;
const reportMs = 30_000;

/** Milliseconds as a person reads them: "0.4 s", "12 s", "2 min 05 s". */
export function duration(ms) {
	if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
	const seconds = Math.round(ms / 1000);
	if (seconds < 60) return `${seconds} s`;
	return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, '0')} s`;
}

/** What is shown of an error: errors thrown on purpose are written for people, others need their stack. */
export function toldOf(error) {
	return error.name === 'Error' ? error.message : error.stack;
}

/**
 * Shows named steps with the time each takes: one line that moves on a terminal, else a line per
 * step and a sign of life every half minute. Steps may run side by side.
 */
export function createSteps(out = process.stdout) {
	const running = new Map();

	const since = (step) => duration(Date.now() - step.from);
	const clear = () => out.isTTY && out.write('\r\x1b[2K');
	const draw = () => {
		if (!out.isTTY || running.size === 0) return;
		const line = [...running.values()]
			.map((step) => `${step.title} ${since(step)}${step.note ? ` (${step.note})` : ''}`)
			.join(', ');
		out.write(`\r\x1b[2K… ${line}`.slice(0, (out.columns ?? 80) + 4));
	};
	const print = (line) => {
		clear();
		out.write(`${line}\n`);
		draw();
	};
	const report = (step) => {
		if (out.isTTY) return draw();
		if (Date.now() - step.reported < reportMs) return;
		step.reported = Date.now();
		out.write(`… ${step.title} ${since(step)}${step.note ? ` (${step.note})` : ''}\n`);
	};

	async function step(title, work) {
		const state = { title, note: '', from: Date.now(), reported: Date.now() };
		const id = Symbol(title);
		running.set(id, state);
		draw();
		const ticker = setInterval(() => report(state), tickMs);
		const finish = (mark) => {
			clearInterval(ticker);
			running.delete(id);
			print(`${mark} ${title} ${since(state)}${state.note ? ` (${state.note})` : ''}`);
		};
		try {
			const result = await work((note) => {
				state.note = note;
				report(state);
			});
			finish('✔');
			return result;
		} catch (error) {
			finish('✘');
			throw error;
		}
	}

	return { step, print };
}
