import './environment.mts';
import { ExecutionLifecycleHooks, WorkflowExecute } from 'n8n-core';
import {
	createRunExecutionData,
	NodeConnectionTypes,
	Workflow,
	type IBinaryKeyData,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type IExecuteFunctions,
	type INode,
	type INodeExecutionData,
	type INodeParameters,
	type INodeType,
	type INodeTypes,
	type IRun,
	type IRunData,
	type ITaskData,
	type IWorkflowExecuteAdditionalData,
	type NodeExecutionHint,
	type OnError,
} from 'n8n-workflow';
import { Persona } from '../../nodes/Persona/Persona.node.ts';
import { PersonaCredentials } from './credentials.mts';

/** What to run and on what; only the parameters must be given. */
export interface RunOptions {
	/** As a workflow stores them; what is left out takes its default, expressions are evaluated. */
	parameters: INodeParameters;
	/** The JSON of the input items; one empty item when left out. */
	items?: IDataObject[];
	/** Binary data of the input items, by their index. */
	binary?: Array<IBinaryKeyData | undefined>;
	/** Replaces members of the credential; `baseUrl` says where Persona is. */
	credentials?: ICredentialDataDecryptedObject;
	onError?: OnError;
	/** Further settings of the node, such as `retryOnFail`. */
	settings?: Partial<INode>;
	/** The same ID stands for the same execution, tried again. */
	executionId?: string;
	/** How often the node has run before in this execution. */
	runIndex?: number;
	/** The node to run; the action node unless another is given. */
	nodeType?: INodeType;
	/** Stops the execution as the Stop button does. */
	signal?: AbortSignal;
}

/** What a run left behind. */
export interface RunOutcome {
	/** The first output's items. */
	items: INodeExecutionData[];
	/** All outputs; the error output is the second. */
	outputs: INodeExecutionData[][];
	/** Why the node failed; n8n keeps its members, `name` among them, but not its class. */
	error?: ITaskData['error'];
	hints: NodeExecutionHint[];
	run: IRun;
}

const NODE = 'Persona';

const SOURCE = 'Items';

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

const additionalData = (
	executionId: string,
	credentials: ICredentialDataDecryptedObject,
	hooks: ExecutionLifecycleHooks,
) =>
	({
		credentialsHelper: new PersonaCredentials(credentials),
		executionId,
		hooks,
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

function workflowOf({ parameters, onError, settings, nodeType = new Persona() }: RunOptions) {
	const types: Record<string, INodeType> = { source, tested: nodeType };
	const nodeTypes: INodeTypes = {
		getByName: (type) => types[type],
		getByNameAndVersion: (type) => types[type],
		getKnownTypes: () => ({}),
	};
	return new Workflow({
		id: 'test',
		nodes: [
			node(SOURCE, 'source'),
			node(NODE, 'tested', {
				parameters,
				onError,
				credentials: { personaApi: { id: '1', name: 'Persona' } },
				...settings,
			}),
		],
		connections: {
			[SOURCE]: { main: [[{ node: NODE, type: NodeConnectionTypes.Main, index: 0 }]] },
		},
		nodeTypes,
		active: false,
		settings: { executionOrder: 'v1' },
	});
}

const earlierRuns = (count: number): IRunData =>
	count === 0
		? {}
		: {
				[NODE]: Array.from({ length: count }, (_, executionIndex) => ({
					startTime: 0,
					executionTime: 0,
					executionIndex,
					source: [],
					data: { main: [[]] },
				})),
			};

/**
 * Runs the node in a workflow of its own with n8n's own engine, in this process. A failure of the
 * node is in the outcome; parameters that n8n refuses before it starts are thrown.
 */
export async function runNode(options: RunOptions): Promise<RunOutcome> {
	const { items = [{}], binary = [], credentials = {}, executionId = '1', signal } = options;
	const workflow = workflowOf(options);
	const input = items.map((json, index) => ({ json, binary: binary[index] }));
	const hooks = new ExecutionLifecycleHooks('manual', executionId, {
		id: 'test',
		name: 'Test',
		active: false,
		isArchived: false,
		activeVersionId: null,
		createdAt: new Date(),
		updatedAt: new Date(),
		nodes: Object.values(workflow.nodes),
		connections: workflow.connectionsBySourceNode,
	});
	const execution = new WorkflowExecute(
		additionalData(executionId, credentials, hooks),
		'manual',
		createRunExecutionData({
			resultData: { runData: earlierRuns(options.runIndex ?? 0) },
			executionData: {
				nodeExecutionStack: [
					{ node: workflow.nodes[SOURCE], data: { main: [input] }, source: null },
				],
			},
		}),
	).processRunExecutionData(workflow);
	const cancel = () => execution.cancel();
	signal?.addEventListener('abort', cancel, { once: true });
	const run = await execution;
	signal?.removeEventListener('abort', cancel);
	const task = run.data.resultData.runData[NODE]?.at(-1);
	const outputs = (task?.data?.main ?? []).map((output) => output ?? []);
	return {
		items: outputs[0] ?? [],
		outputs,
		error: task?.error ?? run.data.resultData.error,
		hints: task?.hints ?? [],
		run,
	};
}
