import { randomUUID } from 'node:crypto';
import '../../support/n8nFolder.mts';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HookContext, WebhookContext, WorkflowExecute } from 'n8n-core';
import {
	createRunExecutionData,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type INodeExecutionData,
	type INode,
	type INodeParameters,
	type IWebhookData,
	type IWorkflowExecuteAdditionalData,
	type Workflow,
} from 'n8n-workflow';
import { PersonaTrigger } from '../../../nodes/Persona/PersonaTrigger.node.ts';
import { startSandbox, type Sandbox } from '../../../sandbox/sandbox.mts';
import { PersonaCredentialsHelper } from '../../support/credentialsHelper.mts';
import { buildAdditionalData, buildTriggerWorkflow, NODE_NAME } from '../../support/workflow.mts';

/** The key of the triggers' credential, unless a test says otherwise. */
const API_KEY = 'persona_sandbox_demo';

/** How long a test waits for something to happen before it fails. */
const WAIT_TIMEOUT_MS = 20_000;

/** How a trigger of a test is set up. By default it listens to approved and completed inquiries. */
export interface WebhookTriggerOptions {
	/** API URL of the credential. */
	baseUrl: string;
	parameters?: INodeParameters;
	credentials?: ICredentialDataDecryptedObject;
	/**
	 * Whether it listens as for "Execute step": with another URL, and static data of its own.
	 */
	isTest?: boolean;
	/** The URL that n8n considers its own, instead of its real one. */
	publicUrl?: string;
	/** What n8n has stored for all nodes of the workflow. */
	staticData?: IDataObject;
	workflow?: { id?: string; name?: string };
	/** The part of the webhook's URL that belongs to the node. */
	webhookId?: string;
}

const nodeType = new PersonaTrigger();

const buildWorkflow = (
	settings: Partial<INode>,
	staticData: IDataObject,
	{ workflow, webhookId = '6d1f2b54-7c83-4f6e-9a0e-3f4b0a8c1d27' }: WebhookTriggerOptions,
) => buildTriggerWorkflow(nodeType, { webhookId, ...settings }, staticData, workflow);

async function readBytes(request: IncomingMessage) {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks);
}

/** Adds the methods of Express's response that the trigger and n8n use. */
function addExpressMethods(response: ServerResponse) {
	const json = (body: unknown) => {
		response.setHeader('content-type', 'application/json; charset=utf-8');
		response.end(JSON.stringify(body));
	};
	const status = (code: number) => {
		response.statusCode = code;
		return { json };
	};
	return Object.assign(response, { status, json });
}

/** Runs the workflow behind the trigger for its first item, and returns n8n's response. */
export type RunWorkflow = (item: IDataObject) => Promise<{ status?: number; json: unknown }>;

/**
 * The trigger with an HTTP server that hands it deliveries as n8n does, in n8n's own contexts, and
 * keeps the items that would have started the workflow.
 */
export class TestWebhookTrigger {
	/** The items that started the workflow, in order. */
	readonly started: IDataObject[] = [];

	/** The statuses of the responses to all deliveries, in order. */
	readonly responseStatuses: number[] = [];

	/** All deliveries in order, with their signatures and whether their connections are closed. */
	readonly deliveries: { signature: string; closed: boolean }[] = [];

	/** Can be replaced; the default responds at once. */
	runWorkflow: RunWorkflow = async () => ({ json: { message: 'Webhook call received' } });

	/**
	 * Stops n8n, as far as a delivery can tell: it stores the executions that deliveries start, and
	 * answers 500. `beginStored` begins them.
	 */
	isStopping = false;

	/** What n8n waits for before it begins an execution, and before it responds. Can be replaced. */
	beforeBegin: () => Promise<void> = async () => {};

	/** The executions that n8n has stored and not begun. */
	private readonly stored: INodeExecutionData[][] = [];

	/** What `$vars` has in expressions. It can be changed. */
	readonly variables: IDataObject = {};

	/** Makes n8n fail to read the body of the next deliveries, as if it were cut off. */
	bodyError: Error | undefined;

	private workflow: Workflow;

	private readonly server = createServer((request, response) => {
		void this.handleRequest(request, response).finally(() =>
			this.responseStatuses.push(response.statusCode),
		);
	});

	private constructor(private readonly options: WebhookTriggerOptions) {
		this.workflow = buildWorkflow(
			{
				parameters: { events: ['inquiry.approved', 'inquiry.completed'], ...options.parameters },
				// One of its own, since the node remembers for a while what it has read about one.
				credentials: { personaApi: { id: randomUUID(), name: 'Persona' } },
			},
			options.staticData ?? {},
			options,
		);
	}

	static async start(options: WebhookTriggerOptions): Promise<TestWebhookTrigger> {
		const trigger = new TestWebhookTrigger(options);
		await new Promise<void>((resolve) => trigger.server.listen(0, '127.0.0.1', resolve));
		return trigger;
	}

	/** What n8n has stored for the node; it can be changed. */
	get staticData() {
		return this.workflow.getStaticData('node', this.node);
	}

	/** The same without what identifies the node: its fingerprint, and the URL of its webhook. */
	get storedData() {
		const { owner, url, ...rest } = this.staticData;
		return rest;
	}

	/** The URL that the webhook in Persona must have. */
	get url() {
		return this.createHookContext().getNodeWebhookUrl('default') ?? '';
	}

	/** What n8n does when it activates the workflow. */
	async activate() {
		if (!(await this.checkExists())) await this.create();
	}

	async checkExists() {
		return await nodeType.webhookMethods.default.checkExists.call(this.createHookContext());
	}

	async create() {
		return await nodeType.webhookMethods.default.create.call(this.createHookContext());
	}

	/** Also what n8n does when it deactivates the workflow. */
	async delete() {
		return await nodeType.webhookMethods.default.delete.call(this.createHookContext());
	}

	/** Publishes the node with other parameters. n8n deletes the old webhook first. */
	async republish(parameters: INodeParameters) {
		await this.delete();
		this.setParameters(parameters);
		await this.activate();
	}

	/** Changes parameters without n8n calling a hook, as if n8n had been down in the meantime. */
	setParameters(parameters: INodeParameters) {
		this.workflow = buildWorkflow(
			{
				parameters: { ...this.node.parameters, ...parameters },
				credentials: this.node.credentials,
			},
			JSON.parse(JSON.stringify(this.workflow.staticData)) as IDataObject,
			this.options,
		);
	}

	/** Changes the credential, as a user does while the workflow is published. */
	setCredentials(credentials: ICredentialDataDecryptedObject) {
		this.options.credentials = { ...this.options.credentials, ...credentials };
	}

	/** Sends a delivery from outside and returns the status of the response. */
	async deliver(body: string, headers: Record<string, string> = {}) {
		return (await this.send(body, headers)).status;
	}

	/** Sends a delivery and returns the whole response. Throws if `signal` aborts before it comes. */
	async send(body: string, headers: Record<string, string> = {}, signal?: AbortSignal) {
		return await fetch(this.origin, {
			method: 'POST',
			headers: { 'content-type': 'application/json', ...headers },
			body: new Uint8Array(Buffer.from(body)),
			...(signal && { signal }),
		});
	}

	/** What n8n does first when it is started again. */
	async beginStored() {
		for (const items of this.stored.splice(0)) await this.begin(items);
	}

	/** Runs the workflow for the items of a delivery in n8n's engine, and keeps what the trigger puts out. */
	private async begin(items: INodeExecutionData[]) {
		const { credentials = {}, isTest } = this.options;
		const run = await new WorkflowExecute(
			buildAdditionalData(this.workflow, credentials),
			isTest ? 'manual' : 'webhook',
			createRunExecutionData({
				executionData: {
					nodeExecutionStack: [{ node: this.node, data: { main: [items] }, source: null }],
				},
			}),
		).processRunExecutionData(this.workflow);
		const [output] = run.data.resultData.runData[NODE_NAME]?.at(-1)?.data?.main ?? [];
		this.started.push(...(output ?? []).map(({ json }) => json));
	}

	/** When and with what n8n responds to a delivery that starts the workflow. */
	get responseSettings() {
		const [{ responseMode, responseData }] = nodeType.description.webhooks ?? [];
		const { expression } = this.workflow;
		return {
			mode: expression.getSimpleParameterValue(this.node, responseMode, 'webhook', {}),
			data: expression.getComplexParameterValue(this.node, responseData, 'webhook', {}),
		};
	}

	get logger() {
		return this.createHookContext().logger;
	}

	async stop() {
		this.server.closeAllConnections();
		await new Promise((resolve) => this.server.close(resolve));
	}

	private get node() {
		return this.workflow.nodes[NODE_NAME];
	}

	private get origin() {
		return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
	}

	private get additionalData() {
		const { baseUrl, credentials, publicUrl = this.origin } = this.options;
		return {
			credentialsHelper: new PersonaCredentialsHelper({ baseUrl, ...credentials }),
			webhookBaseUrl: `${publicUrl}/webhook`,
			webhookTestBaseUrl: `${publicUrl}/webhook-test`,
			variables: this.variables,
		} as unknown as IWorkflowExecuteAdditionalData;
	}

	private get webhookData() {
		const [webhookDescription] = nodeType.description.webhooks ?? [];
		return { webhookDescription, isTest: this.options.isTest === true } as IWebhookData;
	}

	private createHookContext() {
		const { isTest } = this.options;
		return new HookContext(
			this.workflow,
			this.node,
			this.additionalData,
			isTest ? 'manual' : 'trigger',
			isTest ? 'manual' : 'activate',
			this.webhookData,
		);
	}

	private async handleRequest(request: IncomingMessage, response: ServerResponse) {
		const delivery = { signature: String(request.headers['persona-signature']), closed: false };
		response.once('close', () => (delivery.closed = true));
		const rawBody = await readBytes(request);
		this.deliveries.push(delivery);
		const httpRequest = Object.assign(request, {
			rawBody,
			readRawBody: async () => {
				if (this.bodyError) throw this.bodyError;
			},
		});
		const httpResponse = addExpressMethods(response);
		const context = new WebhookContext(
			this.workflow,
			this.node,
			{
				...this.additionalData,
				httpRequest: httpRequest as unknown as IWorkflowExecuteAdditionalData['httpRequest'],
				httpResponse: httpResponse as unknown as IWorkflowExecuteAdditionalData['httpResponse'],
			},
			this.options.isTest ? 'manual' : 'webhook',
			this.webhookData,
			[],
			null,
		);
		try {
			const { workflowData = [], noWebhookResponse } = await nodeType.webhook.call(context);
			const items = workflowData.flat();
			if (items.length > 0 && this.isStopping) {
				this.stored.push(items);
				httpResponse.status(500).json({ message: 'There was a problem executing the workflow' });
				return;
			}
			if (items.length > 0) {
				await this.beforeBegin();
				await this.begin(items);
			}
			if (noWebhookResponse) return;
			const { status = 200, json } = await this.runWorkflow(items[0]?.json ?? {});
			httpResponse.status(status).json(json);
		} catch (error) {
			// n8n would also record a failed execution.
			response.statusCode = 500;
			response.end(String(error));
		}
	}
}

/**
 * A sandbox that is empty for each test, and triggers that listen to it until the test's end. Its
 * webhooks deliver again after these times.
 */
export function createWebhookTriggerHarness(webhookRetrySeconds = [0.1, 0.2], apiKeys = [API_KEY]) {
	const triggers: TestWebhookTrigger[] = [];
	let sandbox: Sandbox;
	beforeAll(async () => {
		sandbox = await startSandbox({
			webhookRetrySeconds,
			apiKeys,
			rateLimit: { maxRequests: 100_000, windowSeconds: 60 },
		});
	});
	afterEach(async () => {
		await Promise.all(triggers.splice(0).map(async (trigger) => await trigger.stop()));
		sandbox.control.setOutage(false);
		sandbox.control.clearFaults();
		sandbox.control.requests.length = 0;
		sandbox.control.reset();
	});
	afterAll(async () => await sandbox.close());
	return {
		get sandbox() {
			return sandbox;
		},
		async startTrigger({ credentials, ...options }: Partial<WebhookTriggerOptions> = {}) {
			const trigger = await TestWebhookTrigger.start({
				baseUrl: sandbox.apiUrl,
				credentials: { apiKey: API_KEY, ...credentials },
				...options,
			});
			triggers.push(trigger);
			return trigger;
		},
	};
}

type WebhookTriggerHarness = ReturnType<typeof createWebhookTriggerHarness>;

/** The webhooks in the sandbox that are not archived. */
export const getActiveWebhooks = ({ sandbox: { control } }: WebhookTriggerHarness) =>
	control.store
		.getCollection('webhook')
		.findAll()
		.filter(({ attributes }) => attributes.status !== 'archived');

/** The API requests to the sandbox, as `GET /webhooks`. */
export const getApiRequests = ({ sandbox: { control } }: WebhookTriggerHarness) =>
	control.requests.map(
		({ method, path }) => `${method} ${path.replace('/api/v1', '').replace(/\/wbh_\w+/, '/{id}')}`,
	);

/** Waits until a condition holds. */
export async function waitUntil(hasHappened: () => boolean) {
	for (const startedAt = performance.now(); !hasHappened();) {
		if (performance.now() - startedAt > WAIT_TIMEOUT_MS) {
			throw new Error(`This has not happened in time: ${hasHappened}`);
		}
		await new Promise((resolve) => setTimeout(resolve, 10));
	}
}

/** The inquiry that an event of a test is about. */
export const buildInquiry = (id = 'inq_1') => ({
	type: 'inquiry',
	id,
	attributes: { status: 'completed', 'reference-id': 'user-42', fields: {} },
	relationships: {},
});

/** The body of a delivery as Persona sends it. */
export const buildEventBody = (id: string, name = 'inquiry.completed') =>
	JSON.stringify({
		data: {
			type: 'event',
			id,
			attributes: {
				name,
				payload: { data: buildInquiry() },
				'created-at': '2025-03-15T18:35:00.000Z',
				context: null,
			},
		},
	});

/**
 * Lets each test log its warnings, of which the same one is logged only once a minute. The returned
 * function puts the clock forward.
 */
export function useNewWarnings() {
	const getRealNow = Date.now.bind(Date);
	let clockAheadMs = 0;
	beforeEach(() => {
		clockAheadMs += 61_000;
		jest.spyOn(Date, 'now').mockImplementation(() => getRealNow() + clockAheadMs);
	});
	afterEach(() => jest.restoreAllMocks());
	return (milliseconds: number) => {
		clockAheadMs += milliseconds;
	};
}
