import { fileURLToPath } from 'node:url';
import { abortOnInterrupt } from '../tools/abortOnInterrupt.mjs';
import { installDependencies } from '../tools/installDependencies.mjs';
import { createProgress, formatError } from '../tools/progress.mjs';

const help = `Starts a real n8n with this package, every workflow of the library, and a sandbox in place of Persona.

  npm start              Starts everything, and prints where to click. Ctrl-C stops it.
  npm start -- --check   Plays two workflows by itself and ends, for example in CI.
  npm start -- --help    Prints this.

Environment variables:

  PERSONA_API_KEY        Uses your Persona account instead of the sandbox. Nothing is published at first.
  PERSONA_TEMPLATE_ID    The inquiry template of "Onboard a customer" in your account.
  WEBHOOK_URL            The public address of this n8n, at which your Persona account reaches it.
  PERSONA_N8N_VERSION    Another version of n8n.

n8n is at port 5678, the sandbox at 8765 and the page at 8766. If one is taken, a free port is used. Later
starts use the same ports as the last one, as long as they are free; .cache/demo/ports.json has them.
What you change in n8n is kept in .cache/demo.`;

const [option, ...others] = process.argv.slice(2);
if (option !== undefined && (!['--check', '--help'].includes(option) || others.length > 0)) {
	console.error(`There is no such option: ${process.argv.slice(2).join(' ')}\n\n${help}`);
	process.exit(1);
}
if (option === '--help') {
	console.log(help);
	process.exit();
}

process.chdir(fileURLToPath(new URL('..', import.meta.url)));
const progress = createProgress();
const signal = abortOnInterrupt(() => progress.print('Stopping …'));

try {
	await installDependencies(progress, signal);
	const { register } = await import('tsx/esm/api');
	register();
	const { runDemo } = await import('./main.mts');
	await runDemo({ progress, signal, check: option === '--check' });
} catch (error) {
	process.exitCode = 1;
	if (!signal.aborted) progress.print(`\n${formatError(error)}`);
}
process.exit();
