import type { IDataObject } from 'n8n-workflow';
import type { ChatMessage, ChatRequest, ScriptedReply } from '../tools/services/chatModel.mts';

const MAX_RESULT_LENGTH = 1_500;

/** What the stand-in says of itself, since its users expect a model that thinks. */
const ABOUT_ITSELF =
	'I am a stand-in for a chat model: I call the tool whose description shares the most words with your question, and repeat its answer. To talk to a real model, open the node of the chat model and create a credential with your own key.';

type Tool = ChatRequest['tools'][number];

/**
 * Answers without a script: calls the tool that fits the question best, and then repeats its results.
 * Values for the tool are taken from the question.
 */
export function improvise({ messages, tools = [] }: ChatRequest): ScriptedReply {
	const last = messages.map(({ role }) => role).lastIndexOf('user');
	const question = getText(messages[last]);
	const results = messages.slice(last + 1).filter(({ role }) => role === 'tool');
	const records = question.match(/\bscrre_\w+/g) ?? [];
	if (results.length > 0 && records.length > 0) return { say: propose(records) };
	if (results.length > 0) {
		const texts = results.map((result) => getText(result).slice(0, MAX_RESULT_LENGTH));
		return { say: `The tool answered:\n\n${texts.join('\n\n')}\n\n${ABOUT_ITSELF}` };
	}
	const tool = findTool(question, tools);
	if (!tool) return { say: ABOUT_ITSELF };
	return { call: tool.function.name, input: buildInput(tool, question) };
}

/** Proposals about records as _Clear matches with an agent_ asks for them: the first one is cleared. */
const propose = (records: string[]) =>
	JSON.stringify({
		proposals: records.map((record, index) =>
			index === 0
				? { record, verdict: 'not the same person', reasons: ['birthdate'] }
				: { record, verdict: 'unsure', reasons: [] },
		),
	});

/** The text of a message, whose content is a text or a list of parts. */
function getText(message?: ChatMessage): string {
	const content: unknown = message?.content ?? '';
	if (!Array.isArray(content)) return String(content);
	return content.map((part) => String(Object(part).text ?? '')).join('\n');
}

/** The words of a text that say what it is about. */
const listWords = (text: string) => text.toLowerCase().match(/[a-z]{4,}/g) ?? [];

/** Finds the tool whose name and description have the most words of the question. */
function findTool(question: string, tools: Tool[]): Tool | undefined {
	const words = new Set(listWords(question));
	const scored = tools.map((tool) => {
		const { name, description } = tool.function;
		const own = new Set(listWords(`${name.replace(/_/g, ' ')} ${description}`));
		return { tool, score: [...words].filter((word) => own.has(word)).length };
	});
	const [best] = scored.filter(({ score }) => score > 0).sort((a, b) => b.score - a.score);
	return best?.tool;
}

/** Builds the input of a tool: IDs from the question, and for what is required else a value of its type. */
function buildInput(tool: Tool, question: string): IDataObject {
	const { properties = {}, required = [] } = tool.function.parameters as {
		properties?: Record<string, IDataObject>;
		required?: string[];
	};
	const input: IDataObject = {};
	for (const [name, schema] of Object.entries(properties)) {
		const value = findValue(name, String(schema.description ?? ''), question);
		if (value !== undefined) input[name] = value;
		else if (required.includes(name)) input[name] = buildValue(schema, question);
	}
	return input;
}

/** Finds an ID in the question that fits a field: `inq_1` if its description has such a one, or your own. */
function findValue(name: string, description: string, question: string): string | undefined {
	if (/reference/i.test(name)) return /\b[a-z]+-\d+\b/i.exec(question)?.[0];
	const prefix = /\b([a-z]{3,8})_/.exec(description)?.[1];
	return prefix && new RegExp(`\\b${prefix}_\\w+`).exec(question)?.[0];
}

function buildValue(schema: IDataObject, question: string) {
	const { type, enum: options } = schema;
	if (Array.isArray(options)) return options[0] as string;
	const values: Record<string, IDataObject[string]> = {
		...{ number: 1, integer: 1, boolean: false },
		...{ array: [], object: {} },
	};
	return values[String(type)] ?? question;
}
