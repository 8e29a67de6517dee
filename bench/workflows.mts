import { randomUUID } from 'node:crypto';
import type { INode, INodeParameters, IWorkflowSettings } from 'n8n-workflow';
import type { StoredCredential, WorkflowFile } from '../tools/n8n/n8nClient.mts';

/** A node as the bench thinks of it. */
export interface Part {
	name: string;
	type: string;
	version?: number;
	parameters?: INodeParameters;
	credential?: StoredCredential;
	onError?: INode['onError'];
}

export const start: Part = { name: 'Start', type: 'n8n-nodes-base.manualTrigger' };

/** A Code node that makes `count` items `{ number }`, from 1. */
export const items = (count: number): Part => ({
	name: 'Items',
	type: 'n8n-nodes-base.code',
	version: 2,
	parameters: {
		jsCode: `return Array.from({ length: ${count} }, (_, index) => ({ json: { number: index + 1 } }));`,
	},
});

/** Nodes in a row, each connected to the next. */
export function chain(name: string, parts: Part[], settings: IWorkflowSettings = {}): WorkflowFile {
	const nodes = parts.map(
		({ credential, version = 1, parameters = {}, ...part }, index): INode => ({
			...part,
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
	const links = parts
		.slice(1)
		.map(({ name: next }, index) => [
			parts[index].name,
			{ main: [[{ node: next, type: 'main' as const, index: 0 }]] },
		]);
	return {
		name,
		nodes,
		connections: Object.fromEntries(links),
		settings: { executionOrder: 'v1', ...settings },
	};
}
