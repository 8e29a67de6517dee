import type { IDataObject } from 'n8n-workflow';
import { startRequestRecorder } from './requestRecorder.mts';

/** A chat message, as in OpenAI's API. */
export interface ChatMessage {
	role: string;
	content: string | null;
	tool_calls?: IDataObject[];
}

/** A chat request, as in OpenAI's API. */
export interface ChatRequest {
	messages: ChatMessage[];
	tools: Array<{ function: { name: string; description: string; parameters: IDataObject } }>;
}

/** What the model does next: it calls a tool, or says something, for example about the tools' results. */
export type ScriptedReply =
	{ call: string; input: IDataObject } | { say: string | ((toolResults: string) => string) };

/** A chat model that follows a script. */
export interface ChatModel {
	/** Base URL for a credential. */
	url: string;
	/** The replies to come, next one first. */
	script: ScriptedReply[];
	/** Replies when the script is over. Default: requests beyond it are unexpected. */
	improvise?: (request: ChatRequest) => ScriptedReply;
	/** All requests, oldest first. */
	requests: ChatRequest[];
	/** While true, every response is 503. */
	isDown: boolean;
	close(): Promise<void>;
}

/** Returns the tools' results since the last question. */
function getToolResults({ messages }: ChatRequest): string {
	const question = messages.map(({ role }) => role).lastIndexOf('user');
	const results = messages.slice(question).filter(({ role }) => role === 'tool');
	return results.map(({ content }) => content).join('\n');
}

function buildMessage(request: ChatRequest, reply: ScriptedReply): ChatMessage {
	if ('say' in reply) {
		const { say } = reply;
		const content = typeof say === 'string' ? say : say(getToolResults(request));
		return { role: 'assistant', content };
	}
	const call = { name: reply.call, arguments: JSON.stringify(reply.input) };
	const id = `call_${request.messages.length}`;
	return {
		role: 'assistant',
		content: null,
		tool_calls: [{ id, type: 'function', function: call }],
	};
}

/** Starts a server with the chat endpoint of OpenAI's API. */
export async function startChatModel(unexpectedRequests: string[]): Promise<ChatModel> {
	const model: Omit<ChatModel, 'url' | 'close'> = { script: [], requests: [], isDown: false };
	const server = await startRequestRecorder(({ path, body }) => {
		if (model.isDown) return { status: 503, body: { error: { message: 'Overloaded' } } };
		const request = body as ChatRequest;
		const reply =
			path === '/chat/completions'
				? (model.script.shift() ?? model.improvise?.(request))
				: undefined;
		if (!reply) {
			unexpectedRequests.push(`Chat model: ${path} is not in the script`);
			return { status: 400, body: { error: { message: 'Not in the script' } } };
		}
		model.requests.push(request);
		const message = buildMessage(request, reply);
		return {
			body: {
				id: `chatcmpl-${model.requests.length}`,
				object: 'chat.completion',
				created: 0,
				model: 'scripted',
				choices: [{ index: 0, message, finish_reason: message.tool_calls ? 'tool_calls' : 'stop' }],
				usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
			},
		};
	});
	return Object.assign(model, { url: server.baseUrl, close: async () => await server.stop() });
}
