import type { IDataObject } from 'n8n-workflow';
import { startServer } from '../../support/requestRecorder.mts';

/** One message of a chat, as the API of OpenAI has it. */
export interface ChatMessage {
	role: string;
	content: string | null;
	tool_calls?: IDataObject[];
}

/** What a chat model is asked, as the API of OpenAI has it. */
export interface Chat {
	messages: ChatMessage[];
	tools: Array<{ function: { name: string; description: string; parameters: IDataObject } }>;
}

/** What the model does next: it calls a tool, or says something about what the tools told it. */
export type Move =
	{ call: string; input: IDataObject } | { say: string | ((heard: string) => string) };

/** A chat model that follows a script. */
export interface ChatModel {
	/** What goes into a credential. */
	url: string;
	/** The moves to come, the next first; what it is asked beyond them goes to `refused`. */
	script: Move[];
	/** Everything that it was asked, oldest first. */
	asked: Chat[];
	/** While it is so, it answers nothing but that it is overloaded. */
	down: boolean;
	close(): Promise<void>;
}

/** What the tools have told it since the last question. */
function heardIn({ messages }: Chat): string {
	const question = messages.map(({ role }) => role).lastIndexOf('user');
	const told = messages.slice(question).filter(({ role }) => role === 'tool');
	return told.map(({ content }) => content).join('\n');
}

function answerTo(chat: Chat, move: Move): ChatMessage {
	if ('say' in move) {
		const { say } = move;
		return { role: 'assistant', content: typeof say === 'string' ? say : say(heardIn(chat)) };
	}
	const call = { name: move.call, arguments: JSON.stringify(move.input) };
	const id = `call_${chat.messages.length}`;
	return {
		role: 'assistant',
		content: null,
		tool_calls: [{ id, type: 'function', function: call }],
	};
}

/** Plays the part of a service with the API of OpenAI, as far as chats go. */
export async function startChatModel(refused: string[]): Promise<ChatModel> {
	const model = { script: [] as Move[], asked: [] as Chat[], down: false };
	const server = await startServer(({ path, body }) => {
		if (model.down) return { status: 503, body: { error: { message: 'Overloaded' } } };
		const move = path === '/chat/completions' ? model.script.shift() : undefined;
		if (!move) {
			refused.push(`The model has no answer to ${path}`);
			return { status: 400, body: { error: { message: 'Not in the script' } } };
		}
		const chat = body as Chat;
		model.asked.push(chat);
		const message = answerTo(chat, move);
		return {
			body: {
				id: `chatcmpl-${model.asked.length}`,
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
