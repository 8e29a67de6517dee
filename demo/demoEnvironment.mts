import { readFile } from 'node:fs/promises';
import type { IDataObject, INode } from 'n8n-workflow';
import type {
	EditorAccount,
	N8nClient,
	StoredCredential,
	StoredWorkflow,
	WorkflowFile,
} from '../tools/n8n/n8nClient.mts';

const credentialName = 'Persona';
/** The name of a second credential, with a key that may not list templates. */
export const sandboxCredentialName = 'Persona (sandbox key)';
const credentialType = 'personaApi';

/** The demo's workflows as n8n has stored them. */
export interface DemoEnvironment {
	onboarding: StoredWorkflow;
	approval: StoredWorkflow;
	/** Whether the approval workflow is published. */
	published: boolean;
}

interface DemoEnvironmentOptions {
	account: EditorAccount;
	credential: { apiKey: string; baseUrl: string };
	/** A second credential, to choose in the editor. */
	sandboxCredential?: { apiKey: string; baseUrl: string };
	/** Replaces the sandbox's inquiry template. */
	templateId?: string;
	/** Whether Persona can reach this n8n. */
	publish: boolean;
}

/** Stores the credential and the demo's workflows in n8n. Existing workflows keep the user's changes. */
export async function setUpDemoEnvironment(
	client: N8nClient,
	{ account, credential, sandboxCredential, templateId, publish }: DemoEnvironmentOptions,
): Promise<DemoEnvironment> {
	await client.signIn(account);
	if (sandboxCredential) await upsertCredential(client, sandboxCredentialName, sandboxCredential);
	// Last, because n8n gives a new node the credential that was changed last.
	const stored = await upsertCredential(client, credentialName, credential);
	const onboarding = await upsertWorkflow(
		client,
		stored,
		await readDemoWorkflow('onboarding', templateId),
	);
	const approval = await upsertWorkflow(
		client,
		stored,
		await readDemoWorkflow('approve-completed'),
	);
	if (publish) await republish(client, approval);
	return { onboarding, approval, published: publish };
}

/** Reads a workflow of the demo, with this inquiry template if one is given. */
export async function readDemoWorkflow(name: string, templateId?: string): Promise<WorkflowFile> {
	const file: WorkflowFile = JSON.parse(await readFile(`demo/workflows/${name}.json`, 'utf8'));
	if (!templateId) return file;
	const nodes = file.nodes.map((node) =>
		'inquiryTemplateId' in node.parameters
			? {
					...node,
					parameters: {
						...node.parameters,
						inquiryTemplateId: { __rl: true, mode: 'id', value: templateId },
					},
				}
			: node,
	);
	return { ...file, nodes };
}

/** Returns the nodes with this credential wherever they use one of its type. */
export function assignCredential(nodes: INode[], { id, name }: StoredCredential): INode[] {
	return nodes.map((node) =>
		node.credentials?.[credentialType]
			? { ...node, credentials: { ...node.credentials, [credentialType]: { id, name } } }
			: node,
	);
}

async function upsertCredential(
	client: N8nClient,
	name: string,
	{ apiKey, baseUrl }: DemoEnvironmentOptions['credential'],
) {
	const data: IDataObject = { apiKey, baseUrl, apiVersion: '2025-12-08', webhookSecret: '' };
	const credential = { name, type: credentialType, data };
	const existing = (await client.fetchCredentials()).find(
		(one) => one.name === name && one.type === credentialType,
	);
	if (!existing) return await client.createCredential(credential);
	return await client.updateCredential(existing.id, credential);
}

async function upsertWorkflow(client: N8nClient, credential: StoredCredential, file: WorkflowFile) {
	const existing = (await client.fetchWorkflows()).find(
		({ name, isArchived }) => name === file.name && !isArchived,
	);
	if (!existing) {
		return await client.createWorkflow({
			...file,
			nodes: assignCredential(file.nodes, credential),
		});
	}
	const workflow = await client.fetchWorkflow(existing.id);
	const nodes = assignCredential(workflow.nodes, credential);
	if (JSON.stringify(nodes) === JSON.stringify(workflow.nodes)) return workflow;
	return await client.updateWorkflow(existing.id, { nodes });
}

/** Unpublishes first: n8n registers a webhook only once, and a new sandbox does not have it. */
async function republish(client: N8nClient, { id, active, name }: StoredWorkflow) {
	if (active) await client.unpublish(id);
	const { status, triggers = [] } = await client.publish(id);
	if (status === 'published') return;
	const reasons = triggers.map(({ errorMessage }) => errorMessage ?? '').join(' ');
	throw new Error(`"${name}" could not be published: ${reasons}`);
}
