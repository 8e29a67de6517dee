import type { IDataObject, INode } from 'n8n-workflow';
import { completeHostedFlow } from '../../tools/completeHostedFlow.mts';
import { waitFor, type Execution } from '../../tools/n8n/n8nClient.mts';
import { fixtures } from '../../sandbox/sandbox.mts';
import { AGENT, buildAgentWorkflow } from '../e2e/buildAgentWorkflow.mts';
import {
	buildIdLocator,
	buildInquiryTool,
	buildItemsNode,
	buildNode,
	INQUIRY_ARGUMENT,
	runNodes,
	selectCredential,
	START,
} from '../e2e/buildNode.mts';
import { pollOften, POLL_TIMEOUT_MS } from '../e2e/pollOften.mts';
import { buildCredentialData, type TestEnvironment } from '../e2e/testEnvironment.mts';
import { startChatModel } from '../../tools/services/chatModel.mts';
import { fetchNodeTypes } from '../../tools/n8n/nodeTypes.mts';
import { listWorkflowNames, readWorkflow } from '../e2e/workflows/workflowFiles.mts';
import {
	startRequestRecorder,
	type RequestRecorder,
} from '../../tools/services/requestRecorder.mts';
import { testOldVersion } from './testOldVersion.mts';
import { startVersionEnvironment } from './versionEnvironment.mts';

/** What the workflows set, but n8n has only had since 2.32. The README says what they lack before. */
const ADDED_IN_2_32: Record<string, string[]> = {
	'13-erase-on-request': ['captureResponder'],
	'17-decide-in-slack': ['captureResponder', 'postDecisionBehavior'],
	'23-clear-matches-with-agent': ['captureResponder', 'postDecisionBehavior'],
};

/** The oldest version of n8n that the package supports. */
const OLDEST = '2.30';

const isOlder = (version: string, than: string) =>
	version.localeCompare(than, 'en', { numeric: true }) < 0;

const versions = (process.env.PERSONA_N8N_VERSIONS ?? '').split(',');

const isSupported = (version: string) => !isOlder(version, OLDEST);

/** `run.mjs` reads this title, and those of the tests, for the table in the README. */
const testVersion = (version: string) =>
	describe(`n8n ${version}`, () => {
		let environment: TestEnvironment;
		let target: RequestRecorder;
		let redirecting: RequestRecorder;

		beforeAll(async () => {
			environment = await startVersionEnvironment(version);
			target = await startRequestRecorder(() => ({}));
			redirecting = await startRequestRecorder(() => ({
				status: 302,
				headers: { location: `${target.baseUrl}/login` },
			}));
		}, 300_000);
		afterAll(async () => {
			await target?.stop();
			await redirecting?.stop();
			await environment?.close();
		});

		const buildPersonaNode = (name: string, parameters: IDataObject, more: Partial<INode> = {}) =>
			buildNode('n8n-nodes-persona.persona', name, parameters, {
				...selectCredential(environment),
				...more,
			});

		const creation = {
			resource: 'inquiry',
			operation: 'create',
			inquiryTemplateId: buildIdLocator(fixtures.inquiryTemplate),
		};

		const getItems = ({ runs }: Execution, name: string, output = 0) =>
			(runs[name]?.[0].data?.main[output] ?? []).map(({ json }) => json);

		/** Stores a workflow of nodes that follow each other. */
		const storeWorkflow = async (...nodes: INode[]) => {
			const links = nodes
				.slice(1)
				.map(({ name }) => ({ node: name, type: 'main' as const, index: 0 }));
			const connections = Object.fromEntries(
				links.map((link, index) => [nodes[index].name, { main: [[link]] }]),
			);
			return (await environment.client.createWorkflow({ name: 'Test', nodes, connections })).id;
		};

		/** Waits for the first execution of a published workflow, and returns its trigger's items. */
		const waitForStart = async (workflowId: string, trigger: string) => {
			const [{ id }] = await waitFor(
				'the workflow starts',
				async () => {
					const executions = await environment.client.fetchExecutions(workflowId);
					return executions.length > 0 && executions;
				},
				POLL_TIMEOUT_MS,
			);
			return getItems(await environment.client.waitForExecution(id), trigger);
		};

		const emitEvent = (name: string) => {
			const { control } = environment.sandbox;
			return control.emitEvent(name, control.seedInquiries(1)[0]);
		};

		it('loads the nodes and the credential', async () => {
			const nodes = (await environment.client.fetchNodeTypes()).map(({ name }) => String(name));
			expect(nodes).toEqual(
				expect.arrayContaining(
					['persona', 'personaAdmin', 'personaTool', 'personaTrigger', 'personaPollingTrigger'].map(
						(name) => `n8n-nodes-persona.${name}`,
					),
				),
			);
		});

		it('tests the credential', async () => {
			const { client, sandbox } = environment;
			const name = 'Tested';
			const type = 'personaApi';
			const test = async (data: IDataObject) => {
				const { id } = await client.createCredential({ name, type, data });
				return await client.testCredential({ id, name, type, data });
			};
			expect(await test(buildCredentialData(sandbox))).toMatchObject({ status: 'OK' });
			expect(await test(buildCredentialData(sandbox, 'persona_sandbox_wrong'))).toEqual({
				status: 'Error',
				// An older n8n uses its own words for the status.
				message: expect.stringMatching(/does not recognize this API key|^Authorization failed/),
			});
			const data = { ...buildCredentialData(sandbox), baseUrl: redirecting.baseUrl };
			expect(await test(data)).toMatchObject({ status: 'Error' });
			expect(target.requests).toEqual([]);
		});

		it('runs the commonest operations', async () => {
			const inquiryId = buildIdLocator('={{ $json.id }}');
			const execution = await runNodes(
				environment,
				buildItemsNode('Items', [{ json: { n: 1 } }, { json: { n: 2 } }]),
				buildPersonaNode('Create', { ...creation, autoCreateOneTimeLink: true }),
				buildPersonaNode('Get', { resource: 'inquiry', operation: 'get', inquiryId }),
				buildPersonaNode('Approve', { resource: 'inquiry', operation: 'approve', inquiryId }),
				buildPersonaNode(
					'List',
					{ resource: 'inquiry', operation: 'getAll', returnAll: true },
					{ executeOnce: true },
				),
			);
			expect(execution.status).toBe('success');
			const created = getItems(execution, 'Create');
			expect(created.map(({ oneTimeLink }) => typeof oneTimeLink)).toEqual(['string', 'string']);
			expect(getItems(execution, 'Approve')).toEqual(
				created.map(({ id }) => expect.objectContaining({ id, status: 'approved' })),
			);
			expect(getItems(execution, 'List').length).toBeGreaterThanOrEqual(2);
		});

		it('sends and returns files', async () => {
			const { runs, status, error } = await runNodes(
				environment,
				buildPersonaNode('Create', creation),
				buildPersonaNode('Print', {
					resource: 'inquiry',
					operation: 'print',
					inquiryId: buildIdLocator('={{ $json.id }}'),
				}),
				buildPersonaNode('Send', {
					resource: 'workflow',
					operation: 'run',
					workflowId: buildIdLocator(fixtures.workflow),
					...{ fieldsMode: 'json', fields: '{"account_id": "act_1"}' },
					options: { files: '{"document": "data"}' },
				}),
			);
			expect([status, error?.message, error?.description]).toEqual([
				'success',
				undefined,
				undefined,
			]);
			expect(runs.Print[0].data?.main[0]?.[0].binary?.data).toMatchObject({
				mimeType: 'application/pdf',
			});
			const { requests } = environment.sandbox.control;
			const sent = requests.find(({ path }) => path.endsWith('/trigger'))?.body as {
				data: { attributes: { fields: { document: { data: string } } } };
			};
			const { document } = sent.data.attributes.fields;
			expect(Buffer.from(document.data, 'base64').toString('latin1')).toMatch(/^%PDF-/);
		});

		const buildEditorRequest = (methodName: string) => ({
			methodName,
			path: 'parameters.inquiryId',
			node: {
				type: 'n8n-nodes-persona.persona',
				typeVersion: 1,
				...selectCredential(environment),
			},
			parameters: creation,
		});

		it('offers objects to choose from', async () => {
			const [id] = environment.sandbox.control.seedInquiries(1);
			const { results } = await environment.client.searchList(
				buildEditorRequest('searchInquiries'),
			);
			expect(results.map(({ value }) => value)).toContain(id);
		});

		it('maps columns', async () => {
			const { client, sandbox } = environment;
			// A sandbox key cannot read templates.
			const { id, name } = await client.createCredential({
				name: 'Production',
				type: 'personaApi',
				data: buildCredentialData(sandbox, 'persona_production_demo'),
			});
			const request = buildEditorRequest('inquiryFields');
			const credentials = { personaApi: { id, name } };
			const node = { ...request.node, credentials };
			const { fields } = await client.fetchMapperFields({ ...request, node });
			expect(fields.map(({ id }) => id)).toContain('name-first');
			const fieldsColumns = { mappingMode: 'defineBelow', value: { 'name-first': 'Jane' } };
			const { status, error } = await runNodes(
				environment,
				buildPersonaNode(
					'Create',
					{ ...creation, fieldsMode: 'columns', fieldsColumns },
					{ credentials },
				),
			);
			expect([status, error?.message, error?.description]).toEqual([
				'success',
				undefined,
				undefined,
			]);
			const { body } = environment.sandbox.control.requests
				.filter(({ method, path }) => method === 'POST' && path.endsWith('/inquiries'))
				.at(-1) as { body: unknown };
			expect(JSON.stringify(body)).toContain('"name-first":"Jane"');
		});

		it('sends failed items to the error output', async () => {
			const [id] = environment.sandbox.control.seedInquiries(1);
			const execution = await runNodes(
				environment,
				buildItemsNode('Items', [{ json: { n: id } }, { json: { n: 'inq_unknown' } }]),
				buildPersonaNode(
					'Get',
					{ resource: 'inquiry', operation: 'get', inquiryId: buildIdLocator('={{ $json.n }}') },
					{ onError: 'continueErrorOutput' },
				),
			);
			expect(getItems(execution, 'Get').map((json) => json.id)).toEqual([id]);
			expect(getItems(execution, 'Get', 1)).toEqual([
				{
					n: 'inq_unknown',
					error: 'Persona has no object with this ID',
					message: expect.stringContaining('Request-Id: req_'),
				},
			]);
		});

		it('follows no redirect with the key', async () => {
			const data = { ...buildCredentialData(environment.sandbox), baseUrl: redirecting.baseUrl };
			const { id, name } = await environment.client.createCredential({
				name: 'Redirecting',
				type: 'personaApi',
				data,
			});
			const credentials = { personaApi: { id, name } };
			const list = { resource: 'inquiry', operation: 'getAll' };
			const node = await runNodes(environment, buildPersonaNode('List', list, { credentials }));
			expect(node.runs.List[0].error?.message).toContain(`leads to ${target.baseUrl}/login`);
			const http = await runNodes(
				environment,
				buildNode(
					'n8n-nodes-base.httpRequest',
					'HTTP Request',
					{
						url: `${redirecting.baseUrl}/inquiries`,
						authentication: 'predefinedCredentialType',
						nodeCredentialType: 'personaApi',
					},
					{ typeVersion: 4.2, credentials },
				),
			);
			expect(http.runs['HTTP Request'][0].error?.message).toMatch(/^302 - /);
			const request = buildEditorRequest('searchInquiries');
			await expect(
				environment.client.searchList({ ...request, node: { ...request.node, credentials } }),
			).rejects.toThrow(`leads to ${target.baseUrl}/login`);
			expect(redirecting.requests.length).toBeGreaterThanOrEqual(3);
			expect(target.requests).toEqual([]);
		});

		it('starts workflows by webhook', async () => {
			const id = await storeWorkflow(
				buildNode(
					'n8n-nodes-persona.personaTrigger',
					'Trigger',
					{ events: ['inquiry.created'] },
					{ webhookId: '0f9d1f52-6c0e-4a3f-8b38-6a0a5c1d2e3f', ...selectCredential(environment) },
				),
				buildNode('n8n-nodes-base.noOp', 'Done', {}),
			);
			expect(await environment.client.publish(id)).toMatchObject({ status: 'published' });
			const eventId = emitEvent('inquiry.created');
			expect(await waitForStart(id, 'Trigger')).toEqual([expect.objectContaining({ eventId })]);
			await environment.client.unpublish(id);
			const webhooks = environment.sandbox.control.store.getCollection('webhook').findAll();
			expect(webhooks.map(({ attributes }) => attributes.status)).toEqual(['archived']);
		});

		it('starts workflows by polling', async () => {
			const id = await storeWorkflow(
				buildNode(
					'n8n-nodes-persona.personaPollingTrigger',
					'Trigger',
					{ pollTimes: pollOften, events: ['inquiry.completed'] },
					selectCredential(environment),
				),
				buildNode('n8n-nodes-base.noOp', 'Done', {}),
			);
			expect(await environment.client.publish(id)).toMatchObject({ status: 'published' });
			const eventId = emitEvent('inquiry.completed');
			expect(await waitForStart(id, 'Trigger')).toEqual([expect.objectContaining({ eventId })]);
			await environment.client.unpublish(id);
		});

		it('waits for a person', async () => {
			const waiting = await runNodes(
				environment,
				buildPersonaNode('Create', { ...creation, autoCreateOneTimeLink: true }),
				buildPersonaNode('Wait', {
					resource: 'inquiry',
					operation: 'waitForPerson',
					inquiryId: buildIdLocator('={{ $json.id }}'),
				}),
			);
			expect(waiting.status).toBe('waiting');
			await completeHostedFlow(String(getItems(waiting, 'Create')[0].oneTimeLink));
			const resumed = await waitFor('the execution has ended', async () => {
				const state = await environment.client.fetchExecution(waiting.id);
				return !['running', 'waiting'].includes(state.status) && state;
			});
			expect(resumed.status).toBe('success');
			expect(getItems(resumed, 'Wait')).toEqual([
				expect.objectContaining({ status: 'completed', finished: true }),
			]);
		});

		it('is a tool of an AI agent', async () => {
			const unexpected: string[] = [];
			const model = await startChatModel(unexpected);
			const { client, sandbox } = environment;
			const [inquiryId] = sandbox.control.seedInquiries(1);
			const openAi = await client.createCredential({
				name: 'Scripted',
				type: 'openAiApi',
				data: { apiKey: 'none', url: model.url },
			});
			const tool = buildInquiryTool(environment, 'Persona', { operation: 'get' });
			model.script.push(
				{ call: 'Persona', input: { [INQUIRY_ARGUMENT]: inquiryId } },
				{ say: (toolResults) => toolResults },
			);
			const { id } = await client.createWorkflow(buildAgentWorkflow(openAi, tool));
			const { executionId } = await client.runWorkflow(id, START);
			const execution = await client.waitForExecution(String(executionId));
			await model.close();
			expect(getItems(execution, AGENT)[0].output).toContain(`"id":"${inquiryId}"`);
			expect(unexpected).toEqual([]);
		});

		it.each(listWorkflowNames())('imports %s', async (name) => {
			const file = await readWorkflow(name);
			const types = await fetchNodeTypes(environment.client);
			const stored = await environment.client.createWorkflow(file);
			expect(stored.nodes).toHaveLength(file.nodes.length);
			const issues = file.nodes.map((node) => [node.name, types.findIssues(node)]);
			expect(issues.filter(([, found]) => found.length > 0)).toEqual([]);
			const unknown = file.nodes.flatMap((node) => {
				const known = types.findDescription(node).properties.map(({ name: own }) => own);
				return Object.keys(node.parameters).filter((parameter) => !known.includes(parameter));
			});
			expect([...new Set(unknown)]).toEqual(
				isOlder(version, '2.32') ? (ADDED_IN_2_32[name] ?? []) : [],
			);
		});
	});

for (const version of versions) (isSupported(version) ? testVersion : testOldVersion)(version);
