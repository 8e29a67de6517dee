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

/** What to run. Only the parameters are required. */
export interface NodeRunOptions {
	/** As a workflow stores them; the others have their defaults, expressions are evaluated. */
	parameters: INodeParameters;
	/** The JSON of the input items; one empty item by default. */
	items?: IDataObject[];
	/** Binary data of the input items, by their index. */
	binary?: Array<IBinaryKeyData | undefined>;
	/** Replaces members of the credential; `baseUrl` is the API URL. */
	credentials?: ICredentialDataDecryptedObject;
	onError?: OnError;
	/** Further settings of the node, such as `retryOnFail`. */
	settings?: Partial<INode>;
	/** With the same ID, n8n tries the same execution again. */
	executionId?: string;
	/** The number of earlier runs of the node in this execution. */
	runIndex?: number;
	/** The node to run; by default the one that offers the resource. */
	nodeType?: INodeType;
	/** The time zone of the workflow. */
	timezone?: string;
	/** Stops the execution as the Stop button does. */
	signal?: AbortSignal;
}

/** The result of a run. */
export interface NodeRunResult {
	/** The first output's items. */
	items: INodeExecutionData[];
	/** All outputs; the error output is the second. */
	outputs: INodeExecutionData[][];
	/** The error of the node; n8n keeps its members, such as `name`, but not its class. */
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

/** Parameters in which each map that is given as JSON says so, as n8n stores it. */
export const addMapModes = (parameters: INodeParameters): INodeParameters => ({
	...Object.fromEntries(
		['fields', 'rowsFields']
			.filter((map) => map in parameters)
			.map((map) => [`${map}Mode`, 'json']),
	),
	...parameters,
});

/**
 * Runs the node in a workflow with n8n's own engine, in this process. The error of the node is in the
 * result. Throws if n8n rejects the parameters before the start.
 */
export async function runNode(options: NodeRunOptions): Promise<NodeRunResult> {
	const { items = [{}], binary = [], credentials = {}, executionId = '1', signal } = options;
	const workflow = buildWorkflow(
		{ parameters: addMapModes(options.parameters), onError: options.onError, ...options.settings },
		options.nodeType,
		options.timezone,
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
