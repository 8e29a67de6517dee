import { existsSync, readFileSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand, CommandError } from '../tools/runCommand.cjs';
import { abortOnInterrupt } from '../tools/abortOnInterrupt.mjs';
import { installDependencies } from '../tools/installDependencies.mjs';
import { createProgress, formatDuration, formatError } from '../tools/progress.mjs';
import { listSkippedSuites } from './listSkippedSuites.mjs';

/** Where a run leaves the results that `countResults.mjs` adds up, from the root of the repository. */
const RESULTS_FOLDER = '.cache/results';
const POLL_INTERVAL_MS = 1_000;
const EXIT_TIMEOUT_MS = 15_000;
const SEE_REPORT = 'See the report of jest above.';
const OPEN_HANDLES =
	'All tests have ended, but something they started has not: see jest with --detectOpenHandles.';

/**
 * Runs `work` with the project's packages installed. `work` gets `check`, which runs a named check and
 * continues if it fails. At the end all failures are printed again and decide the exit code.
 */
export async function runChecks(name, work) {
	process.chdir(fileURLToPath(new URL('..', import.meta.url)));
	const startedAt = Date.now();
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

	const jestResults = join(RESULTS_FOLDER, `${name}.jest.json`);
	const checkResults = join(RESULTS_FOLDER, `${name}.checks.json`);
	await mkdir(RESULTS_FOLDER, { recursive: true });
	await Promise.all([jestResults, checkResults].map((file) => rm(file, { force: true })));

	/** Runs jest and shows its report meanwhile; `env` is added to the environment of this process. */
	const jest = (config, env) =>
		check('Tests', async () => {
			const ended = new AbortController();
			const watch = setInterval(() => {
				if (!existsSync(jestResults)) return;
				clearInterval(watch);
				setTimeout(() => ended.abort(new Error(OPEN_HANDLES)), EXIT_TIMEOUT_MS).unref();
			}, POLL_INTERVAL_MS);
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
				// The report has been shown already.
				if (error instanceof CommandError) error.message = SEE_REPORT;
				throw error;
			} finally {
				clearInterval(watch);
			}
		});

	try {
		await installDependencies(progress, signal);
		const { register } = await import('tsx/esm/api');
		register();
		await work({ check, jest, signal, print: progress.print });
	} catch (error) {
		failures.push({ title: 'Prepare', error });
	}
	// A selection of tests skips all others on purpose.
	if (existsSync(jestResults) && process.argv.length <= 2) {
		for (const line of listSkippedSuites(JSON.parse(readFileSync(jestResults, 'utf8')))) {
			progress.print(line);
		}
	}
	for (const { title, error } of failures) {
		progress.print(`\n✘ ${title}\n${formatError(error)}`);
	}
	// Failed tests are in jest's own results.
	const failedChecks = failures
		.filter(({ error }) => error.message !== SEE_REPORT)
		.map(({ title, error }) => `${title}: ${error.message.split('\n')[0]}`);
	await writeFile(checkResults, JSON.stringify(failedChecks));
	const verdict = failures.length
		? `Failed: ${failures.map(({ title }) => title).join(', ')}`
		: 'Passed';
	progress.print(`\n${verdict} in ${formatDuration(Date.now() - startedAt)}`);
	process.exit(failures.length || signal.aborted ? 1 : 0);
}
