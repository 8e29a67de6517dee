import type { IDataObject, INodeParameters } from 'n8n-workflow';
import { runNode, type NodeRunOptions } from '../../support/runNode.mts';

/** The value of an ID parameter, as a workflow stores it. */
export const toLocator = (value: string) => ({ __rl: true, mode: 'id', value });

/** Runs Add Many over these items. */
export const runAddMany = async (
	baseUrl: string,
	parameters: INodeParameters,
	items: IDataObject[],
	options: Partial<NodeRunOptions> = {},
) =>
	await runNode({
		credentials: { baseUrl, apiKey: 'persona_sandbox_demo' },
		parameters: { resource: 'listItem', operation: 'addMany', ...parameters },
		items,
		...options,
	});
