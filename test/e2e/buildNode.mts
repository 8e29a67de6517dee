import type { IDataObject, INode } from 'n8n-workflow';
import type { TestEnvironment } from './testEnvironment.mts';

/** The name of the manual trigger of these workflows. */
export const START = 'When clicking';

/** Builds a node as a workflow stores it. */
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

/** Returns the part of a node that selects the credential of an environment. */
export const selectCredential = ({ credential: { id, name } }: TestEnvironment) => ({
	credentials: { personaApi: { id, name } },
});

/** Builds the value of a resource locator by ID. The ID may be an expression. */
export const buildIdLocator = (value: string) => ({ __rl: true, mode: 'id', value });

/** The argument of an agent's tool that names the inquiry. */
export const INQUIRY_ARGUMENT = 'Inquiry';

/** Builds a tool of an AI agent that works on the inquiry which the model names. */
export const buildInquiryTool = (
	environment: TestEnvironment,
	name: string,
	parameters: IDataObject,
): INode =>
	buildNode(
		'n8n-nodes-persona.personaTool',
		name,
		{
			resource: 'inquiry',
			inquiryId: buildIdLocator(
				`={{ $fromAI('${INQUIRY_ARGUMENT}', 'The inquiry to work with', 'string') }}`,
			),
			...parameters,
		},
		selectCredential(environment),
	);

/** Builds a node that puts out these items. */
export const buildItemsNode = (name: string, items: Array<{ json: IDataObject }>): INode =>
	buildNode(
		'n8n-nodes-base.code',
		name,
		{ jsCode: `return ${JSON.stringify(items)};` },
		{ typeVersion: 2 },
	);

/** Runs nodes one after another behind a manual trigger, and returns the execution. */
export async function runNodes({ client }: TestEnvironment, ...nodes: INode[]) {
	const all = [buildNode('n8n-nodes-base.manualTrigger', START, {}), ...nodes];
	const linkTo = (index: number) => [
		{ node: all[index + 1].name, type: 'main' as const, index: 0 },
	];
	const connections = Object.fromEntries(
		all.slice(0, -1).map(({ name }, index) => [name, { main: [linkTo(index)] }]),
	);
	const workflow = await client.createWorkflow({ name: 'Test', nodes: all, connections });
	const { executionId } = await client.runWorkflow(workflow.id, START);
	return await client.waitForExecution(String(executionId));
}
