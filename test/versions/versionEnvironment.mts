import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createN8nClient } from '../../tools/n8n/n8nClient.mts';
import { startN8n } from '../../tools/n8n/startN8n.mts';
import { startSandbox } from '../../sandbox/sandbox.mts';
import { account } from '../e2e/account.mts';
import { storeCredential, type TestEnvironment } from '../e2e/testEnvironment.mts';

/** Starts an n8n of this version with the packed package, and a sandbox. The caller closes both. */
export async function startVersionEnvironment(version: string): Promise<TestEnvironment> {
	const tarball = process.env.PERSONA_TARBALL;
	if (!tarball)
		throw new Error('Run these tests with "npm run test:versions", which packs the package.');
	const folder = await mkdtemp(join(tmpdir(), 'persona-versions-'));
	const n8n = await startN8n({ version, folder, tarball });
	const client = createN8nClient(n8n.url);
	await client.signIn(account);
	const apiKeys = ['persona_sandbox_demo', 'persona_production_demo'];
	const sandbox = await startSandbox({ apiKeys });
	const credential = await storeCredential(client, sandbox);
	return {
		...{ n8n, client, sandbox, credential },
		async close() {
			await n8n.stop();
			await sandbox.close();
			await rm(folder, { recursive: true, force: true, maxRetries: 5 });
		},
	};
}
