import { randomUUID } from 'node:crypto';
import type { INode, INodeParameters, IWorkflowSettings } from 'n8n-workflow';
import type { StoredCredential, WorkflowFile } from '../tools/n8n/n8nClient.mts';

/** What the bench sets of a node. */
export interface NodeTemplate {
	name: string;
	type: string;
	version?: number;
	parameters?: INodeParameters;
	credential?: StoredCredential;
	onError?: INode['onError'];
}

export const startNode: NodeTemplate = { name: 'Start', type: 'n8n-nodes-base.manualTrigger' };

/** Builds a Code node that returns `count` items `{ number }`, from 1. */
export const buildItemsNode = (count: number): NodeTemplate => ({
	name: 'Items',
	type: 'n8n-nodes-base.code',
	version: 2,
	parameters: {
		jsCode: `return Array.from({ length: ${count} }, (_, index) => ({ json: { number: index + 1 } }));`,
	},
});

/** Builds a workflow of these nodes, each connected to the next. */
export function buildChain(
	name: string,
	templates: NodeTemplate[],
	settings: IWorkflowSettings = {},
): WorkflowFile {
	const nodes = templates.map(
		({ credential, version = 1, parameters = {}, ...template }, index): INode => ({
			...template,
			id: randomUUID(),
			webhookId: randomUUID(),
			typeVersion: version,
			position: [index * 240, 0],
			parameters,
			...(credential && {
				credentials: { [credential.type]: { id: credential.id, name: credential.name } },
			}),
		}),
	);
	const links = templates
		.slice(1)
		.map(({ name: next }, index) => [
			templates[index].name,
			{ main: [[{ node: next, type: 'main' as const, index: 0 }]] },
		]);
	return {
		name,
		nodes,
		connections: Object.fromEntries(links),
		settings: { executionOrder: 'v1', ...settings },
	};
}
