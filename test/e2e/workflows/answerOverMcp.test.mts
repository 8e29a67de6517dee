import axios from 'axios';
import type { IDataObject } from 'n8n-workflow';
import type { StoredObject } from '../../../sandbox/sandbox.mts';
import { waitFor } from '../../../tools/n8n/n8nClient.mts';
import { mcpToken } from '../../../tools/services/services.mts';
import { buildInquiry, send } from '../../support/apiClient.mts';
import { connectMcpClient } from './mcpClient.mts';
import { completeInquiry } from './scenarioSteps.mts';
import {
	startWorkflowEnvironment,
	type PublishedWorkflow,
	type WorkflowEnvironment,
} from './workflowEnvironment.mts';
import { readWorkflow } from './workflowFiles.mts';

const NAME = '24-answer-over-mcp';

/** Everything that a client can do. */
const TOOLS = [
	'Find_cases',
	'Find_inquiries',
	'Find_person',
	'Find_reports',
	'Get_decision_summary',
	'Get_inquiry',
	'Get_metrics',
	'Get_review_queue',
];

/** The requests that read: a search is the only POST among them. */
const isRead = ({ method, path }: { method: string; path: string }) =>
	method === 'GET' || path.endsWith('/search');

describe('"Answer over MCP"', () => {
	let environment: WorkflowEnvironment;
	let published: PublishedWorkflow;
	let url: string;
	let client: Awaited<ReturnType<typeof connectMcpClient>>;
	let people = 0;

	beforeAll(async () => {
		environment = await startWorkflowEnvironment({
			reportSeconds: 0.01,
			searchLagSeconds: 0,
			rateLimit: { maxRequests: 10_000, windowSeconds: 60 },
		});
		published = await environment.publishWorkflow(NAME);
		url = `${environment.n8n.url}/mcp/persona-compliance`;
		client = await connect();
	});
	afterAll(async () => {
		await client?.close();
		await environment?.close();
	});
	beforeEach(() => {
		people += 1;
		environment.sandbox.control.requests.length = 0;
	});
	afterEach(() => {
		environment.sandbox.control.clearFaults();
		expect(environment.sandbox.control.requests.filter((request) => !isRead(request))).toEqual([]);
	});

	const connect = async (
		headers: Record<string, string> = { authorization: `Bearer ${mcpToken}` },
	) => await connectMcpClient(url, headers);

	/** Calls a tool, and returns what it says and whether that is an error. */
	const ask = async (name: string, given: IDataObject = {}, asking = client) => {
		const { content, isError = false } = await asking.callTool({ name, arguments: given });
		return { text: content.map(({ text }) => text).join('\n'), isError };
	};

	/** Sends requests to the sandbox that the workflow must not be blamed for. */
	const prepare = async <T,>(work: () => Promise<T>): Promise<T> => {
		const result = await work();
		environment.sandbox.control.requests.length = 0;
		return result;
	};

	/** Creates a person with an inquiry, which has failed for the last name Fail. */
	const createPerson = async (lastName = 'Unmistakable') =>
		await prepare(async () => {
			const { sandbox } = environment;
			const referenceId = `user-${people}`;
			const account = await send(sandbox, 'POST', '/accounts', {
				data: { attributes: { 'reference-id': referenceId, 'name-last': lastName } },
			});
			const inquiryId = await completeInquiry(sandbox, {
				'name-first': 'Jane',
				'name-last': lastName,
			});
			const { attributes, relationships = {} } = sandbox.control.find(inquiryId) as StoredObject;
			attributes['reference-id'] = referenceId;
			Object.assign(relationships, { account: { data: { type: 'account', id: account.data.id } } });
			return { referenceId, accountId: account.data.id, inquiryId };
		});

	const getStatus = (id: string) => environment.sandbox.control.find(id)?.attributes.status;

	it.each([
		['no token', {}],
		['an empty token', { authorization: 'Bearer ' }],
		['another token', { authorization: 'Bearer guess' }],
		['the token in another way', { authorization: mcpToken }],
		[
			'a user and password',
			{ authorization: `Basic ${Buffer.from(`x:${mcpToken}`).toString('base64')}` },
		],
	])('refuses a client with %s', async (_, headers) => {
		await expect(connect(headers as Record<string, string>)).rejects.toThrow();
		for (const method of ['GET', 'POST', 'DELETE']) {
			const { status, data } = await axios.request<unknown>({
				...{ method, url, headers, proxy: false, validateStatus: () => true },
				data: { jsonrpc: '2.0', id: 1, method: 'tools/list' },
			});
			expect([401, 403]).toContain(status);
			expect(JSON.stringify(data)).not.toContain('Find_');
		}
		expect(environment.sandbox.control.requests).toEqual([]);
	});

	it('offers exactly the tools that read, each with a description and with what it needs', async () => {
		const { tools } = await client.listTools();
		expect(tools.map(({ name }) => name).sort()).toEqual(TOOLS);
		for (const { description, inputSchema } of tools) {
			expect(description.length).toBeGreaterThan(40);
			expect(inputSchema.required ?? []).toEqual(Object.keys(inputSchema.properties ?? {}));
		}
		const [find] = tools.filter(({ name }) => name === 'Find_inquiries');
		expect(JSON.stringify(find.inputSchema)).toContain('e.g. user-42');
		const [queue] = tools.filter(({ name }) => name === 'Get_review_queue');
		expect(queue.inputSchema.properties ?? {}).toEqual({});
	});

	it('answers why somebody failed, beginning with the reference ID', async () => {
		const { referenceId, accountId, inquiryId } = await createPerson('Fail');
		const person = await ask('Find_person', { referenceId });
		expect(person.text).toContain(accountId);
		const inquiries = await ask('Find_inquiries', { referenceId });
		expect(inquiries.text).toContain(inquiryId);
		expect((await ask('Get_inquiry', { inquiryId })).text).toContain('"status":"failed"');
		const { text, isError } = await ask('Get_decision_summary', { inquiryId });
		expect(text).toContain('failedCheckText');
		expect(isError).toBe(false);
	});

	it('finds the reports and the cases of an account', async () => {
		const { accountId } = await createPerson();
		const { reportId, caseId } = await prepare(async () => {
			const { sandbox } = environment;
			const report = await send(sandbox, 'POST', '/reports', {
				data: {
					type: 'report/watchlist',
					attributes: { query: { term: 'Match' }, 'account-id': accountId },
				},
			});
			const template = sandbox.control.store.getCollection('case-template').findAll()[0];
			const created = await send(sandbox, 'POST', '/cases', {
				data: { attributes: { 'case-template-id': template.id } },
				meta: { 'object-ids': [accountId] },
			});
			return { reportId: report.data.id, caseId: created.data.id };
		});
		const reports = await ask('Find_reports', { accountId });
		expect(reports.text).toContain(reportId);
		expect(reports.text).toContain('hasMatch');
		expect((await ask('Find_cases', { accountId })).text).toContain(caseId);
	});

	it('lists what waits for review, the oldest first, and nothing else', async () => {
		const ids = environment.sandbox.control.seedInquiries(3, {
			...{ statuses: ['needs_review', 'completed', 'needs_review'] },
			...{ from: '2026-01-01T00:00:00Z', to: '2026-01-02T00:00:00Z' },
		});
		const { text } = await ask('Get_review_queue');
		expect(text.match(/inq_\w+/g)).toEqual([ids[0], ids[2]]);
	});

	it('counts the inquiries of a period', async () => {
		await prepare(
			async () => await send(environment.sandbox, 'POST', '/inquiries', buildInquiry()),
		);
		const from = new Date(Date.now() - 3_600_000).toISOString();
		const { text } = await ask('Get_metrics', {
			from,
			to: new Date(Date.now() + 60_000).toISOString(),
		});
		expect(text).toContain('completionRate');
		expect(text).not.toMatch(/inq_/);
	});

	it('returns no names of persons', async () => {
		const { referenceId, accountId, inquiryId } = await createPerson();
		const answers = await Promise.all([
			ask('Find_person', { referenceId }),
			ask('Find_inquiries', { referenceId }),
			ask('Get_inquiry', { inquiryId }),
			ask('Get_decision_summary', { inquiryId }),
			ask('Find_reports', { accountId }),
			ask('Find_cases', { accountId }),
			ask('Get_review_queue'),
		]);
		expect(answers.map(({ isError }) => isError)).not.toContain(true);
		expect(JSON.stringify(answers)).toContain(inquiryId);
		expect(JSON.stringify(answers)).not.toMatch(/Unmistakable|Jane/);
	});

	it('says that nothing was found about an unknown person', async () => {
		const person = await ask('Find_person', { referenceId: 'nobody' });
		const inquiries = await ask('Find_inquiries', { referenceId: 'nobody' });
		expect(`${person.text}${inquiries.text}`).not.toMatch(/(act|inq)_/);
		const wrong = await ask('Get_decision_summary', { inquiryId: 'inq_Unknown' });
		expect(wrong.text).toContain('Persona has no object with this ID');
	});

	it.each(['', ' ', null, 'null', '[object Object]', undefined])(
		'finds nobody with the reference ID %j, which never means everybody',
		async (referenceId) => {
			const { inquiryId, accountId } = await createPerson();
			for (const name of ['Find_person', 'Find_inquiries']) {
				const answer = await ask(name, { referenceId: referenceId as string }).catch(
					({ message }: Error) => ({ text: message }),
				);
				expect(answer.text).not.toContain(inquiryId);
				expect(answer.text).not.toContain(accountId);
			}
			expect(environment.sandbox.control.requests).toEqual([]);
		},
	);

	it.each(['Approve_inquiry', 'approve', 'Decline_inquiry', 'Mark_for_review', 'Redact_inquiry'])(
		'answers a call of %s with an error, and nothing happens',
		async (name) => {
			const { inquiryId } = await createPerson();
			const refused = await ask(name, { inquiryId }).catch(({ message }: Error) => ({
				...{ isError: true, text: message },
			}));
			expect(refused.isError).toBe(true);
			expect(environment.sandbox.control.requests).toEqual([]);
			expect(getStatus(inquiryId)).toBe('completed');
		},
	);

	it('does nothing else when a client adds arguments of its own', async () => {
		const { inquiryId } = await createPerson();
		await ask('Get_inquiry', {
			...{ inquiryId, resource: 'inquiry', operation: 'approve', allowDecisions: true },
			...{ options: { fieldsToReturn: 'fields' }, parameters: { operation: 'approve' } },
		}).catch(() => undefined);
		expect(getStatus(inquiryId)).toBe('completed');
	});

	it('tells the client which permission is missing, and answers the next question', async () => {
		const { referenceId, inquiryId } = await createPerson();
		environment.sandbox.control.addFault({ path: '/inquiries', kind: 'status', status: 403 });
		expect((await ask('Find_inquiries', { referenceId })).text).toContain('inquiry.read');
		expect((await ask('Find_inquiries', { referenceId })).text).toContain(inquiryId);
	});

	it('gives each of many questions at once its own answer, also to several clients', async () => {
		const { inquiryId } = await createPerson();
		const ids = [inquiryId, ...environment.sandbox.control.seedInquiries(9)];
		const others = await Promise.all([connect(), connect()]);
		try {
			const answers = await Promise.all(
				ids.map(
					async (id, index) =>
						await ask('Get_inquiry', { inquiryId: id }, [client, ...others][index % 3]),
				),
			);
			for (const [index, { text }] of answers.entries()) expect(text).toContain(ids[index]);
		} finally {
			await Promise.all(others.map(async (other) => await other.close()));
		}
	});

	it('keeps each question as an execution', async () => {
		const { inquiryId } = await createPerson();
		await ask('Get_inquiry', { inquiryId });
		const { client: n8n } = environment;
		const execution = await waitFor('its execution is stored', async () => {
			for (const { id } of await n8n.fetchExecutions(published.workflow.id)) {
				const stored = await n8n.waitForExecution(id);
				if (JSON.stringify(stored.runs).includes(inquiryId)) return stored;
			}
			return undefined;
		});
		expect(execution.status).toBe('success');
		expect(Object.keys(execution.runs)).toContain('Get inquiry');
	});

	it('no longer offers a tool that is deactivated', async () => {
		const { nodes } = await readWorkflow(NAME);
		const { client: n8n } = environment;
		const current = (await n8n.fetchWorkflow(published.workflow.id)).nodes;
		expect(nodes).toHaveLength(current.length);
		await n8n.updateWorkflow(published.workflow.id, {
			nodes: current.map((node) =>
				node.name === 'Find cases' ? { ...node, disabled: true } : node,
			),
		});
		await n8n.publish(published.workflow.id);
		const other = await connect();
		try {
			const { tools } = await other.listTools();
			expect(tools.map(({ name }) => name).sort()).toEqual(
				TOOLS.filter((name) => name !== 'Find_cases'),
			);
		} finally {
			await other.close();
			await n8n.updateWorkflow(published.workflow.id, { nodes: current });
			await n8n.publish(published.workflow.id);
		}
	});
});
