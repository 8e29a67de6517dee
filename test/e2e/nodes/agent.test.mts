import type { IDataObject } from 'n8n-workflow';
import type { StoredCredential } from '../../../tools/n8n/n8nClient.mts';
import { AGENT, buildAgentWorkflow } from '../buildAgentWorkflow.mts';
import { buildInquiryTool, INQUIRY_ARGUMENT, START } from '../buildNode.mts';
import { startTestEnvironment, type TestEnvironment } from '../testEnvironment.mts';
import { startChatModel, type ChatModel } from '../../../tools/services/chatModel.mts';

describe('the node as a tool of an AI agent', () => {
	let environment: TestEnvironment;
	let model: ChatModel;
	let inquiryId: string;
	let openAi: StoredCredential;
	const unexpectedRequests: string[] = [];

	beforeAll(async () => {
		environment = await startTestEnvironment();
		model = await startChatModel(unexpectedRequests);
		openAi = await environment.client.createCredential({
			name: 'Scripted',
			type: 'openAiApi',
			data: { apiKey: 'none', url: model.url },
		});
	});
	beforeEach(() => {
		[inquiryId] = environment.sandbox.control.seedInquiries(1);
		model.requests.length = 0;
	});
	afterAll(async () => {
		await model?.close();
		await environment?.close();
		expect(unexpectedRequests).toEqual([]);
	});

	const getStatus = () =>
		environment.sandbox.control.store.getCollection('inquiry').get(inquiryId)?.attributes.status;

	/** Lets an agent use a Persona tool once with this input, and returns the result of the tool. */
	async function useTool(parameters: IDataObject, input: IDataObject = {}) {
		const { client } = environment;
		const name = 'Persona';
		const tool = buildInquiryTool(environment, name, parameters);
		const workflow = await client.createWorkflow(buildAgentWorkflow(openAi, tool));
		model.script.push(
			{ call: name, input: { [INQUIRY_ARGUMENT]: inquiryId, ...input } },
			{ say: (toolResults) => toolResults },
		);
		const { executionId } = await client.runWorkflow(workflow.id, START);
		const { runs } = await client.waitForExecution(String(executionId));
		return String(runs[AGENT].at(-1)?.data?.main[0]?.[0].json.output);
	}

	it('gets an inquiry for the agent, and is described by its action', async () => {
		expect(await useTool({ operation: 'get' })).toContain(`"id":"${inquiryId}"`);
		const [{ tools }] = model.requests;
		expect(tools).toHaveLength(1);
		expect(tools[0].function.description).toBe('Get inquiry in Persona');
		expect(JSON.stringify(tools[0].function.parameters)).toContain('The inquiry to work with');
	});

	it('reports to the agent what was wrong and how to fix it', async () => {
		inquiryId = 'inq_unknown';
		const result = await useTool({ operation: 'get' });
		expect(result).toContain('Persona has no object with this ID. ');
		expect(result).toContain('Check the ID');
	});

	it.each(['', ' ', '\u200b'])(
		'tells the agent that the filter %j is empty, and finds nobody',
		async (referenceId) => {
			const before = environment.sandbox.control.requests.length;
			const filters = {
				referenceId: "={{ $fromAI('referenceId', 'Your own ID of the person', 'string') }}",
			};
			const result = await useTool({ operation: 'getAll', filters }, { referenceId });
			expect(result).toContain("'Reference ID' is empty. Call this tool again with a value");
			expect(environment.sandbox.control.requests).toHaveLength(before);
		},
	);

	it('changes nothing that the agent leaves empty in an update', async () => {
		const parameters = {
			operation: 'update',
			fieldsMode: 'json',
			fields: "={{ $fromAI('fields', 'What is known of the person', 'json') }}",
			updateFields: {
				tags: "={{ $fromAI('tags', 'The tags', 'string') }}",
				note: "={{ $fromAI('note', 'A note', 'string') }}",
			},
		};
		const fields = { 'name-first': 'Jane', 'name-last': '' };
		const result = await useTool(parameters, { fields, tags: '', note: 'Checked' });
		expect(result).toContain(inquiryId);
		const [update] = environment.sandbox.control.requests.filter(
			({ method, path }) => method === 'PATCH' && path.endsWith(inquiryId),
		);
		expect(update.body).toEqual({
			data: { attributes: { fields: { 'name-first': 'Jane' }, note: 'Checked' } },
		});
	});

	it('rejects decisions and redactions until they are allowed', async () => {
		const before = environment.sandbox.control.requests.length;
		for (const operation of ['approve', 'redact']) {
			expect(await useTool({ operation })).toContain("turn on 'Allow Decisions and Redactions'");
		}
		expect(environment.sandbox.control.requests).toHaveLength(before);
		expect(getStatus()).not.toBe('approved');
		expect(await useTool({ operation: 'approve', allowDecisions: true })).toContain('approved');
		expect(getStatus()).toBe('approved');
	});
});
