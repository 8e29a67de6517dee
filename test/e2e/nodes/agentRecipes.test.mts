import { randomUUID } from 'node:crypto';
import type { IDataObject } from 'n8n-workflow';
import { waitFor, type StoredCredential } from '../../../tools/n8n/n8nClient.mts';
import { AGENT, buildAgentWorkflow, connectTools } from '../buildAgentWorkflow.mts';
import { buildInquiryTool, buildNode, INQUIRY_ARGUMENT, START } from '../buildNode.mts';
import { startTestEnvironment, type TestEnvironment } from '../testEnvironment.mts';
import { startChatModel, type ChatModel } from '../../../tools/services/chatModel.mts';
import { smtpLogin, startFakeSmtp, type FakeSmtp } from '../../../tools/services/smtp.mts';

/** The recipes of docs/ai-agents.md. */
describe('an agent in n8n', () => {
	let environment: TestEnvironment;
	let model: ChatModel;
	let smtp: FakeSmtp;
	let inquiryId: string;
	const unexpectedRequests: string[] = [];

	beforeAll(async () => {
		environment = await startTestEnvironment();
		model = await startChatModel(unexpectedRequests);
		smtp = await startFakeSmtp(unexpectedRequests);
	});
	beforeEach(() => {
		[inquiryId] = environment.sandbox.control.seedInquiries(1);
		model.script.length = 0;
	});
	afterAll(async () => {
		await smtp?.close();
		await model?.close();
		await environment?.close();
		expect(unexpectedRequests).toEqual([]);
	});

	const getStatus = () =>
		environment.sandbox.control.store.getCollection('inquiry').get(inquiryId)?.attributes.status;

	const buildTool = (name: string, parameters: IDataObject) =>
		buildInquiryTool(environment, name, parameters);

	describe('with human review', () => {
		let openAi: StoredCredential;
		let mailbox: StoredCredential;

		beforeAll(async () => {
			const { client } = environment;
			openAi = await client.createCredential({
				name: 'Scripted',
				type: 'openAiApi',
				data: { apiKey: 'none', url: model.url },
			});
			mailbox = await client.createCredential({
				name: 'Mailbox',
				type: 'smtp',
				data: {
					...{ user: smtpLogin.user, password: smtpLogin.password },
					...{ host: '127.0.0.1', port: smtp.port, secure: false },
				},
			});
		});

		/** Lets the agent approve the inquiry, presses a button of the mail, and returns the agent's answer. */
		async function decide(button: 'approve' | 'decline') {
			const { client } = environment;
			const tool = buildTool('Approve', { operation: 'approve', allowDecisions: true });
			const review = buildNode(
				'n8n-nodes-base.emailSendHitlTool',
				'Review',
				{
					...{ fromEmail: 'n8n@example.com', toEmail: 'reviewer@example.com', subject: 'Approve?' },
					message: '={{ $tool.name }}: {{ JSON.stringify($tool.parameters) }}',
					approvalOptions: { values: { approvalType: 'double' } },
				},
				{
					...{ typeVersion: 2.1, webhookId: randomUUID() },
					credentials: { smtp: { id: mailbox.id, name: mailbox.name } },
				},
			);
			const workflow = await client.createWorkflow(buildAgentWorkflow(openAi, tool, review));
			model.script.push(
				{
					call: 'Approve',
					// The schema that n8n shows a model for a tool behind a review.
					input: { toolParameters: { [INQUIRY_ARGUMENT]: inquiryId }, hitlParameters: {} },
				},
				{ say: (toolResults) => toolResults },
			);
			const mailCount = smtp.mails.length;
			const { executionId } = await client.runWorkflow(workflow.id, START);
			const mail = await waitFor('the mail is sent', async () => smtp.mails[mailCount]);
			const waiting = await client.waitForExecution(String(executionId));
			expect([waiting.status, getStatus()]).toEqual(['waiting', 'completed']);
			const page = mail.html.replace(/&amp;/g, '&');
			expect(page).toContain(inquiryId);
			const links = Array.from(
				page.matchAll(/href="([^"]*webhook-waiting[^"]*)"/g),
				([, url]) => url,
			);
			const link = links.find((url) => url.includes(`approved=${button === 'approve'}`));
			const headers = { 'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0' };
			expect((await fetch(String(link), { headers })).status).toBe(200);
			const { runs } = await waitFor('the agent has answered', async () => {
				const execution = await client.fetchExecution(String(executionId));
				return !['waiting', 'running', 'new'].includes(execution.status) && execution;
			});
			return String(runs[AGENT].at(-1)?.data?.main[0]?.[0].json.output);
		}

		it('approves an inquiry when a person has agreed', async () => {
			expect(await decide('approve')).toContain('approved');
			expect(getStatus()).toBe('approved');
		});

		it('learns that a person has refused, and decides nothing', async () => {
			const before = environment.sandbox.control.requests.length;
			expect(await decide('decline')).not.toContain('"status":"approved"');
			expect(environment.sandbox.control.requests).toHaveLength(before);
			expect(getStatus()).toBe('completed');
		});
	});

	describe('that reaches n8n by MCP', () => {
		const TOKEN = 'a-token-of-the-test';
		let url: string;

		beforeAll(async () => {
			const { client, n8n } = environment;
			const bearer = await client.createCredential({
				name: 'MCP',
				type: 'httpBearerAuth',
				data: { token: TOKEN },
			});
			const path = randomUUID();
			const server = buildNode(
				'@n8n/n8n-nodes-langchain.mcpTrigger',
				'MCP Server Trigger',
				{ authentication: 'bearerAuth', path },
				{
					...{ typeVersion: 2, webhookId: randomUUID() },
					credentials: { httpBearerAuth: { id: bearer.id, name: bearer.name } },
				},
			);
			const tools = [
				buildTool('Get inquiry', { operation: 'get' }),
				buildTool('Approve inquiry', { operation: 'approve' }),
			];
			const workflow = await client.createWorkflow({
				name: 'MCP server',
				nodes: [server, ...tools],
				connections: connectTools(tools, server.name),
			});
			expect(await client.publish(workflow.id)).toMatchObject({ status: 'published' });
			url = `${n8n.url}/mcp/${path}`;
		});

		/** Sends a message of MCP over HTTP, as a client with a session does. */
		async function send(message: IDataObject, session?: string, token = TOKEN) {
			const response = await fetch(url, {
				method: 'POST',
				headers: {
					authorization: `Bearer ${token}`,
					'content-type': 'application/json',
					accept: 'application/json, text/event-stream',
					...(session && { 'mcp-session-id': session }),
				},
				body: JSON.stringify({ jsonrpc: '2.0', ...message }),
			});
			return {
				status: response.status,
				session: response.headers.get('mcp-session-id') ?? undefined,
				text: await response.text(),
			};
		}

		async function openSession() {
			const { session } = await send({
				...{ id: 1, method: 'initialize' },
				params: {
					protocolVersion: '2025-03-26',
					capabilities: {},
					clientInfo: { name: 'test', version: '1' },
				},
			});
			await send({ method: 'notifications/initialized' }, session);
			return session;
		}

		it('finds one tool for each Persona Tool, and reads with it', async () => {
			const session = await openSession();
			const { text: tools } = await send({ id: 2, method: 'tools/list' }, session);
			expect(tools).toContain('Get_inquiry');
			expect(tools).toContain('The inquiry to work with');
			const params = { name: 'Get_inquiry', arguments: { [INQUIRY_ARGUMENT]: inquiryId } };
			const { text } = await send({ id: 3, method: 'tools/call', params }, session);
			expect(text).toContain(inquiryId);
		});

		it('decides nothing until it is allowed', async () => {
			const session = await openSession();
			const params = { name: 'Approve_inquiry', arguments: { [INQUIRY_ARGUMENT]: inquiryId } };
			const { text } = await send({ id: 2, method: 'tools/call', params }, session);
			expect(text).toContain("turn on 'Allow Decisions and Redactions'");
			expect(getStatus()).toBe('completed');
		});

		it('is refused without the token', async () => {
			const { status } = await send({ id: 1, method: 'initialize' }, undefined, 'another');
			expect(status).toBe(403);
		});
	});
});
