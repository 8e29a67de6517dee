import { randomUUID } from 'node:crypto';
import type { INodeParameters } from 'n8n-workflow';
import { waitFor, type StoredCredential } from '../../tools/n8n/n8nClient.mts';
import { completeHostedFlow } from '../../tools/completeHostedFlow.mts';
import { fixtures, type DeliveryLogEntry } from '../../sandbox/sandbox.mts';
import type { Barrage } from '../deliveryTask.mts';
import type { SandboxProcess } from '../sandboxProcess.mts';
import type { Stage } from '../benchEnvironment.mts';
import { stripeSecret } from './stripe.mts';
import { chain, type Part } from '../workflows.mts';

/** Of all sides alike: executions are run, and deleted instead of kept. */
const settings = {
	saveDataSuccessExecution: 'none',
	saveDataErrorExecution: 'none',
} as const;

const nothing: Part = { name: 'Nothing', type: 'n8n-nodes-base.noOp' };

type Deliveries = Pick<Barrage, 'secret' | 'header' | 'started' | 'body'>;

/** A published workflow that deliveries are sent to, and what they are. */
export interface Side extends Deliveries {
	id: string;
	name: string;
	url: string;
}

/** Our trigger, told of an inquiry that a person has completed; the event's ID is in the body. */
export async function personaSide(
	stage: Stage,
	sandbox: SandboxProcess,
	credential: StoredCredential,
): Promise<{ side: Side; eventId: string }> {
	const trigger = await publish(stage, {
		name: 'Persona Trigger',
		type: 'n8n-nodes-persona.personaTrigger',
		credential,
		parameters: { events: ['inquiry.completed'] },
	});
	const { event, secret } = await completedInquiry(sandbox);
	const { body, eventId } = event;
	const started = 'Workflow was started';
	return { side: { ...trigger, secret, body, header: 'Persona-Signature', started }, eventId };
}

/** n8n's Webhook node, for the same deliveries as another side. */
export async function webhookSide(
	stage: Stage,
	name: string,
	{ secret, header, started, body }: Deliveries,
	options: INodeParameters,
): Promise<Side> {
	const trigger = await publish(stage, {
		name,
		type: 'n8n-nodes-base.webhook',
		version: 2.1,
		parameters: { httpMethod: 'POST', path: randomUUID(), options },
	});
	return { ...trigger, secret, header, started, body };
}

/** n8n's Stripe Trigger, for events that hold the body of one of Persona's. */
export async function stripeSide(stage: Stage, body: string): Promise<Side> {
	const type = 'charge.succeeded';
	const data = { secretKey: 'sk_bench' };
	const credential = await stage.client.createCredential({
		name: 'Stripe',
		type: 'stripeApi',
		data,
	});
	const trigger = await publish(stage, {
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
		// It does not say what to answer with, so n8n answers with the name of its own default.
		started: 'firstEntryJson',
	};
}

async function publish({ client, n8n }: Stage, trigger: Part) {
	const { name, parameters } = trigger;
	const file = chain(name, [trigger, nothing], settings);
	const { id } = await client.createWorkflow(file);
	const { status, triggers = [] } = await client.publish(id);
	const path = parameters?.path ?? `${file.nodes[0].webhookId}/webhook`;
	if (status === 'published') return { id, name, url: `${n8n.url}/webhook/${path}` };
	throw new Error(triggers.map(({ errorMessage }) => errorMessage ?? status).join(' '));
}

/** Lets a person complete an inquiry and gives what the trigger was told of it. */
async function completedInquiry(sandbox: SandboxProcess) {
	const { meta } = await sandbox.persona<{ meta: Record<string, string> }>('POST', '/inquiries', {
		data: {
			attributes: {
				'inquiry-template-id': fixtures.inquiryTemplate,
				fields: { 'name-first': 'Jane', 'name-last': 'Doe', birthdate: '1995-09-08' },
			},
		},
		meta: { 'auto-create-one-time-link': true },
	});
	await completeHostedFlow(meta['one-time-link']);
	const event = await waitFor('the event of the inquiry is accepted', async () => {
		const deliveries = await sandbox.look<DeliveryLogEntry[]>('/deliveries');
		return deliveries.find(({ status }) => status === 200);
	});
	const { data } = await sandbox.persona<{ data: { attributes: { secret: string } } }>(
		'GET',
		`/webhooks/${event.webhookId}`,
	);
	return { event, secret: data.attributes.secret };
}
