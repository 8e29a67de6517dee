import axios from 'axios';
import type { IDataObject } from 'n8n-workflow';
import type { StoredObject } from '../../../sandbox/sandbox.mts';
import { buildInquiry, send } from '../../support/apiClient.mts';
import {
	startWorkflowEnvironment,
	type WorkflowEnvironment,
	type PublishedWorkflow,
} from './workflowEnvironment.mts';
import { completeInquiry } from './scenarioSteps.mts';

const DASHBOARD = 'https://app.withpersona.com/dashboard';

const TOOLS = [
	'Find_inquiries',
	'Find_reports',
	'Get_account',
	'Get_decision_summary',
	'Get_metrics',
];

/** The method of requests that change nothing. */
const READ_METHOD = 'GET';

describe('"Answer compliance questions"', () => {
	let environment: WorkflowEnvironment;
	let published: PublishedWorkflow;
	let chatUrl: string;
	let sessions = 0;

	beforeAll(async () => {
		environment = await startWorkflowEnvironment({
			reportSeconds: 0.01,
			rateLimit: { maxRequests: 10_000, windowSeconds: 60 },
		});
		published = await environment.publishWorkflow('14-answer-compliance-questions');
		const [{ webhookId }] = published.workflow.nodes.filter(({ name }) => name === 'Question');
		chatUrl = `${environment.n8n.url}/webhook/${webhookId}/chat`;
	});
	afterAll(async () => await environment?.close());
	beforeEach(() => {
		sessions += 1;
		environment.model.requests.length = 0;
		environment.sandbox.control.requests.length = 0;
	});
	afterEach(() => {
		expect(environment.model.script).toEqual([]);
		const methods = environment.sandbox.control.requests.map(({ method }) => method);
		expect(methods.filter((method) => method !== READ_METHOD)).toEqual([]);
	});

	/** Sends what the chat page sends when a user who is signed in to n8n asks a question. */
	const sendQuestion = async (
		chatInput: string,
		session = `session-${sessions}`,
		cookie?: string,
	) => {
		const { status, data } = await axios.post(
			chatUrl,
			{ action: 'sendMessage', sessionId: session, chatInput },
			{
				headers: { cookie: cookie ?? environment.client.getSession().cookie },
				validateStatus: () => true,
				proxy: false,
			},
		);
		return { status, output: String(Object(data).output) };
	};

	/** Returns the results of the tools that the model has received. */
	const getToolResults = () =>
		environment.model.requests
			.flatMap(({ messages }) => messages)
			.filter(({ role }) => role === 'tool')
			.map(({ content }) => String(content));

	const scriptAnswer = (text: string) => environment.model.script.push({ say: text });

	const scriptToolCall = (name: string, input: IDataObject) =>
		environment.model.script.push({ call: name, input });

	const createInquiry = async (referenceId: string, lastName: string) => {
		const id = await completeInquiry(environment.sandbox, {
			'name-first': 'Jane',
			'name-last': lastName,
		});
		const { attributes } = environment.sandbox.control.find(id) as StoredObject;
		attributes['reference-id'] = referenceId;
		environment.sandbox.control.requests.length = 0;
		return id;
	};

	it('rejects a question of a user who is not signed in to n8n', async () => {
		expect(await sendQuestion('Who was declined?', 'stranger', '')).toMatchObject({ status: 401 });
		expect(await sendQuestion('Who was declined?', 'stranger', 'n8n-auth=x')).toMatchObject({
			status: 401,
		});
		expect(environment.model.requests).toEqual([]);
	});

	it('gives the model tools that only read, with their descriptions', async () => {
		scriptAnswer('Hello.');
		await sendQuestion('Hello');
		const [{ tools, messages }] = environment.model.requests;
		expect(tools.map((tool) => tool.function.name).sort()).toEqual(TOOLS);
		const [find] = tools.filter((tool) => tool.function.name === 'Find_inquiries');
		expect(find.function.description).toContain('by the reference ID');
		expect(JSON.stringify(find.function.parameters)).toContain('e.g. user-42');
		expect(messages).toHaveLength(2);
		expect(messages[0].content).toContain(`Today is ${new Date().getUTCFullYear()}`);
	});

	it('finds why a person failed, and links what it has read', async () => {
		const id = await createInquiry('user-1', 'Fail');
		scriptToolCall('Find_inquiries', { referenceId: 'user-1' });
		scriptToolCall('Get_decision_summary', { inquiryId: id });
		scriptAnswer(`It failed because the ID was not genuine (${id}).`);
		expect(await sendQuestion('Why did user-1 fail?')).toEqual({
			status: 200,
			output: `It failed because the ID was not genuine (${id}).\n\n**Sources**\n- [${id}](${DASHBOARD}/inquiries/${id})`,
		});
		const [found, , summary] = getToolResults();
		expect(found).toContain(id);
		expect(summary).toContain('failedCheckText');
	});

	it('links accounts and reports as well', async () => {
		const { data } = await send(environment.sandbox, 'POST', '/accounts', {
			data: { attributes: {} },
		});
		const report = await send(environment.sandbox, 'POST', '/reports', {
			data: {
				type: 'report/watchlist',
				attributes: { query: { term: 'Match' }, 'account-id': data.id },
			},
		});
		environment.sandbox.control.requests.length = 0;
		scriptToolCall('Get_account', { accountId: data.id });
		scriptToolCall('Find_reports', { accountId: data.id });
		scriptAnswer(`${data.id} has one report, ${report.data.id}.`);
		const { output } = await sendQuestion('Is there a match?');
		expect(output).toContain(`- [${data.id}](${DASHBOARD}/accounts/${data.id})`);
		expect(output).toContain(`- [${report.data.id}](${DASHBOARD}/reports/${report.data.id})`);
		expect(getToolResults().at(-1)).toContain('hasMatch');
	});

	it('gives the model no names of persons', async () => {
		const id = await createInquiry('user-2', 'Unmistakable');
		scriptToolCall('Find_inquiries', { referenceId: 'user-2' });
		scriptToolCall('Get_decision_summary', { inquiryId: id });
		scriptAnswer('Done.');
		await sendQuestion('What about user-2?');
		expect(getToolResults().join()).toContain(id);
		expect(getToolResults().join()).not.toContain('Unmistakable');
	});

	it('counts the inquiries of a period', async () => {
		const from = new Date(Date.now() - 3_600_000).toISOString();
		const { data } = await send(environment.sandbox, 'POST', '/inquiries', buildInquiry());
		environment.sandbox.control.requests.length = 0;
		scriptToolCall('Get_metrics', { from, to: new Date(Date.now() + 60_000).toISOString() });
		scriptAnswer('There were some.');
		const { output } = await sendQuestion('How many inquiries were there in the last hour?');
		expect(output).toBe('There were some.\n\n**Sources:** no object in Persona');
		expect(getToolResults()[0]).toContain('completionRate');
		expect(getToolResults()[0]).not.toContain(data.id);
	});

	it('marks IDs that the model has invented', async () => {
		const id = await createInquiry('user-3', 'Doe');
		scriptToolCall('Find_inquiries', { referenceId: 'user-3' });
		scriptAnswer(`There are ${id} and inq_MadeUp.`);
		const { output } = await sendQuestion('Which inquiries does user-3 have?');
		expect(output).toContain(`- [${id}]`);
		expect(output).toContain('**Named, but not read for this answer:** inq_MadeUp');
		expect(output).not.toContain('/inquiries/inq_MadeUp');
	});

	it('says that Persona has nothing about an unknown person', async () => {
		scriptToolCall('Find_inquiries', { referenceId: 'nobody' });
		scriptAnswer('There is no inquiry for nobody.');
		const { status, output } = await sendQuestion('What about nobody?');
		expect(status).toBe(200);
		expect(output).toContain('**Sources:** no object in Persona');
	});

	it('reports a wrong ID to the model, and does not list it as a source', async () => {
		scriptToolCall('Get_decision_summary', { inquiryId: 'inq_Unknown' });
		scriptAnswer('There is no inq_Unknown.');
		const { output } = await sendQuestion('Why was inq_Unknown declined?');
		expect(getToolResults()[0]).toContain('Persona has no object with this ID');
		expect(output).toContain('**Named, but not read for this answer:** inq_Unknown');
	});

	it('reports to the model when Persona denies access', async () => {
		environment.sandbox.control.addFault({ path: '/inquiries', kind: 'status', status: 403 });
		scriptToolCall('Find_inquiries', { referenceId: 'user-1' });
		scriptAnswer('I may not read that.');
		expect((await sendQuestion('What about user-1?')).output).toContain('I may not read that.');
		expect(getToolResults()[0]).toContain('inquiry.read');
	});

	it('cannot decide, even when the model tries', async () => {
		const id = await createInquiry('user-4', 'Doe');
		scriptToolCall('Approve_inquiry', { inquiryId: id });
		scriptAnswer('I cannot approve anything.');
		await sendQuestion(`Approve ${id}`);
		expect((environment.sandbox.control.find(id) as StoredObject).attributes.status).toBe(
			'completed',
		);
	});

	it('remembers the same chat, and no other', async () => {
		scriptAnswer('It is yours.');
		await sendQuestion('My favourite is user-77.');
		scriptAnswer('user-77.');
		await sendQuestion('Which one is my favourite?');
		scriptAnswer('I do not know.');
		await sendQuestion('Which one is my favourite?', 'another-session');
		const [, same, other] = environment.model.requests.map(({ messages }) =>
			JSON.stringify(messages),
		);
		expect(same).toContain('user-77');
		expect(other).not.toContain('user-77');
	});

	it('reports that the model has failed, and responds again afterwards', async () => {
		environment.model.isDown = true;
		const { status, output } = await sendQuestion('Hello?');
		environment.model.isDown = false;
		expect(status).toBe(200);
		expect(output).toContain('I could not answer');
		scriptAnswer('Hello.');
		expect((await sendQuestion('Hello?')).output).toContain('Hello.');
	});
});
