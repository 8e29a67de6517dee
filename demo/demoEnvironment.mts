import { readFile } from 'node:fs/promises';
import type { IDataObject, INode } from 'n8n-workflow';
import {
	explainTriggers,
	type EditorAccount,
	type N8nClient,
	type StoredCredential,
	type StoredWorkflow,
	type WorkflowFile,
} from '../tools/n8n/n8nClient.mts';
import { fetchNodeTypes, type NodeTypes } from '../tools/n8n/nodeTypes.mts';
import { getTheme, isDecider, readLibrary, registersWebhook, RUN_ONCE } from './library.mts';

const credentialName = 'Persona';
/** The name of a second credential, with a key that may not list templates. */
export const sandboxCredentialName = 'Persona (sandbox key)';
const credentialType = 'personaApi';

/** A workflow of the demo as n8n has stored it. */
export interface DemoWorkflow extends Omit<StoredWorkflow, 'active'> {
	theme?: string;
	/** Whether it decides inquiries. */
	isDecider: boolean;
}

/** The demo's workflows. */
export interface DemoEnvironment {
	/** Creates an inquiry. */
	onboarding: DemoWorkflow;
	/** Approves completed inquiries. */
	approval: DemoWorkflow;
	/** The workflows of the library, in its order, without those that the user has archived. */
	workflows: DemoWorkflow[];
	/** What could not be set up, a sentence each. */
	problems: string[];
}

interface DemoEnvironmentOptions {
	account: EditorAccount;
	credential: PersonaKey;
	/** A second credential, to choose in the editor. */
	sandboxCredential?: PersonaKey;
	/** The stand-ins for other services. Without them, the library is not imported. */
	services?: DemoServices;
	/** Replaces the inquiry template of the demo's own workflow, which is one of the sandbox. */
	templateId?: string;
	/**
	 * Whether workflows make their tables and are published: those that were published when n8n stopped,
	 * and of the new ones those that decide nothing, besides the demo's own approval.
	 */
	publish: boolean;
	/** Receives how far it is. */
	note?: (text: string) => void;
}

interface DemoServices {
	/** The data of a credential for each of them, by credential type. */
	credentials: Record<string, IDataObject>;
	/** Why some of them are missing on this machine, by credential type. */
	missing: Record<string, string>;
}

interface PersonaKey {
	apiKey: string;
	baseUrl: string;
	webhookSecret?: string;
}

/** A workflow as it was found, or made, at this start. */
interface FoundWorkflow {
	workflow: DemoWorkflow;
	isNew: boolean;
	/** The version that was published when n8n stopped. */
	publishedVersion?: string;
}

/**
 * Stores the credentials, the demo's workflows and the library in n8n. What is there already keeps the
 * user's changes.
 */
export async function setUpDemoEnvironment(
	client: N8nClient,
	options: DemoEnvironmentOptions,
): Promise<DemoEnvironment> {
	const { account, services, templateId, publish, note = () => undefined } = options;
	await client.signIn(account);
	const credentials = await storeCredentials(client, options);
	const nodeTypes = await fetchNodeTypes(client);
	const store = createWorkflowStore(client, nodeTypes, credentials);

	const found: FoundWorkflow[] = [];
	// The last one is the first in n8n's list.
	const files = services ? (await readLibrary()).reverse() : [];
	for (const [index, file] of files.entries()) {
		note(`${index + 1} of ${files.length}`);
		const stored = await store.upsert(file, true);
		if (stored) found.unshift(stored);
	}
	const workflows = found.map(({ workflow }) => workflow);
	const [approval, onboarding] = [
		await store.upsert(await readDemoWorkflow('approve-completed')),
		await store.upsert(await readDemoWorkflow('onboarding', templateId)),
	];

	const problems: string[] = [];
	if (publish) {
		const isPossible = ({ workflow: { nodes } }: FoundWorkflow) =>
			!nodes.some((node) =>
				nodeTypes.getCredentialTypes(node).some((type) => services?.missing[type]),
			);
		const possible = found.filter(isPossible);
		note('tables');
		await makeTables(client, possible, problems);
		note('publishing');
		const isWanted = ({ isNew, publishedVersion, workflow }: FoundWorkflow) =>
			publishedVersion ? workflow.nodes.some(registersWebhook) : isNew && !workflow.isDecider;
		const wanted = possible.filter((each) => isWanted(each) && hasTrigger(each.workflow));
		if (approval.isNew || approval.publishedVersion) wanted.push(approval);
		await Promise.all(wanted.map((each) => republish(client, each, problems)));
	}
	return { onboarding: onboarding.workflow, approval: approval.workflow, workflows, problems };
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

/** Stores a credential for each service. Returns one of each type. */
async function storeCredentials(
	client: N8nClient,
	{ credential, sandboxCredential, services }: DemoEnvironmentOptions,
) {
	const existing = await client.fetchCredentials();
	const types = (await client.fetchCredentialTypes()) as { name: string; displayName: string }[];
	const upsert = async (name: string, type: string, data: IDataObject) => {
		const known = existing.find((one) => one.name === name && one.type === type);
		return known
			? await client.updateCredential(known.id, { name, type, data })
			: await client.createCredential({ name, type, data });
	};
	const upsertPersona = async (name: string, key: PersonaKey) =>
		await upsert(name, credentialType, {
			apiVersion: '2025-12-08',
			webhookSecret: '',
			...key,
		});

	const stored: StoredCredential[] = [];
	for (const [type, data] of Object.entries(services?.credentials ?? {})) {
		const { displayName = type } = types.find(({ name }) => name === type) ?? {};
		stored.push(await upsert(`${displayName} (stand-in)`, type, data));
	}
	if (sandboxCredential) await upsertPersona(sandboxCredentialName, sandboxCredential);
	// Last, because n8n gives a new node the credential that was changed last.
	stored.push(await upsertPersona(credentialName, credential));
	return Object.fromEntries(stored.map((each) => [each.type, each]));
}

function createWorkflowStore(
	client: N8nClient,
	nodeTypes: NodeTypes,
	credentials: Record<string, StoredCredential>,
) {
	/** The IDs of all credentials, the user's own included. */
	let known: Set<string> | undefined;

	/** Selects credentials where none is selected, or one that is no more. */
	const selectCredentials = (node: INode): INode => {
		const selected = Object.values(node.credentials ?? {});
		const isKept = selected.length > 0 && selected.every(({ id }) => id && known?.has(id));
		return isKept ? node : nodeTypes.selectCredentials(node, credentials);
	};

	async function upsert(file: WorkflowFile): Promise<FoundWorkflow>;
	async function upsert(
		file: WorkflowFile,
		mayBeArchived: true,
	): Promise<FoundWorkflow | undefined>;
	async function upsert(file: WorkflowFile, mayBeArchived = false) {
		known ??= new Set((await client.fetchCredentials()).map(({ id }) => id));
		const theme = getTheme(file);
		const all = (await client.fetchWorkflows()).filter(({ name }) => name === file.name);
		const existing = all.find(({ isArchived }) => !isArchived);
		if (!existing && mayBeArchived && all.length > 0) return undefined;
		const describe = (workflow: StoredWorkflow): DemoWorkflow => ({
			...workflow,
			theme,
			isDecider: isDecider(workflow),
		});

		if (!existing) {
			const tags = theme ? [await client.getOrCreateTag(theme)] : [];
			const nodes = file.nodes.map(selectCredentials);
			const workflow = await client.createWorkflow({ ...file, nodes, tags });
			return { workflow: describe(workflow), isNew: true };
		}
		const { active, activeVersionId, ...workflow } = await client.fetchWorkflow(existing.id);
		const nodes = workflow.nodes.map(selectCredentials);
		const isChanged = JSON.stringify(nodes) !== JSON.stringify(workflow.nodes);
		if (isChanged) await client.updateWorkflow(existing.id, { nodes });
		const { versionId } = await client.fetchWorkflow(existing.id);
		return {
			workflow: describe({ ...workflow, nodes, versionId, active }),
			isNew: false,
			// The user may have changed it without publishing the change.
			publishedVersion: active
				? (isChanged && versionId) || activeVersionId || versionId
				: undefined,
		};
	}
	return { upsert };
}

const hasTrigger = ({ nodes }: DemoWorkflow) =>
	nodes.some(({ type, disabled }) => !disabled && /trigger|webhook$/i.test(type));

/** Runs the part of each workflow that makes its tables, unless they exist. */
async function makeTables(client: N8nClient, found: FoundWorkflow[], problems: string[]) {
	for (const { workflow } of found) {
		if (!workflow.nodes.some(({ name }) => name === RUN_ONCE)) continue;
		const { executionId } = await client.runWorkflow(workflow.id, RUN_ONCE);
		if (!executionId) continue;
		const { status, error } = await client.waitForExecution(executionId);
		if (status !== 'success') {
			problems.push(`"${RUN_ONCE}" of "${workflow.name}" failed: ${error?.message}`);
		}
	}
}

/** Unpublishes first: n8n registers a webhook only once, and a new sandbox does not have it. */
async function republish(
	client: N8nClient,
	{ workflow: { id, name }, publishedVersion }: FoundWorkflow,
	problems: string[],
) {
	try {
		if (publishedVersion) await client.unpublish(id);
		await publishWorkflow(client, { id, name }, publishedVersion);
	} catch (error) {
		const { message } = error as Error;
		problems.push(message.includes(name) ? message : explainFailure(name, message));
	}
}

const explainFailure = (name: string, reason: string) =>
	`"${name}" could not be published: ${reason.trim()}`;

/** Publishes a version of a workflow, by default the latest. Throws if n8n could not register its triggers. */
export async function publishWorkflow(
	client: N8nClient,
	{ id, name }: Pick<DemoWorkflow, 'id' | 'name'>,
	version?: string,
): Promise<void> {
	const state = await client.publish(id, undefined, version);
	if (state.status === 'published') return;
	throw new Error(explainFailure(name, explainTriggers(state) || `n8n says ${state.status}`));
}
