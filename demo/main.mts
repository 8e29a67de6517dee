import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { IDataObject } from 'n8n-workflow';
import { startSandbox } from '../sandbox/sandbox.mts';
import { createN8nClient, type EditorAccount, type N8nClient } from '../tools/n8n/n8nClient.mts';
import { installN8n } from '../tools/n8n/installN8n.mts';
import { withLock } from '../tools/n8n/withLock.mts';
import { findFreePort } from '../tools/n8n/findFreePort.mts';
import { startN8n } from '../tools/n8n/startN8n.mts';
import { packPackage } from '../tools/packPackage.mts';
import type { Progress } from '../tools/progress.mjs';
import { createCertificate, joinCertificates } from '../tools/services/certificate.mts';
import { buildProxyEnv, FAKE_HOSTS } from '../tools/services/proxyEnvironment.mts';
import { setUpDemoEnvironment } from './demoEnvironment.mts';
import { readLibrary } from './library.mts';
import { startPage } from './page/server.mts';
import { checkPage, printScenario, runScenario } from './scenario.mts';
import { startStandIns } from './standIns.mts';

const account: EditorAccount = { email: 'demo@example.com', password: 'Persona-demo-1' };
/** Keys of the sandbox. Only one of a production environment may list templates. */
const productionKey = 'persona_production_demo';
const sandboxKey = 'persona_sandbox_demo';
/** By which Persona workflows sign what they send to n8n. */
const webhookSecret = 'wbhsec_demo';
/** Many workflows are published at the same time. */
const n8nEnv = { N8N_WORKFLOW_PUBLICATION_CONCURRENCY: '20' };
const personaUrl = 'https://api.withpersona.com/api/v1';
const folder = resolve('.cache/demo');
const portsFile = join(folder, 'ports.json');

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
	const ports = await readPorts();
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
						port: await findFreePort(ports.sandbox),
						apiKeys: [productionKey, sandboxKey],
					}),
				);
		if (sandbox) closers.push(() => sandbox.close());

		// A real API key is never stored in the n8n of the sandbox, and a check changes nothing of the user's.
		const home = join(folder, ownKey ? 'persona' : check ? 'check' : 'sandbox');
		if (check) await rm(home, { recursive: true, force: true });
		await mkdir(home, { recursive: true });
		const access = {
			proxyPort: await findFreePort(),
			certificate: await createCertificate(home, [...FAKE_HOSTS]),
		};
		const standIns = await progress.runStep('Start the stand-ins', async () =>
			startStandIns(
				access,
				await readLibrary(),
				// A chat model, for example, may be a real one.
				process.env.https_proxy || process.env.HTTPS_PROXY || true,
			),
		);
		closers.push(() => standIns.close());

		const n8n = await progress.runStep('Start n8n', async () =>
			startN8n({
				folder: home,
				tarball,
				port: await findFreePort(ports.n8n),
				env: {
					...(publicUrl && { N8N_WEBHOOK_URL: publicUrl, WEBHOOK_URL: publicUrl }),
					...buildProxyEnv(access, process.env.no_proxy || process.env.NO_PROXY),
					NODE_EXTRA_CA_CERTS: await joinAuthorities(access.certificate.certificateFile, home),
					...n8nEnv,
				},
				signal,
			}),
		);
		closers.push(() => n8n.stop());

		const client = createN8nClient(n8n.url);
		const credential = sandbox
			? { apiKey: productionKey, baseUrl: sandbox.apiUrl, webhookSecret }
			: { apiKey: String(ownKey), baseUrl: personaUrl };
		const environment = await progress.runStep('Set up the workflows', (note) =>
			raceWithStop(
				setUpDemoEnvironment(client, {
					note,
					account,
					credential,
					sandboxCredential: sandbox && { apiKey: sandboxKey, baseUrl: sandbox.apiUrl },
					services: standIns,
					templateId: process.env.PERSONA_TEMPLATE_ID,
					// With the real Persona nothing decides, or is sent, before someone asks for it.
					publish: sandbox !== undefined,
				}),
			),
		);
		const distrust = await explainDistrust(client, standIns.credentials.slackApi, n8n.logFile);
		if (distrust) environment.problems.unshift(distrust);
		for (const problem of environment.problems) progress.print(`  ${problem}`);

		const stage = {
			...{ client, environment, standIns, n8nUrl: n8n.url },
			sandbox: sandbox && { api: sandbox, apiKey: productionKey, webhookSecret },
		};
		const page = await startPage(await findFreePort(ports.page), stage, account);
		closers.push(() => page.close());

		if (check) {
			if (!sandbox)
				throw new Error('The check completes an inquiry, which only the sandbox allows.');
			if (environment.problems.length > 0) throw new Error('Not every workflow could be set up.');
			await progress.runStep('Run the scenario', (note) =>
				raceWithStop(runScenario(client, environment, note)),
			);
			await progress.runStep('Play "Onboard users" on the page', (note) =>
				raceWithStop(checkPage(page.url, stage, note)),
			);
		} else {
			await writeFile(
				portsFile,
				JSON.stringify({
					n8n: getPort(n8n.url),
					sandbox: sandbox ? getPort(sandbox.url) : ports.sandbox,
					page: getPort(page.url),
				} satisfies Ports),
			);
			progress.print('\nReady.\n');
			await printScenario(progress.print, { stage, pageUrl: page.url, account });
			await stopped.catch(() => undefined);
		}
	} finally {
		for (const close of closers.reverse()) await close();
	}
}

/** The ports of everything that a browser opens. */
interface Ports {
	n8n: number;
	sandbox: number;
	page: number;
}

/** Reads the ports of the last start, so that bookmarks and open tabs stay valid. */
async function readPorts(): Promise<Ports> {
	const defaults: Ports = { n8n: 5678, sandbox: 8765, page: 8766 };
	try {
		return { ...defaults, ...(JSON.parse(await readFile(portsFile, 'utf8')) as Partial<Ports>) };
	} catch {
		return defaults;
	}
}

const getPort = (url: string) => Number(new URL(url).port);

/** Lets n8n test its connection to a stand-in. Returns what is wrong with it, in a sentence. */
async function explainDistrust(
	client: N8nClient,
	slackApi: IDataObject,
	logFile: string,
): Promise<string | undefined> {
	const { status, message } = await client.testCredential({
		...{ name: 'Slack', type: 'slackApi', data: slackApi },
	});
	if (status === 'OK') return undefined;
	const reason = /cert|verify/i.test(message)
		? 'n8n does not trust the certificate of the stand-ins'
		: 'n8n does not reach the stand-ins';
	return `${reason}, so nothing arrives at Slack, HubSpot, Jira and Okta (${message}); ${logFile} may say why.`;
}

/** Adds the authorities that the user lets Node trust to the one of the stand-ins. Returns the file. */
async function joinAuthorities(certificateFile: string, home: string): Promise<string> {
	const { NODE_EXTRA_CA_CERTS: own } = process.env;
	if (!own) return certificateFile;
	const file = join(home, 'authorities.pem');
	await joinCertificates([certificateFile, own], file);
	return file;
}
