import { readdirSync, readFileSync } from 'node:fs';
import {
	createRunExecutionData,
	executeFilter,
	Workflow,
	type FilterValue,
	type IDataObject,
	type INode,
	type INodeExecutionData,
	type INodeType,
	type INodeTypes,
	type ITaskData,
	type NodeParameterValueType,
} from 'n8n-workflow';

/** Expressions are evaluated without knowing what the nodes are. */
const nodeTypes: INodeTypes = {
	getByName: () => anyNodeType,
	getByNameAndVersion: () => anyNodeType,
	getKnownTypes: () => ({}),
};
const anyNodeType = { description: { properties: [] } } as unknown as INodeType;

/** The outputs of nodes, by name: for each run of a node, for each of its outputs, the JSON of its items. */
export type Outputs = Record<string, IDataObject[][][]>;

/** Lists the names of the library's workflows. */
export const listWorkflows = (): string[] =>
	readdirSync('workflows')
		.map((file) => file.replace('.json', ''))
		.sort();

/** Reads the nodes of a workflow of the library. */
export const readNodes = (name: string): INode[] =>
	(JSON.parse(readFileSync(`workflows/${name}.json`, 'utf8')) as { nodes: INode[] }).nodes;

/** Returns a node by its name. Throws when there is none. */
export function getNode(nodes: INode[], name: string): INode {
	const node = nodes.find((each) => each.name === name);
	if (!node) throw new Error(`There is no node "${name}"`);
	return node;
}

const toItems = (items: IDataObject[]): INodeExecutionData[] =>
	items.map((json, item) => ({ json, pairedItem: { item } }));

const toRun = (outputs: IDataObject[][]) =>
	({
		startTime: 0,
		executionTime: 0,
		executionIndex: 0,
		source: [],
		data: { main: outputs.map(toItems) },
	}) satisfies ITaskData;

/**
 * Evaluates a parameter of a workflow's node with n8n's own expressions, for the first of these items
 * and after other nodes have put out these.
 */
export function evaluateParameter(
	nodes: INode[],
	nodeName: string,
	value: unknown,
	input: IDataObject[],
	outputs: Outputs = {},
	runIndex = 0,
): unknown {
	const workflow = new Workflow({
		// n8n changes the parameters of the nodes that it gets.
		nodes: structuredClone(nodes),
		connections: {},
		active: false,
		nodeTypes,
	});
	const runData = Object.fromEntries(
		Object.entries(outputs).map(([name, runs]) => [name, runs.map(toRun)]),
	);
	return workflow.expression.getParameterValue(
		value as NodeParameterValueType,
		createRunExecutionData({ resultData: { runData } }),
		runIndex,
		0,
		nodeName,
		toItems(input),
		'manual',
		{},
	);
}

type Conditions = { conditions: FilterValue };
type Rule = Conditions & { outputKey: string };

/**
 * Returns through which output an item leaves an If or a Switch node, as n8n decides it: `true` or
 * `false` of an If, the name of a Switch's output, undefined where it has none for the item. Throws
 * where n8n would.
 */
export function routeItem(
	nodes: INode[],
	nodeName: string,
	item: IDataObject,
	outputs: Outputs = {},
): boolean | string | undefined {
	const { parameters } = getNode(nodes, nodeName);
	const isFulfilled = ({ conditions }: Conditions) => {
		// There is one item, which needs no connections to be found.
		const text = JSON.stringify(conditions).replaceAll('.item.', '.first().');
		const value = evaluateParameter(nodes, nodeName, JSON.parse(text), [item], outputs);
		return executeFilter(value as FilterValue, {});
	};
	if ('conditions' in parameters) return isFulfilled(parameters as unknown as Conditions);
	const { values } = parameters.rules as unknown as { values: Rule[] };
	return values.find(isFulfilled)?.outputKey;
}
