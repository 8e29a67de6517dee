import { readFile } from 'node:fs/promises';
import type { IDataObject, INode } from 'n8n-workflow';
import type {
	Account,
	Client,
	StoredCredential,
	StoredWorkflow,
	WorkflowFile,
} from '../tools/n8n/client.mts';

const credentialName = 'Persona';
const credentialType = 'personaApi';

/** The example workflows as n8n has stored them. */
export interface Scene {
	onboarding: StoredWorkflow;
	approval: StoredWorkflow;
	/** Whether the trigger of the second one is registered. */
	published: boolean;
}

interface SceneOptions {
	account: Account;
	credential: { apiKey: string; baseUrl: string };
	/** Takes the place of the sandbox's template. */
	templateId?: string;
	/** Whether Persona can reach this n8n. */
	publish: boolean;
}

/** Brings credential and example workflows into n8n; what is there already stays as its user left it. */
export async function setScene(
	client: Client,
	{ account, credential, templateId, publish }: SceneOptions,
): Promise<Scene> {
	await client.signIn(account);
	const stored = await keepCredential(client, credential);
	const onboarding = await keepWorkflow(client, stored, await example('onboarding', templateId));
	const approval = await keepWorkflow(client, stored, await example('approve-completed'));
	if (publish) await publishAnew(client, approval);
	return { onboarding, approval, published: publish };
}

/** Reads a workflow of the demo. */
export async function example(name: string, templateId?: string): Promise<WorkflowFile> {
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

/** The nodes with this credential wherever they name one of its type. */
export function withCredential(nodes: INode[], { id, name }: StoredCredential): INode[] {
	return nodes.map((node) =>
		node.credentials?.[credentialType]
			? { ...node, credentials: { ...node.credentials, [credentialType]: { id, name } } }
			: node,
	);
}

async function keepCredential(client: Client, { apiKey, baseUrl }: SceneOptions['credential']) {
	const data: IDataObject = { apiKey, baseUrl, apiVersion: '2025-12-08', webhookSecret: '' };
	const credential = { name: credentialName, type: credentialType, data };
	const found = (await client.credentials()).find(
		({ name, type }) => name === credentialName && type === credentialType,
	);
	if (!found) return await client.createCredential(credential);
	return await client.updateCredential(found.id, credential);
}

async function keepWorkflow(client: Client, credential: StoredCredential, file: WorkflowFile) {
	const found = (await client.workflows()).find(
		({ name, isArchived }) => name === file.name && !isArchived,
	);
	if (!found) {
		return await client.createWorkflow({ ...file, nodes: withCredential(file.nodes, credential) });
	}
	const workflow = await client.workflow(found.id);
	const nodes = withCredential(workflow.nodes, credential);
	if (JSON.stringify(nodes) === JSON.stringify(workflow.nodes)) return workflow;
	return await client.updateWorkflow(found.id, { nodes });
}

/** n8n does not ask again for webhooks that it registered once, and a new sandbox has none of them. */
async function publishAnew(client: Client, { id, active, name }: StoredWorkflow) {
	if (active) await client.unpublish(id);
	const { status, triggers = [] } = await client.publish(id);
	if (status === 'published') return;
	const reasons = triggers.map(({ errorMessage }) => errorMessage ?? '').join(' ');
	throw new Error(`"${name}" could not be published: ${reasons}`);
}
