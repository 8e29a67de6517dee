import { runInNewContext } from 'node:vm';
import type { IDataObject, INode } from 'n8n-workflow';
import { getNode } from './evaluateParameter.mts';

/** Runs a Code node of a workflow with these input items and outputs of other nodes, and returns the JSON of its items. */
export function runCode(
	nodes: INode[],
	name: string,
	input: IDataObject[],
	outputs: Record<string, IDataObject> = {},
): IDataObject[] {
	const { jsCode } = getNode(nodes, name).parameters;
	const items = runInNewContext(`(() => {\n${String(jsCode)}\n})()`, {
		$: (other: string) => ({ first: () => ({ json: outputs[other] }) }),
		$input: { all: () => input.map((json) => ({ json })) },
		// What n8n gives to code beside JavaScript itself.
		...{ Buffer, TextDecoder },
	}) as { json: IDataObject }[];
	// The objects of the other context have other prototypes.
	return (JSON.parse(JSON.stringify(items)) as typeof items).map(({ json }) => json);
}
