import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand, CommandError } from '../tools/runCommand.cjs';
import { abortOnInterrupt } from '../tools/abortOnInterrupt.mjs';
import { installDependencies } from '../tools/installDependencies.mjs';
import { createProgress, formatDuration, formatError } from '../tools/progress.mjs';

/** Where a run leaves what `count.mjs` adds up, from the root of the repository. */
const resultsFolder = '.cache/results';
const lookAgainMs = 1_000;
const exitWithinMs = 15_000;
const reported = 'See the report of jest above.';
const leftOpen =
	'All tests have ended, but something they started has not: see jest with --detectOpenHandles.';

/**
 * Runs `work` with the project's packages installed. It gets `check`, which does a named piece of
 * work and goes on when that fails; all failures are shown again at the end and decide the exit code.
 */
export async function runChecks(name, work) {
	process.chdir(fileURLToPath(new URL('..', import.meta.url)));
	const from = Date.now();
	const progress = createProgress();
	const failures = [];
	const signal = abortOnInterrupt();

	async function check(title, task) {
		if (signal.aborted) return undefined;
		try {
			return await progress.runStep(title, task);
		} catch (error) {
			failures.push({ title, error });
			return undefined;
		}
	}

	const jestResults = join(resultsFolder, `${name}.jest.json`);
	const checkResults = join(resultsFolder, `${name}.checks.json`);
	await mkdir(resultsFolder, { recursive: true });
	await Promise.all([jestResults, checkResults].map((file) => rm(file, { force: true })));

	/** Runs jest, its report shown as it comes; `env` is added to this process's own. */
	const jest = (config, env) =>
		check('Tests', async () => {
			const ended = new AbortController();
			const watch = setInterval(() => {
				if (!existsSync(jestResults)) return;
				clearInterval(watch);
				setTimeout(() => ended.abort(new Error(leftOpen)), exitWithinMs).unref();
			}, lookAgainMs);
			const options = ['--config', config, '--json', '--outputFile', jestResults];
			const selection = process.argv.slice(2);
			try {
				await runCommand(
					process.execPath,
					['node_modules/jest/bin/jest.js', ...options, ...selection],
					{
						env: { ...process.env, ...env },
						signal: AbortSignal.any([signal, ended.signal]),
						showOutput: true,
					},
				);
			} catch (error) {
				// Its report has been shown already.
				if (error instanceof CommandError) error.message = reported;
				throw error;
			} finally {
				clearInterval(watch);
			}
		});

	try {
		await installDependencies(progress, signal);
		const { register } = await import('tsx/esm/api');
		register();
		await work({ check, jest, signal });
	} catch (error) {
		failures.push({ title: 'Prepare', error });
	}
	for (const { title, error } of failures) {
		progress.print(`\n✘ ${title}\n${formatError(error)}`);
	}
	// Failed tests are in jest's own file.
	const other = failures
		.filter(({ error }) => error.message !== reported)
		.map(({ title, error }) => `${title}: ${error.message.split('\n')[0]}`);
	await writeFile(checkResults, JSON.stringify(other));
	const verdict = failures.length
		? `Failed: ${failures.map(({ title }) => title).join(', ')}`
		: 'Passed';
	progress.print(`\n${verdict} in ${formatDuration(Date.now() - from)}`);
	process.exit(failures.length || signal.aborted ? 1 : 0);
}
