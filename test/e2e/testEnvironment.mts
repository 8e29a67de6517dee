import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
	createN8nClient,
	type EditorAccount,
	type N8nClient,
	type StoredCredential,
} from '../../tools/n8n/n8nClient.mts';
import { startN8n, type N8n } from '../../tools/n8n/startN8n.mts';
import { startSandbox, type Sandbox, type SandboxOptions } from '../../sandbox/sandbox.mts';

/** The owner of every n8n that the tests start. */
export const account: EditorAccount = { email: 'owner@example.com', password: 'Correct-horse-1' };

/** A real n8n with the packed package, signed in, and a stand-in for Persona with a credential for it. */
export interface Stage {
	n8n: N8n;
	client: N8nClient;
	sandbox: Sandbox;
	credential: StoredCredential;
	close(): Promise<void>;
}

/** Sets up a stage of its own for a test file, with an n8n that has `env` set; whoever does so closes it. */
export async function setStage(
	options: SandboxOptions = {},
	env: Record<string, string> = {},
): Promise<Stage> {
	const tarball = process.env.PERSONA_TARBALL;
	if (!tarball)
		throw new Error('Run these tests with "npm run test:e2e", which packs the package.');
	const folder = await mkdtemp(join(tmpdir(), 'persona-e2e-'));
	const sandbox = await startSandbox(options);
	const n8n = await startN8n({ folder, tarball, env });
	const client = createN8nClient(n8n.url);
	await client.signIn(account);
	const credential = await client.createCredential({
		name: 'Persona',
		type: 'personaApi',
		data: credentialFor(sandbox),
	});
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

/** The data of a credential for a sandbox, with one of its keys. */
export const credentialFor = ({ apiUrl }: Sandbox, apiKey = 'persona_sandbox_demo') => ({
	apiKey,
	apiVersion: '2025-12-08',
	baseUrl: apiUrl,
	webhookSecret: '',
});
