import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createN8nClient } from '../../tools/n8n/n8nClient.mts';
import { startN8n, type N8n } from '../../tools/n8n/startN8n.mts';
import { startSandbox, type SandboxOptions } from '../../sandbox/sandbox.mts';
import { account } from '../e2e/account.mts';
import { storeCredential, type TestEnvironment } from '../e2e/testEnvironment.mts';
import { forwardWhileReady, startLoadBalancer } from '../support/loadBalancer.mts';

/** A test environment with an n8n of its own. */
export interface LoadEnvironment extends TestEnvironment {
	n8n: N8n;
}

/** Starts an n8n with `env` added to its environment, and a sandbox. The caller closes both. */
export async function startLoadEnvironment(
	options: SandboxOptions,
	env: Record<string, string>,
): Promise<LoadEnvironment> {
	const tarball = process.env.PERSONA_TARBALL;
	if (!tarball) throw new Error('Run these tests with their npm script, which packs the package.');
	const folder = await mkdtemp(join(tmpdir(), 'persona-load-'));
	const sandbox = await startSandbox(options);
	const n8n = await startN8n({ folder, tarball, env });
	const client = createN8nClient(n8n.url);
	await client.signIn(account);
	const credential = await storeCredential(client, sandbox);
	return {
		n8n,
		client,
		sandbox,
		credential,
		async close() {
			await n8n.stop();
			await sandbox.close();
			await rm(folder, { recursive: true, force: true });
		},
	};
}

/**
 * The same behind a load balancer, which forwards only while n8n is ready, so that a test can restart n8n.
 * Persona delivers to the load balancer.
 */
export async function startBalancedEnvironment(
	options: SandboxOptions,
	env: Record<string, string>,
): Promise<LoadEnvironment> {
	const balancer = await startLoadBalancer();
	const { url } = balancer;
	const environment = await startLoadEnvironment(options, {
		...env,
		N8N_WEBHOOK_URL: url,
		WEBHOOK_URL: url,
	});
	const stopForwarding = forwardWhileReady(balancer, environment.n8n);
	return {
		...environment,
		async close() {
			stopForwarding();
			await environment.close();
			await balancer.close();
		},
	};
}
