import '../../support/n8nFolder.mts';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { HookContext, WebhookContext } from 'n8n-core';
import type {
	ICredentialDataDecryptedObject,
	IDataObject,
	INodeParameters,
	IWebhookData,
	IWorkflowExecuteAdditionalData,
	Workflow,
} from 'n8n-workflow';
import { PersonaTrigger } from '../../../nodes/Persona/PersonaTrigger.node.ts';
import { PersonaCredentialsHelper } from '../../support/credentialsHelper.mts';
import { buildTriggerWorkflow, NODE_NAME } from '../../support/workflow.mts';

/** What stands in the trigger of a test; the events are an approved and a completed inquiry. */
export interface WebhookTriggerOptions {
	/** Of the credential: where Persona is. */
	baseUrl: string;
	parameters?: INodeParameters;
	credentials?: ICredentialDataDecryptedObject;
	/** As n8n's "Listen for test event" does: another address, and nothing remembered. */
	test?: boolean;
	/** Replaces the address that n8n believes to be its own. */
	publicUrl?: string;
	/** What n8n remembers of the node. */
	staticData?: IDataObject;
	workflow?: { id?: string; name?: string };
	/** The part of its address that tells the node from others. */
	webhookId?: string;
}

const type = new PersonaTrigger();

const buildWorkflow = (
	parameters: INodeParameters,
	staticData: IDataObject,
	{ workflow, webhookId = '6d1f2b54-7c83-4f6e-9a0e-3f4b0a8c1d27' }: WebhookTriggerOptions,
) => buildTriggerWorkflow(type, { webhookId, parameters }, staticData, workflow);

async function readBytes(request: IncomingMessage) {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks);
}

/** What Express adds to a response, as far as n8n's nodes and n8n itself use it here. */
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

/** What a workflow makes of the item that starts it: the status and the body of n8n's answer. */
export type RunWorkflow = (item: IDataObject) => Promise<{ status?: number; json: unknown }>;

/**
 * The trigger in an n8n of its own: an HTTP server that answers deliveries as n8n does and keeps
 * what would have started the workflow. Whoever starts it stops it.
 */
export class TestWebhookTrigger {
	/** The items that started the workflow, in their order. */
	readonly started: IDataObject[] = [];

	/** Statuses of all deliveries, in their order. */
	readonly responseStatuses: number[] = [];

	/** All deliveries with their signatures, in their order, and whether their connections are done. */
	readonly deliveries: { signature: string; closed: boolean }[] = [];

	/** Replaces the workflow behind the trigger, which answers at once. */
	runWorkflow: RunWorkflow = async () => ({ json: { message: 'Webhook call received' } });

	private workflow: Workflow;

	private readonly server = createServer((request, responseSettings) => {
		void this.handleRequest(request, responseSettings).finally(() =>
			this.responseStatuses.push(responseSettings.statusCode),
		);
	});

	private constructor(private readonly options: WebhookTriggerOptions) {
		this.workflow = buildWorkflow(
			{ events: ['inquiry.approved', 'inquiry.completed'], ...options.parameters },
			options.staticData ?? {},
			options,
		);
	}

	static async start(options: WebhookTriggerOptions): Promise<TestWebhookTrigger> {
		const listener = new TestWebhookTrigger(options);
		await new Promise<void>((resolve) => listener.server.listen(0, '127.0.0.1', resolve));
		return listener;
	}

	/** What n8n has stored for the node. */
	get staticData() {
		return this.workflow.getStaticData('node', this.node);
	}

	/** What is stored, without the mark of the node that it is about. */
	get storedData() {
		const { owner, ...rest } = this.staticData;
		return rest;
	}

	/** The address that the webhook in Persona must have. */
	get url() {
		return this.createHookContext().getNodeWebhookUrl('default') ?? '';
	}

	/** What n8n does when it activates the workflow. */
	async activate() {
		if (!(await this.checkExists())) await this.create();
	}

	async checkExists() {
		return await type.webhookMethods.default.checkExists.call(this.createHookContext());
	}

	async create() {
		return await type.webhookMethods.default.create.call(this.createHookContext());
	}

	/** Also what n8n does when it deactivates the workflow. */
	async delete() {
		return await type.webhookMethods.default.delete.call(this.createHookContext());
	}

	/** Publishes the node with other parameters, in n8n's order: the old one is deleted first. */
	async republish(parameters: INodeParameters) {
		await this.delete();
		this.setParameters(parameters);
		await this.activate();
	}

	/** Other parameters for what is there already, as when n8n was down while they changed. */
	setParameters(parameters: INodeParameters) {
		this.workflow = buildWorkflow(
			{ ...this.node.parameters, ...parameters },
			JSON.parse(JSON.stringify(this.workflow.staticData)) as IDataObject,
			this.options,
		);
	}

	/** Sends a delivery as somebody outside would; returns the status that comes back. */
	async deliver(body: string, headers: Record<string, string> = {}) {
		return (await this.send(body, headers)).status;
	}

	/** Sends a delivery and gives the whole answer; throws when `signal` hangs up before it comes. */
	async send(body: string, headers: Record<string, string> = {}, signal?: AbortSignal) {
		return await fetch(this.origin, {
			method: 'POST',
			headers: { 'content-type': 'application/json', ...headers },
			body: new Uint8Array(Buffer.from(body)),
			...(signal && { signal }),
		});
	}

	/** How n8n answers a delivery that starts the workflow, and with what. */
	get response() {
		const [{ responseMode, responseData }] = type.description.webhooks ?? [];
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
			variables: {},
		} as unknown as IWorkflowExecuteAdditionalData;
	}

	private get webhookData() {
		const [webhookDescription] = type.description.webhooks ?? [];
		return { webhookDescription, isTest: this.options.test === true } as IWebhookData;
	}

	private createHookContext() {
		const { test } = this.options;
		return new HookContext(
			this.workflow,
			this.node,
			this.additionalData,
			test ? 'manual' : 'trigger',
			test ? 'manual' : 'activate',
			this.webhookData,
		);
	}

	private async handleRequest(request: IncomingMessage, response: ServerResponse) {
		const arrival = { signature: String(request.headers['persona-signature']), closed: false };
		response.once('close', () => (arrival.closed = true));
		const rawBody = await readBytes(request);
		this.deliveries.push(arrival);
		const delivery = Object.assign(request, { rawBody, readRawBody: async () => {} });
		const express = addExpressMethods(response);
		const context = new WebhookContext(
			this.workflow,
			this.node,
			{
				...this.additionalData,
				httpRequest: delivery as unknown as IWorkflowExecuteAdditionalData['httpRequest'],
				httpResponse: express as unknown as IWorkflowExecuteAdditionalData['httpResponse'],
			},
			this.options.test ? 'manual' : 'webhook',
			this.webhookData,
			[],
			null,
		);
		try {
			const { workflowData = [], noWebhookResponse } = await type.webhook.call(context);
			const items = workflowData.flat().map(({ json }) => json);
			this.started.push(...items);
			if (noWebhookResponse) return;
			const { status = 200, json } = await this.runWorkflow(items[0] ?? {});
			express.status(status).json(json);
		} catch (error) {
			// n8n would also record a failed execution.
			response.statusCode = 500;
			response.end(String(error));
		}
	}
}
