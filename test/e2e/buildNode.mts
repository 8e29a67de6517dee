import type { IDataObject, INode } from 'n8n-workflow';
import type { TestEnvironment } from './testEnvironment.mts';

/** The trigger that every workflow of these tests starts with. */
export const START = 'When clicking';

/** A node as a workflow stores it. */
export const buildNode = (
	type: string,
	name: string,
	parameters: IDataObject,
	more = {},
): INode => ({
	id: name,
	name,
	type,
	typeVersion: 1,
	position: [0, 0],
	parameters: parameters as INode['parameters'],
	...more,
});

/** What lets a node use the credential of a environment. */
export const selectCredential = ({ credential: { id, name } }: TestEnvironment) => ({
	credentials: { personaApi: { id, name } },
});

/** An ID in the form that n8n stores; an expression too. */
export const buildIdLocator = (value: string) => ({ __rl: true, mode: 'id', value });

/** Runs nodes one after another behind a manual trigger and gives the execution. */
export async function runNodes({ client }: TestEnvironment, ...nodes: INode[]) {
	const all = [buildNode('n8n-nodes-base.manualTrigger', START, {}), ...nodes];
	const next = (index: number) => [{ node: all[index + 1].name, type: 'main' as const, index: 0 }];
	const connections = Object.fromEntries(
		all.slice(0, -1).map(({ name }, index) => [name, { main: [next(index)] }]),
	);
	const workflow = await client.createWorkflow({ name: 'Test', nodes: all, connections });
	const { executionId } = await client.runWorkflow(workflow.id, START);
	return await client.waitForExecution(String(executionId));
}
