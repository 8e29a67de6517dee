import './n8nFolder.mts';
import { ExecutionLifecycleHooks } from 'n8n-core';
import {
	NodeConnectionTypes,
	Workflow,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type IExecuteFunctions,
	type INode,
	type INodeType,
	type INodeTypes,
	type IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';
import { getActionNode } from './actionNodes.mts';
import { PersonaCredentialsHelper } from './credentialsHelper.mts';

/** Name of the tested node. */
export const NODE_NAME = 'Persona';

/** Name of the node in front of it. */
export const SOURCE_NAME = 'Items';

/** A node in front of the tested one, which provides its input. */
const sourceNode: INodeType = {
	description: {
		displayName: SOURCE_NAME,
		name: 'items',
		group: ['trigger'],
		version: 1,
		description: 'Provides the items of a test',
		defaults: {},
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		properties: [],
	},
	async execute(this: IExecuteFunctions) {
		return [this.getInputData()];
	},
};

const throwUnsupported = (): never => {
	throw new Error('A tested node starts no other workflow');
};

/** What n8n provides to a running node, besides its workflow. */
export const buildAdditionalData = (
	workflow: Workflow,
	credentials: ICredentialDataDecryptedObject,
	executionId = '1',
) =>
	({
		credentialsHelper: new PersonaCredentialsHelper(credentials),
		executionId,
		hooks: new ExecutionLifecycleHooks('manual', executionId, {
			id: 'test',
			name: 'Test',
			active: false,
			isArchived: false,
			activeVersionId: null,
			createdAt: new Date(),
			updatedAt: new Date(),
			nodes: Object.values(workflow.nodes),
			connections: workflow.connectionsBySourceNode,
		}),
		currentNodeExecutionIndex: 0,
		variables: {},
		restApiUrl: 'http://127.0.0.1/rest',
		instanceBaseUrl: 'http://127.0.0.1/',
		formBaseUrl: 'http://127.0.0.1/form',
		formWaitingBaseUrl: 'http://127.0.0.1/form-waiting',
		formTestBaseUrl: 'http://127.0.0.1/form-test',
		webhookBaseUrl: 'http://127.0.0.1/webhook',
		webhookWaitingBaseUrl: 'http://127.0.0.1/webhook-waiting',
		webhookTestBaseUrl: 'http://127.0.0.1/webhook-test',
		mcpBaseUrl: 'http://127.0.0.1/mcp',
		mcpTestBaseUrl: 'http://127.0.0.1/mcp-test',
		executeWorkflow: throwUnsupported,
		getRunExecutionData: throwUnsupported,
		getRuntimeCredential: throwUnsupported,
		startRunnerTask: throwUnsupported,
		logAiEvent: () => {},
	}) satisfies Partial<IWorkflowExecuteAdditionalData> as unknown as IWorkflowExecuteAdditionalData;

const buildNode = (name: string, type: string, more: Partial<INode> = {}): INode => ({
	id: name,
	name,
	type,
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
	...more,
});

/** The tested node in a workflow, with the credential. */
const buildTestedNode = (name: string, settings: Partial<INode>) =>
	buildNode(name, 'tested', {
		credentials: { personaApi: { id: '1', name: 'Persona' } },
		...settings,
	});

/** A node as n8n offers it to AI agents: by the end of its name, the panel knows it as a tool. */
function toTool(nodeType: INodeType): INodeType {
	const { description } = nodeType;
	const tool = Object.create(nodeType) as INodeType;
	return Object.assign(tool, { description: { ...description, name: `${description.name}Tool` } });
}

/** The types of the tested node, also as a tool of an AI agent, and of the one in front of it. */
function buildNodeTypes(nodeType: INodeType): INodeTypes {
	const types: Record<string, INodeType> = {
		source: sourceNode,
		tested: nodeType,
		testedTool: toTool(nodeType),
	};
	return {
		getByName: (type) => types[type],
		getByNameAndVersion: (type) => types[type],
		getKnownTypes: () => ({}),
	};
}

/**
 * A workflow of two nodes: the items, and the tested node with these settings. Its time zone is n8n's
 * default, America/New_York, unless it has one of its own.
 */
export function buildWorkflow(
	settings: Partial<INode>,
	nodeType: INodeType = getActionNode(settings.parameters?.resource),
	timezone?: string,
) {
	return new Workflow({
		id: 'test',
		nodes: [buildNode(SOURCE_NAME, 'source'), buildTestedNode(NODE_NAME, settings)],
		connections: {
			[SOURCE_NAME]: { main: [[{ node: NODE_NAME, type: NodeConnectionTypes.Main, index: 0 }]] },
		},
		nodeTypes: buildNodeTypes(nodeType),
		active: false,
		settings: { executionOrder: 'v1', ...(timezone && { timezone }) },
	});
}

/** An active workflow that begins with this trigger, and its static data. */
export const buildTriggerWorkflow = (
	trigger: INodeType,
	settings: Partial<INode>,
	staticData: IDataObject = {},
	about: { id?: string; name?: string } = {},
) =>
	new Workflow({
		id: 'wf1',
		name: 'Onboarding',
		...about,
		nodes: [buildTestedNode(NODE_NAME, settings)],
		connections: {},
		nodeTypes: buildNodeTypes(trigger),
		active: true,
		staticData,
	});
