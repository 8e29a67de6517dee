import './environment.mts';
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
import { Persona } from '../../nodes/Persona/Persona.node.ts';
import { PersonaCredentials } from './credentials.mts';

/** Name of the node under test. */
export const NODE = 'Persona';

/** Name of the node in front of it. */
export const SOURCE = 'Items';

/** Stands in front of the node, so that its input comes from somewhere. */
const source: INodeType = {
	description: {
		displayName: SOURCE,
		name: 'items',
		group: ['trigger'],
		version: 1,
		description: 'Gives the items of a test',
		defaults: {},
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		properties: [],
	},
	async execute(this: IExecuteFunctions) {
		return [this.getInputData()];
	},
};

const unsupported = (): never => {
	throw new Error('A node under test starts no other workflow');
};

/** What n8n gives a running node besides its workflow. */
export const additionalData = (
	workflow: Workflow,
	credentials: ICredentialDataDecryptedObject,
	executionId = '1',
) =>
	({
		credentialsHelper: new PersonaCredentials(credentials),
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
		executeWorkflow: unsupported,
		getRunExecutionData: unsupported,
		getRuntimeCredential: unsupported,
		startRunnerTask: unsupported,
		logAiEvent: () => {},
	}) satisfies Partial<IWorkflowExecuteAdditionalData> as unknown as IWorkflowExecuteAdditionalData;

const node = (name: string, type: string, more: Partial<INode> = {}): INode => ({
	id: name,
	name,
	type,
	typeVersion: 1,
	position: [0, 0],
	parameters: {},
	...more,
});

/** Stands in a workflow for a node that needs the credential. */
const tested = (name: string, settings: Partial<INode>) =>
	node(name, 'tested', {
		credentials: { personaApi: { id: '1', name: 'Persona' } },
		...settings,
	});

/** Knows the node under test, also as a tool of an AI agent, and the one in front of it. */
function typesOf(nodeType: INodeType): INodeTypes {
	const types: Record<string, INodeType> = { source, tested: nodeType, testedTool: nodeType };
	return {
		getByName: (type) => types[type],
		getByNameAndVersion: (type) => types[type],
		getKnownTypes: () => ({}),
	};
}

/** A workflow of two nodes: the items, and the node under test with these settings. */
export function workflowOf(settings: Partial<INode>, nodeType: INodeType = new Persona()) {
	return new Workflow({
		id: 'test',
		nodes: [node(SOURCE, 'source'), tested(NODE, settings)],
		connections: {
			[SOURCE]: { main: [[{ node: NODE, type: NodeConnectionTypes.Main, index: 0 }]] },
		},
		nodeTypes: typesOf(nodeType),
		active: false,
		settings: { executionOrder: 'v1' },
	});
}

/** An active workflow that begins with this trigger, with what n8n has stored for it. */
export const listening = (
	trigger: INodeType,
	settings: Partial<INode>,
	staticData: IDataObject = {},
	about: { id?: string; name?: string } = {},
) =>
	new Workflow({
		id: 'wf1',
		name: 'Onboarding',
		...about,
		nodes: [tested(NODE, settings)],
		connections: {},
		nodeTypes: typesOf(trigger),
		active: true,
		staticData,
	});
