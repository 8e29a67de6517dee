import { fileURLToPath } from 'node:url';
import { abortOnInterrupt } from '../tools/abortOnInterrupt.mjs';
import { installDependencies } from '../tools/installDependencies.mjs';
import { createProgress, formatError } from '../tools/progress.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const progress = createProgress();
const signal = abortOnInterrupt(() => progress.print('Stopping …'));

try {
	await installDependencies(progress, signal);
	const { register } = await import('tsx/esm/api');
	register();
	const { runDemo } = await import('./main.mts');
	await runDemo({ progress, signal, check: process.argv.includes('--check') });
} catch (error) {
	process.exitCode = 1;
	if (!signal.aborted) progress.print(`\n${formatError(error)}`);
}
process.exit();
