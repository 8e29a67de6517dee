// Installs n8n beside other work, so that the tests that need it find it installed. `.ci/run` starts it.
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { abortOnInterrupt } from '../abortOnInterrupt.mjs';
import { isInstalled } from '../installDependencies.mjs';

const pollIntervalMs = 1_000;

process.chdir(fileURLToPath(new URL('../..', import.meta.url)));
const signal = abortOnInterrupt();

// `npm test` installs the project's own packages meanwhile.
while (!isInstalled()) await sleep(pollIntervalMs, undefined, { signal });
const { register } = await import('tsx/esm/api');
register();
const { installN8n } = await import('./installN8n.mts');
await installN8n({ signal });
process.exit();
