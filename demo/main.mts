import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { startSandbox } from '../sandbox/sandbox.mts';
import { createN8nClient, type EditorAccount } from '../tools/n8n/n8nClient.mts';
import { installN8n } from '../tools/n8n/installN8n.mts';
import { withLock } from '../tools/n8n/withLock.mts';
import { findFreePort } from '../tools/n8n/findFreePort.mts';
import { startN8n } from '../tools/n8n/startN8n.mts';
import { packPackage } from '../tools/packPackage.mts';
import { setUpDemoEnvironment } from './demoEnvironment.mts';
import type { Progress } from '../tools/progress.mjs';
import { runScenario, printScenario } from './scenario.mts';

const account: EditorAccount = { email: 'demo@example.com', password: 'Persona-demo-1' };
const n8nPort = 5678;
const sandboxPort = 8765;
/** Keys of the sandbox. Only one of a production environment may list templates. */
const productionKey = 'persona_production_demo';
const sandboxKey = 'persona_sandbox_demo';
const personaUrl = 'https://api.withpersona.com/api/v1';
const folder = resolve('.cache/demo');

interface DemoOptions {
	progress: Progress;
	/** Stops the demo, also while it starts. */
	signal: AbortSignal;
	/** Runs the scenario once and ends, instead of waiting for the user. */
	check: boolean;
}

/** Starts n8n with the package and the example workflows, and the sandbox, until `signal` aborts. */
export async function runDemo(options: DemoOptions): Promise<void> {
	await mkdir(folder, { recursive: true });
	const note = (text: string) => {
		throw new Error(`The demo is already running in this folder (${text}). Stop it first.`);
	};
	await withLock(join(folder, 'running.lock'), { signal: options.signal, note }, () =>
		startDemo(options),
	);
}

async function startDemo({ progress, signal, check }: DemoOptions) {
	const closers: (() => Promise<void>)[] = [];
	const { PERSONA_API_KEY: ownKey, WEBHOOK_URL, N8N_WEBHOOK_URL } = process.env;
	const publicUrl = N8N_WEBHOOK_URL ?? WEBHOOK_URL;
	signal.throwIfAborted();
	const stopped = new Promise<never>((_, reject) => {
		signal.addEventListener('abort', () => reject(signal.reason), { once: true });
	});
	// It may reject while nothing awaits it.
	stopped.catch(() => undefined);
	const raceWithStop = <T,>(work: Promise<T>) => Promise.race([work, stopped]);
	try {
		const tarball = await progress.runStep('Build and pack', (note) =>
			packPackage({ signal, note }),
		);
		await progress.runStep('Install n8n', (note) => installN8n({ signal, note }));

		const sandbox = ownKey
			? undefined
			: await progress.runStep('Start the sandbox', async () =>
					startSandbox({
						port: await findFreePort(sandboxPort),
						apiKeys: [productionKey, sandboxKey],
					}),
				);
		if (sandbox) closers.push(() => sandbox.close());

		const n8n = await progress.runStep('Start n8n', async () =>
			startN8n({
				// A real API key is never stored in the n8n of the sandbox.
				folder: join(folder, ownKey ? 'persona' : 'sandbox'),
				tarball,
				// n8n itself would fail only after it has started for half a minute.
				port: await findFreePort(n8nPort),
				env: publicUrl ? { N8N_WEBHOOK_URL: publicUrl, WEBHOOK_URL: publicUrl } : {},
				signal,
			}),
		);
		closers.push(() => n8n.stop());

		const client = createN8nClient(n8n.url);
		const credential = {
			apiKey: ownKey ?? productionKey,
			baseUrl: sandbox?.apiUrl ?? personaUrl,
		};
		const environment = await progress.runStep('Set up the workflows', () =>
			raceWithStop(
				setUpDemoEnvironment(client, {
					account,
					credential,
					sandboxCredential: sandbox && { apiKey: sandboxKey, baseUrl: sandbox.apiUrl },
					templateId: process.env.PERSONA_TEMPLATE_ID,
					publish: Boolean(sandbox ?? publicUrl),
				}),
			),
		);

		if (check) {
			if (!sandbox)
				throw new Error('The check completes an inquiry, which only the sandbox allows.');
			await progress.runStep('Run the scenario', (note) =>
				raceWithStop(runScenario(client, environment, note)),
			);
		} else {
			progress.print('\nReady.\n');
			printScenario(progress.print, { url: n8n.url, account, environment, sandbox });
			await stopped.catch(() => undefined);
		}
	} finally {
		for (const close of closers.reverse()) await close();
	}
}
