import type { IConnections, INode } from 'n8n-workflow';
import type { StoredCredential, WorkflowFile } from '../../tools/n8n/n8nClient.mts';
import { buildNode, START } from './buildNode.mts';

/** The name of the agent in these workflows. */
export const AGENT = 'Agent';

const AI_TOOL = 'ai_tool';

/** Builds the connections that give `tools` to a node. */
export const connectTools = (tools: INode[], node: string): IConnections =>
	Object.fromEntries(
		tools.map(({ name }) => [name, { [AI_TOOL]: [[{ node, type: AI_TOOL, index: 0 }]] }]),
	);

/**
 * Builds a workflow in which an agent with a chat model may use a tool once it is started. With `review`,
 * that node of n8n stands between the two, and a person decides about each call.
 */
export function buildAgentWorkflow(
	chatModel: StoredCredential,
	tool: INode,
	review?: INode,
): WorkflowFile {
	const agent = buildNode(
		'@n8n/n8n-nodes-langchain.agent',
		AGENT,
		{ promptType: 'define', text: 'What about this inquiry?' },
		{ typeVersion: 3.1 },
	);
	const model = buildNode(
		'@n8n/n8n-nodes-langchain.lmChatOpenAi',
		'Model',
		{ model: { __rl: true, mode: 'id', value: 'scripted' } },
		{
			typeVersion: 1.2,
			credentials: { openAiApi: { id: chatModel.id, name: chatModel.name } },
		},
	);
	return {
		name: AGENT,
		settings: { executionOrder: 'v1' },
		nodes: [
			buildNode('n8n-nodes-base.manualTrigger', START, {}),
			...[agent, model, tool],
			...(review ? [review] : []),
		],
		connections: {
			[START]: { main: [[{ node: AGENT, type: 'main', index: 0 }]] },
			Model: { ai_languageModel: [[{ node: AGENT, type: 'ai_languageModel', index: 0 }]] },
			...connectTools([tool], review?.name ?? AGENT),
			...(review && connectTools([review], AGENT)),
		},
	};
}
