import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { abortOnInterrupt } from '../tools/abortOnInterrupt.mjs';
import { installDependencies } from '../tools/installDependencies.mjs';
import { createProgress, formatError } from '../tools/progress.mjs';

const { values } = parseArgs({
	options: {
		quick: { type: 'boolean', default: false },
		json: { type: 'string' },
		only: { type: 'string', multiple: true },
	},
});
const jsonFile = values.json && resolve(values.json);

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const progress = createProgress();
const signal = abortOnInterrupt(() => progress.print('Stopping …'));

try {
	await installDependencies(progress, signal);
	// Both: the package is CommonJS, all around it are modules.
	for (const kind of ['cjs', 'esm']) (await import(`tsx/${kind}/api`)).register();
	const { runBench } = await import('./main.mts');
	const isComplete = await runBench({
		progress,
		signal,
		quick: values.quick,
		only: values.only,
		jsonFile,
	});
	process.exitCode = isComplete ? 0 : 1;
} catch (error) {
	process.exitCode = 1;
	if (!signal.aborted) progress.print(`\n${formatError(error)}`);
}
process.exit();
