import { randomUUID } from 'node:crypto';
import type { INodeParameters } from 'n8n-workflow';
import { waitFor, type StoredCredential } from '../../tools/n8n/n8nClient.mts';
import { completeHostedFlow } from '../../tools/completeHostedFlow.mts';
import { fixtures, type DeliveryLogEntry } from '../../sandbox/sandbox.mts';
import type { DeliveryTask } from '../deliveryTask.mts';
import type { SandboxProcess } from '../sandboxProcess.mts';
import type { BenchEnvironment } from '../benchEnvironment.mts';
import { stripeSecret } from './stripe.mts';
import { buildChain, type NodeTemplate } from '../workflows.mts';

/** The same for all subjects: executions run and are deleted instead of saved. */
const settings = {
	saveDataSuccessExecution: 'none',
	saveDataErrorExecution: 'none',
} as const;

const noOp: NodeTemplate = { name: 'Nothing', type: 'n8n-nodes-base.noOp' };

type DeliverySettings = Pick<DeliveryTask, 'secret' | 'header' | 'startedMessage' | 'body'>;

/** A published workflow that receives deliveries, and what is delivered. */
export interface DeliverySubject extends DeliverySettings {
	id: string;
	name: string;
	url: string;
}

/** Publishes the Persona Trigger, with the event of a completed inquiry. The event's ID is in the body. */
export async function publishPersonaTrigger(
	environment: BenchEnvironment,
	sandbox: SandboxProcess,
	credential: StoredCredential,
): Promise<{ subject: DeliverySubject; eventId: string; webhookId: string }> {
	const trigger = await publishTrigger(environment, {
		name: 'Persona Trigger',
		type: 'n8n-nodes-persona.personaTrigger',
		credential,
		parameters: { events: ['inquiry.completed'] },
	});
	const { event, secret } = await completeInquiry(sandbox);
	const { body, eventId, webhookId } = event;
	const startedMessage = 'Workflow was started';
	return {
		subject: { ...trigger, secret, body, header: 'Persona-Signature', startedMessage },
		eventId,
		webhookId,
	};
}

/** Publishes n8n's Webhook node for the same deliveries as another subject. */
export async function publishWebhookNode(
	environment: BenchEnvironment,
	name: string,
	{ secret, header, startedMessage, body }: DeliverySettings,
	options: INodeParameters,
): Promise<DeliverySubject> {
	const trigger = await publishTrigger(environment, {
		name,
		type: 'n8n-nodes-base.webhook',
		version: 2.1,
		parameters: { httpMethod: 'POST', path: randomUUID(), options },
	});
	return { ...trigger, secret, header, startedMessage, body };
}

/**
 * Publishes n8n's Webhook node with a Verify Delivery behind it, for the deliveries of another subject
 * and its webhook.
 */
export async function publishVerifyDelivery(
	environment: BenchEnvironment,
	webhookId: string,
	credential: StoredCredential,
	{ secret, header, startedMessage, body }: DeliverySettings,
): Promise<DeliverySubject> {
	const trigger = await publishTrigger(
		environment,
		{
			name: 'Verify Delivery',
			type: 'n8n-nodes-base.webhook',
			version: 2.1,
			parameters: { httpMethod: 'POST', path: randomUUID(), options: { rawBody: true } },
		},
		{
			name: 'Persona',
			type: 'n8n-nodes-persona.persona',
			credential,
			parameters: {
				...{ resource: 'event', operation: 'verifyDelivery' },
				webhookId: { __rl: true, mode: 'id', value: webhookId },
			},
		},
	);
	return { ...trigger, secret, header, startedMessage, body };
}

/** Publishes n8n's Stripe Trigger, for events of Stripe with the same contents. */
export async function publishStripeTrigger(
	environment: BenchEnvironment,
	body: string,
): Promise<DeliverySubject> {
	const type = 'charge.succeeded';
	const data = { secretKey: 'sk_bench' };
	const credential = await environment.client.createCredential({
		name: 'Stripe',
		type: 'stripeApi',
		data,
	});
	const trigger = await publishTrigger(environment, {
		name: 'Stripe Trigger',
		type: 'n8n-nodes-base.stripeTrigger',
		credential,
		parameters: { events: [type] },
	});
	return {
		...trigger,
		secret: stripeSecret,
		body: JSON.stringify({ ...JSON.parse(body), type }),
		header: 'Stripe-Signature',
		// The node defines no response, so n8n responds with the name of its own default.
		startedMessage: 'firstEntryJson',
	};
}

async function publishTrigger(
	{ client, n8n }: BenchEnvironment,
	trigger: NodeTemplate,
	...nodes: NodeTemplate[]
) {
	const { name, parameters } = trigger;
	const file = buildChain(name, [trigger, ...nodes, noOp], settings);
	const { id } = await client.createWorkflow(file);
	const { status, triggers = [] } = await client.publish(id);
	const path = parameters?.path ?? `${file.nodes[0].webhookId}/webhook`;
	if (status === 'published') return { id, name, url: `${n8n.url}/webhook/${path}` };
	throw new Error(triggers.map(({ errorMessage }) => errorMessage ?? status).join(' '));
}

/** Completes an inquiry and returns the delivery of its event, with the webhook's secret. */
async function completeInquiry(sandbox: SandboxProcess) {
	const { meta } = await sandbox.callApi<{ meta: Record<string, string> }>('POST', '/inquiries', {
		data: {
			attributes: {
				'inquiry-template-id': fixtures.inquiryTemplate,
				fields: { 'name-first': 'Jane', 'name-last': 'Doe', birthdate: '1995-09-08' },
			},
		},
		meta: { 'auto-create-one-time-link': true },
	});
	await completeHostedFlow(meta['one-time-link']);
	const event = await waitFor('the event is accepted', async () => {
		const deliveries = await sandbox.fetchControl<DeliveryLogEntry[]>('/deliveries');
		return deliveries.find(({ status }) => status === 200);
	});
	const { data } = await sandbox.callApi<{ data: { attributes: { secret: string } } }>(
		'GET',
		`/webhooks/${event.webhookId}`,
	);
	return { event, secret: data.attributes.secret };
}
