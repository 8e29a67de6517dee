import {
	createN8nClient,
	type N8nClient,
	type StoredCredential,
} from '../../tools/n8n/n8nClient.mts';
import type { N8n } from '../../tools/n8n/startN8n.mts';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../sandbox/sandbox.mts';
import { cleanUpN8n } from './cleanUpN8n.mts';
import { useN8n, type WorkerN8n } from './useN8n.mts';

/** A real n8n with the packed package, signed in, and a sandbox with a credential for it. */
export interface TestEnvironment {
	n8n: Pick<N8n, 'url' | 'pid' | 'logFile' | 'restart'>;
	client: N8nClient;
	sandbox: Sandbox;
	credential: StoredCredential;
	close(): Promise<void>;
}

/**
 * Prepares the n8n of this jest worker for a test file, and starts a sandbox. The caller closes the
 * environment, which also deletes everything that the test file has stored in n8n.
 */
export async function startTestEnvironment(
	options: SandboxOptions = {},
): Promise<TestEnvironment & { n8n: WorkerN8n }> {
	const n8n = await useN8n();
	const client = createN8nClient(n8n.url, n8n.cookie);
	// A test file that was interrupted may have left something.
	await cleanUpN8n(client);
	const sandbox = await startSandbox(options);
	const credential = await storeCredential(client, sandbox);
	return {
		n8n,
		client,
		sandbox,
		credential,
		async close() {
			await cleanUpN8n(client);
			await sandbox.close();
		},
	};
}

/** Builds the data of a credential for a sandbox, with one of its keys. */
export const buildCredentialData = ({ apiUrl }: Sandbox, apiKey = 'persona_sandbox_demo') => ({
	apiKey,
	apiVersion: '2025-12-08',
	baseUrl: apiUrl,
	webhookSecret: '',
});

/** Stores a credential for a sandbox in n8n. */
export const storeCredential = async (client: N8nClient, sandbox: Sandbox) =>
	await client.createCredential({
		name: 'Persona',
		type: 'personaApi',
		data: buildCredentialData(sandbox),
	});
