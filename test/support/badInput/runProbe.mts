import type {
	IDataObject,
	IExecuteFunctions,
	INode,
	INodeParameters,
	INodeType,
	NodeParameterValueType,
} from 'n8n-workflow';
import { execute } from '../../../nodes/Persona/engine/execute.ts';
import { getObjectType } from '../../../nodes/Persona/engine/operationRules.ts';
import { RESULT_STATUSES } from '../../../nodes/Persona/operations/waitForResult.ts';
import { reports } from '../../../nodes/Persona/resources/report.ts';
import { table } from '../../../nodes/Persona/resources/index.ts';
import { findNodeName, getActionNode } from '../actionNodes.mts';
import { observeRow } from '../observeRow.mts';
import { runNode } from '../runNode.mts';
import { inputFiles } from './binary.mts';
import type { TreeRecorder, RequestTree } from './requestTree.mts';
import type { Probe } from './probeInput.mts';

/** The error of one item, if it has failed, and its requests to Persona. */
export interface ProbeResult {
	message?: string;
	description?: string;
	requests: RequestTree[];
}

/** The node; it calls `turn` with the item whenever the item begins to run. */
const createObservedNode = (
	{ row, parameters: { resource } }: Probe,
	turn: (item: number) => void,
	isTool: boolean,
): INodeType => ({
	// n8n knows a tool by the end of this name.
	description: {
		...getActionNode(resource).description,
		name: isTool ? 'personaTool' : 'persona',
	},
	async execute(this: IExecuteFunctions) {
		return await execute.call(this, observeRow(table, row, turn), findNodeName(resource));
	},
});

/** The same parameters, each value as an expression that reads it from the item. */
function toExpressions(value: NodeParameterValueType, from: string): NodeParameterValueType {
	if (Array.isArray(value) && value.some((one) => typeof one === 'object')) {
		return value.map((one, at) => toExpressions(one, `${from}[${at}]`)) as INodeParameters[];
	}
	if (typeof value !== 'object' || value === null || Array.isArray(value)) return `={{ ${from} }}`;
	// In a resource locator and in mapped columns, only values can be expressions.
	const taken = '__rl' in value || 'mappingMode' in value ? ['value'] : Object.keys(value);
	return Object.fromEntries(
		Object.entries(value).map(([name, member]) => [
			name,
			taken.includes(name) ? toExpressions(member, `${from}[${JSON.stringify(name)}]`) : member,
		]),
	) as INodeParameters;
}

/** The parameters as a workflow stores them if the values come from the items. */
function toStoredParameters({ parameters, fixed }: Probe): INodeParameters {
	const { options, ...read } = toExpressions(parameters, '$json.parameters') as INodeParameters;
	const literal = Object.entries(parameters).filter(([name]) => fixed.includes(name));
	return {
		...read,
		...Object.fromEntries(literal),
		options: { ...(options as INodeParameters), itemsAtATime: 1 },
	};
}

/** A copy of the parameters with these values, each at its path. */
export function setValues(parameters: INodeParameters, values: Array<[string[], unknown]>) {
	const copy = structuredClone(parameters);
	for (const [path, value] of values) {
		let target = copy as IDataObject;
		for (const name of path.slice(0, -1)) target = target[name] as IDataObject;
		target[path[path.length - 1]] = value as IDataObject;
	}
	return copy;
}

/** A response that is enough for the operation; those that need more have their own tests. */
export function buildResponse({ row, parameters }: Pick<Probe, 'row' | 'parameters'>) {
	const resource = table.resources.find(({ value }) => value === parameters.resource);
	// The object is done, so that no operation waits for it.
	const { done: [status] = ['ready'] } =
		(resource && RESULT_STATUSES[getObjectType(resource, row)]) ?? {};
	const object = { type: 'thing', id: 'thg_1', attributes: { status } };
	if (row === reports.operations.getMatches) {
		const attributes = { status: 'ready', 'matched-records': [] };
		return { data: { type: 'report/screening', id: 'rep_1', attributes } };
	}
	if (row.returns === 'file') return Buffer.from('a file');
	return { data: row.returns === 'list' ? [object] : object, links: { next: null } };
}

/** Runs an operation in one execution with one item for each of these parameters. */
export async function runProbe(
	probe: Probe,
	ear: TreeRecorder,
	all: INodeParameters[],
	settings: Partial<INode> = {},
): Promise<ProbeResult[]> {
	const outcomes = all.map((): ProbeResult => ({ requests: [] }));
	ear.response = buildResponse(probe);
	const { items, error } = await runNode({
		nodeType: createObservedNode(
			probe,
			(item) => ear.recordInto(outcomes[item].requests),
			settings.type !== undefined,
		),
		parameters: toStoredParameters(probe),
		items: all.map((parameters) => ({ parameters })),
		binary: all.map(() => inputFiles),
		credentials: { baseUrl: ear.baseUrl },
		onError: 'continueRegularOutput',
		settings,
	});
	if (error) throw new Error(`${probe.name}: ${error.message}`);
	for (const { json, pairedItem } of items) {
		const { item } = pairedItem as { item: number };
		if (typeof json.error !== 'string') continue;
		outcomes[item].message = json.error;
		outcomes[item].description = String(json.message ?? '');
	}
	return outcomes;
}
