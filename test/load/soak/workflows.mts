import { randomUUID } from 'node:crypto';
import type { IDataObject, INode } from 'n8n-workflow';
import { fixtures } from '../../../sandbox/sandbox.mts';
import { buildDuration } from '../../support/buildDuration.mts';
import { buildIdLocator, buildNode, selectCredential } from '../../e2e/buildNode.mts';
import { pollOften } from '../../e2e/pollOften.mts';
import type { TestEnvironment } from '../../e2e/testEnvironment.mts';

const PERSON = '={{ { "name-first": "Jane", "name-last": "Waits 1", birthdate: "1994-04-12" } }}';

const CREATED_ID = "={{ $('Create').first().json.id }}";

/** Builds a Webhook node of n8n. */
const buildWebhook = (name: string, parameters: IDataObject) =>
	buildNode(
		'n8n-nodes-base.webhook',
		name,
		{ httpMethod: 'POST', ...parameters },
		{ typeVersion: 2, webhookId: randomUUID() },
	);

/** Publishes nodes, each connected to the next, and returns the ID of the workflow. */
async function publishChain(
	{ client }: Pick<TestEnvironment, 'client'>,
	name: string,
	nodes: INode[],
) {
	const links = nodes
		.slice(1)
		.map((node, index) => [
			nodes[index].name,
			{ main: [[{ node: node.name, type: 'main' as const, index: 0 }]] },
		]);
	const { id } = await client.createWorkflow({
		name,
		nodes,
		connections: Object.fromEntries(links),
		settings: { executionOrder: 'v1' },
	});
	const { status, triggers } = await client.publish(id);
	if (status !== 'published') throw new Error(triggers?.[0]?.errorMessage ?? status);
	return id;
}

/**
 * Publishes the workflows of the package besides the webhook trigger, and returns the ID of the one whose
 * executions are stopped.
 */
export async function publishPackageWorkflows(environment: TestEnvironment) {
	const credentials = selectCredential(environment);
	const build = (name: string, parameters: IDataObject, more: Partial<INode> = {}) =>
		buildNode('n8n-nodes-persona.persona', name, parameters, { ...credentials, ...more });
	const inquiry = { resource: 'inquiry' };
	const created = { ...inquiry, inquiryId: buildIdLocator(CREATED_ID) };
	const template = { inquiryTemplateId: buildIdLocator(fixtures.inquiryTemplate) };
	const report = {
		...{ resource: 'report', operation: 'create', reportType: 'template' },
		reportTemplateId: fixtures.getReportTemplate('watchlist'),
	};
	await publishChain(environment, 'Polling', [
		buildNode(
			'n8n-nodes-persona.personaPollingTrigger',
			'Poll',
			{ pollTimes: pollOften, events: ['inquiry.completed'] },
			credentials,
		),
		buildNode('n8n-nodes-base.noOp', 'Done', {}),
	]);
	await publishChain(environment, 'Operations', [
		buildWebhook('Start', { path: 'operations', responseMode: 'lastNode' }),
		build('Create', { ...inquiry, ...template, operation: 'create', autoCreateOneTimeLink: true }),
		build('Get', { ...created, operation: 'get' }),
		build('List', { ...inquiry, operation: 'getAll', limit: 10 }, { executeOnce: true }),
		build('File', { ...created, operation: 'print' }, { executeOnce: true }),
		build(
			'Error',
			{ ...inquiry, operation: 'get', inquiryId: buildIdLocator('inq_Missing') },
			{ executeOnce: true, onError: 'continueRegularOutput' },
		),
		build('Report', { ...report, query: PERSON }, { executeOnce: true }),
		build('Remove', { ...created, operation: 'redact' }, { executeOnce: true }),
	]);
	await publishChain(environment, 'Person', [
		buildWebhook('Start', { path: 'person', responseMode: 'responseNode' }),
		build('Create', { ...inquiry, ...template, operation: 'create', autoCreateOneTimeLink: true }),
		buildNode(
			'n8n-nodes-base.respondToWebhook',
			'Show link',
			{ respondWith: 'json', responseBody: '={{ ({ id: $json.id, link: $json.oneTimeLink }) }}' },
			{ typeVersion: 1.1 },
		),
		build('Wait', { ...created, operation: 'waitForPerson' }),
		buildNode('n8n-nodes-base.noOp', 'Done', {}),
	]);
	return await publishChain(environment, 'Stopped', [
		buildWebhook('Start', { path: 'stopped', responseMode: 'onReceived' }),
		build('Report', {
			...{ ...report, query: PERSON.replace('Waits 1', 'Waits Forever') },
			options: { waitAtMost: buildDuration(50, 'seconds') },
		}),
	]);
}

/** Publishes workflows of n8n's own nodes that receive the same deliveries and make the same requests. */
export async function publishControlWorkflows(
	environment: Pick<TestEnvironment, 'client' | 'sandbox'>,
	apiKey: string,
) {
	const { client, sandbox } = environment;
	const { id, name } = await client.createCredential({
		name: 'Persona’s header',
		type: 'httpHeaderAuth',
		data: { name: 'Authorization', value: `Bearer ${apiKey}` },
	});
	const build = (nodeName: string, method: string, path: string, parameters: IDataObject = {}) =>
		buildNode(
			'n8n-nodes-base.httpRequest',
			nodeName,
			{
				method,
				url: `=${sandbox.apiUrl}${path}`,
				authentication: 'genericCredentialType',
				genericAuthType: 'httpHeaderAuth',
				...parameters,
			},
			{
				typeVersion: 4.2,
				executeOnce: true,
				onError: 'continueRegularOutput',
				credentials: { httpHeaderAuth: { id, name } },
			},
		);
	const send = (attributes: IDataObject) => ({
		sendBody: true,
		specifyBody: 'json',
		jsonBody: JSON.stringify({ data: { attributes } }),
	});
	const created = "/inquiries/{{ $('Create').first().json.data.id }}";
	const report = "/reports/{{ $('Report').first().json.data.id }}";
	await publishChain(environment, 'Listener', [buildWebhook('Receive', { path: 'listener' })]);
	await publishChain(environment, 'Polling', [
		buildNode(
			'n8n-nodes-base.scheduleTrigger',
			'Poll',
			{ rule: { interval: [{ field: 'seconds', secondsInterval: 15 }] } },
			{ typeVersion: 1.2 },
		),
		build('Events', 'GET', '/events?page[size]=100'),
	]);
	await publishChain(environment, 'Operations', [
		buildWebhook('Start', { path: 'operations', responseMode: 'lastNode' }),
		build(
			'Create',
			'POST',
			'/inquiries',
			send({ 'inquiry-template-id': fixtures.inquiryTemplate }),
		),
		build('Get', 'GET', created),
		build('List', 'GET', '/inquiries?page[size]=10'),
		build('File', 'GET', `${created}/print`, {
			options: { response: { response: { responseFormat: 'file' } } },
		}),
		build('Error', 'GET', '/inquiries/inq_Missing'),
		build(
			'Report',
			'POST',
			'/reports',
			send({
				'report-template-id': fixtures.getReportTemplate('watchlist'),
				query: { 'name-first': 'Jane', 'name-last': 'Waits 1', birthdate: '1994-04-12' },
			}),
		),
		build('Result', 'GET', report),
		build('Result again', 'GET', report),
		build('Remove', 'DELETE', created),
	]);
}
