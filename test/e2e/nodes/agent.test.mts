import type { IDataObject } from 'n8n-workflow';
import { startRequestRecorder, type RequestRecorder } from '../../support/requestRecorder.mts';
import { buildIdLocator, selectCredential, buildNode, START } from '../buildNode.mts';
import { startTestEnvironment, type TestEnvironment } from '../testEnvironment.mts';

/** One message of a chat, as the API of OpenAI has it. */
interface Message {
	role: string;
	content: string | null;
	tool_calls?: Array<{ id: string; type: 'function'; function: IDataObject }>;
}

/** What a chat model is asked, as the API of OpenAI has it. */
interface Chat {
	messages: Message[];
	tools: Array<{ function: { name: string; description: string; parameters: IDataObject } }>;
}

/** Follows a script: it calls its only tool for this inquiry, then says what the tool answered. */
function scripted({ messages, tools }: Chat, inquiryId: string) {
	const heard = messages.filter(({ role }) => role === 'tool').at(-1)?.content;
	const { name, parameters } = tools[0].function;
	const argument = Object.keys((parameters.properties ?? {}) as IDataObject)[0];
	const call = { name, arguments: JSON.stringify({ [argument]: inquiryId }) };
	const message: Message = heard
		? { role: 'assistant', content: heard }
		: {
				role: 'assistant',
				content: null,
				tool_calls: [{ id: 'call_1', type: 'function', function: call }],
			};
	const finish = heard ? 'stop' : 'tool_calls';
	return {
		id: 'chatcmpl-1',
		object: 'chat.completion',
		created: 0,
		model: 'scripted',
		choices: [{ index: 0, message, finish_reason: finish }],
		usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
	};
}

describe('the node as a tool of an AI agent', () => {
	let environment: TestEnvironment;
	let model: RequestRecorder;
	let inquiryId: string;
	let openAi: { id: string; name: string };

	beforeAll(async () => {
		environment = await startTestEnvironment();
		model = await startRequestRecorder(({ body }) => ({ body: scripted(body as Chat, inquiryId) }));
		openAi = await environment.client.createCredential({
			name: 'Scripted',
			type: 'openAiApi',
			data: { apiKey: 'none', url: model.baseUrl },
		});
	});
	beforeEach(() => {
		[inquiryId] = environment.sandbox.control.seedInquiries(1);
		model.requests.length = 0;
	});
	afterAll(async () => {
		await model?.stop();
		await environment?.close();
	});

	const status = () =>
		environment.sandbox.control.store.getCollection('inquiry').get(inquiryId)?.attributes.status;

	/** Lets an agent work with a Persona tool and gives what it says in the end. */
	async function ask(parameters: IDataObject) {
		const { client } = environment;
		const workflow = await client.createWorkflow({
			name: 'Agent',
			settings: { executionOrder: 'v1' },
			nodes: [
				buildNode('n8n-nodes-base.manualTrigger', START, {}),
				buildNode(
					'@n8n/n8n-nodes-langchain.agent',
					'Agent',
					{ promptType: 'define', text: 'What about this inquiry?' },
					{ typeVersion: 3.1 },
				),
				buildNode(
					'@n8n/n8n-nodes-langchain.lmChatOpenAi',
					'Model',
					{ model: { __rl: true, mode: 'id', value: 'scripted' } },
					{ typeVersion: 1.2, credentials: { openAiApi: { id: openAi.id, name: openAi.name } } },
				),
				buildNode(
					'n8n-nodes-persona.personaTool',
					'Persona',
					{
						resource: 'inquiry',
						inquiryId: buildIdLocator(
							"={{ $fromAI('Inquiry', 'The inquiry to work with', 'string') }}",
						),
						...parameters,
					},
					selectCredential(environment),
				),
			],
			connections: {
				[START]: { main: [[{ node: 'Agent', type: 'main', index: 0 }]] },
				Model: { ai_languageModel: [[{ node: 'Agent', type: 'ai_languageModel', index: 0 }]] },
				Persona: { ai_tool: [[{ node: 'Agent', type: 'ai_tool', index: 0 }]] },
			},
		});
		const { executionId } = await client.runWorkflow(workflow.id, START);
		const { runs } = await client.waitForExecution(String(executionId));
		return String(runs.Agent.at(-1)?.data?.main[0]?.[0].json.output);
	}

	it('reads an inquiry for the agent, which knows it by its action', async () => {
		expect(await ask({ operation: 'get' })).toContain(`"id":"${inquiryId}"`);
		const [{ tools }] = model.requests.map(({ body }) => body as Chat);
		expect(tools[0].function.description).toBe('Get an inquiry in Persona');
		expect(JSON.stringify(tools[0].function.parameters)).toContain('The inquiry to work with');
	});

	it('tells the agent what was wrong and how to mend it', async () => {
		inquiryId = 'inq_unknown';
		const answer = await ask({ operation: 'get' });
		expect(answer).toContain('Persona has no object with this ID. ');
		expect(answer).toContain('Check the ID');
	});

	it('refuses a decision and a redaction until the switch is on', async () => {
		const before = environment.sandbox.control.requests.length;
		for (const operation of ['approve', 'redact']) {
			const answer = await ask({ operation });
			expect(answer).toContain("turn on 'Allow Decisions and Redactions'");
		}
		expect(environment.sandbox.control.requests).toHaveLength(before);
		const was = status();
		expect(was).not.toBe('approved');
		expect(await ask({ operation: 'approve', allowDecisions: true })).toContain('approved');
		expect(status()).toBe('approved');
	});
});
