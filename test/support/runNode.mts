import './n8nFolder.mts';
import { WorkflowExecute } from 'n8n-core';
import {
	createRunExecutionData,
	type IBinaryKeyData,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type INode,
	type INodeExecutionData,
	type INodeParameters,
	type INodeType,
	type IRun,
	type IRunData,
	type ITaskData,
	type NodeExecutionHint,
	type OnError,
} from 'n8n-workflow';
import { buildAdditionalData, NODE_NAME, SOURCE_NAME, buildWorkflow } from './workflow.mts';

/** What to run and on what; only the parameters must be given. */
export interface NodeRunOptions {
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
export interface NodeRunResult {
	/** The first output's items. */
	items: INodeExecutionData[];
	/** All outputs; the error output is the second. */
	outputs: INodeExecutionData[][];
	/** Why the node failed; n8n keeps its members, `name` among them, but not its class. */
	error?: ITaskData['error'];
	hints: NodeExecutionHint[];
	run: IRun;
}

const buildEarlierRuns = (count: number): IRunData =>
	count === 0
		? {}
		: {
				[NODE_NAME]: Array.from({ length: count }, (_, executionIndex) => ({
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
export async function runNode(options: NodeRunOptions): Promise<NodeRunResult> {
	const { items = [{}], binary = [], credentials = {}, executionId = '1', signal } = options;
	const workflow = buildWorkflow(
		{ parameters: options.parameters, onError: options.onError, ...options.settings },
		options.nodeType,
	);
	const input = items.map((json, index) => ({ json, binary: binary[index] }));
	const execution = new WorkflowExecute(
		buildAdditionalData(workflow, credentials, executionId),
		'manual',
		createRunExecutionData({
			resultData: { runData: buildEarlierRuns(options.runIndex ?? 0) },
			executionData: {
				nodeExecutionStack: [
					{ node: workflow.nodes[SOURCE_NAME], data: { main: [input] }, source: null },
				],
			},
		}),
	).processRunExecutionData(workflow);
	const cancel = () => execution.cancel();
	signal?.addEventListener('abort', cancel, { once: true });
	const run = await execution;
	signal?.removeEventListener('abort', cancel);
	const task = run.data.resultData.runData[NODE_NAME]?.at(-1);
	const outputs = (task?.data?.main ?? []).map((output) => output ?? []);
	return {
		items: outputs[0] ?? [],
		outputs,
		error: task?.error ?? run.data.resultData.error,
		hints: task?.hints ?? [],
		run,
	};
}
