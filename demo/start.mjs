import { fileURLToPath } from 'node:url';
import { interruption } from '../tools/abortOnInterrupt.mjs';
import { ready } from '../tools/installDependencies.mjs';
import { createSteps, toldOf } from '../tools/progress.mjs';

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const steps = createSteps();
const signal = interruption(() => steps.print('Stopping …'));

try {
	await ready(steps, signal);
	const { register } = await import('tsx/esm/api');
	register();
	const { runDemo } = await import('./main.mts');
	await runDemo({ steps, signal, check: process.argv.includes('--check') });
} catch (error) {
	process.exitCode = 1;
	if (!signal.aborted) steps.print(`\n${toldOf(error)}`);
}
process.exit();
