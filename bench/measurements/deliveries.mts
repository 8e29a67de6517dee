import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { INodeParameters } from 'n8n-workflow';
import { eventually } from '../../demo/n8n/client.mts';
import { goThrough } from '../../demo/person.mts';
import { signedAt, signatureSets } from '../../nodes/Persona/webhook/signature.ts';
import { seeds, signatureHeader, type DeliveryLogEntry } from '../../sandbox/sandbox.mts';
import type { Barrage, Reception } from '../barrage.mts';
import { counted, type Finding } from '../finding.mts';
import type { SandboxProcess } from '../sandboxProcess.mts';
import type { Scale } from '../scale.mts';
import type { Stage } from '../stage.mts';
import { chain, type Part } from '../workflows.mts';

const connections = 50;

/** Of both sides alike: executions are run, and deleted instead of kept. */
const settings = {
	saveDataSuccessExecution: 'none',
	saveDataErrorExecution: 'none',
} as const;

const nothing: Part = { name: 'Nothing', type: 'n8n-nodes-base.noOp' };

/** Signed deliveries to our trigger, against the same to n8n's Webhook node, which checks nothing. */
export async function measureDeliveries(
	stage: Stage,
	{ deliveryRounds, deliverySeconds }: Scale,
	note: (text: string) => void,
): Promise<Finding[]> {
	return await stage.withSandbox({}, async (sandbox, credential) => {
		const own = await publish(stage, {
			name: 'Persona Trigger',
			type: 'n8n-nodes-persona.personaTrigger',
			credential,
			parameters: { events: ['inquiry.completed'] },
		});
		const { event, secret } = await completedInquiry(sandbox);
		const plain = await publish(stage, webhook('Webhook', {}));
		const prepared = await publish(
			stage,
			webhook('With expression', { ignoreBots: '={{ false }}' }),
		);
		const sides = [own, plain, prepared].map(({ id, name, path }) => ({
			id,
			name,
			url: path === undefined ? event.url : `${stage.n8n.url}/webhook/${path}`,
			rates: [] as number[],
		}));
		const refusals: string[] = [];
		// Round 0 warms all of them up and does not count.
		for (let round = 0; round <= deliveryRounds; round++) {
			for (const side of sides) {
				note(round > 0 ? `${side.name}, ${round} of ${deliveryRounds}` : `${side.name}, cold`);
				const barrage: Barrage = {
					url: side.url,
					secret,
					body: event.body,
					eventId: event.eventId,
					seconds: deliverySeconds,
					connections,
				};
				const reception = await stage.program<Reception>('deliver', barrage);
				await settled(stage, side.id);
				if (round === 0) continue;
				side.rates.push(reception.accepted / deliverySeconds);
				for (const [status, count] of Object.entries(reception.otherwise)) {
					refusals.push(`${side.name}: ${counted(count)} more answered with ${status}`);
				}
			}
		}
		note('');
		const silent = sides.filter(({ rates }) => mean(rates) === 0).map(({ name }) => name);
		if (silent.length > 0) throw new Error(`Nothing was accepted in time by ${silent.join(', ')}`);
		const [ours, theirs, alike] = sides.map(({ rates }) => mean(rates));
		return [
			{
				what: 'Signed deliveries accepted',
				unit: '/s',
				ours,
				theirs: { name: 'Webhook node, verifies nothing', value: theirs },
				bar: { atLeast: 0.9 },
				notes: [
					`${connections} at once, ${(event.body.length / 1000).toFixed(1)} KB each; each starts an execution that is run and not saved, on both sides`,
					`Webhook node with an expression among its parameters: ${alike.toFixed(1)}/s; n8n then sets up its expression engine for each delivery, as it does for every trigger but a Webhook node without`,
					...refusals,
				],
				spent:
					`${(1000 / ours).toFixed(2)} ms a delivery, ${(1000 / theirs).toFixed(2)} the Webhook node, ` +
					`${(1000 / alike).toFixed(2)} with an expression; checking the signature takes ${checkingMs(event.body, secret).toFixed(3)}`,
			},
		];
	});
}

const webhook = (name: string, options: INodeParameters): Part => ({
	name,
	type: 'n8n-nodes-base.webhook',
	version: 2.1,
	parameters: { httpMethod: 'POST', path: randomUUID(), options },
});

async function publish({ client }: Stage, trigger: Part) {
	const { name, parameters } = trigger;
	const { id } = await client.createWorkflow(chain(name, [trigger, nothing], settings));
	const { status, triggers = [] } = await client.publish(id);
	if (status === 'published') return { id, name, path: parameters?.path };
	throw new Error(triggers.map(({ errorMessage }) => errorMessage ?? status).join(' '));
}

/** Lets a person complete an inquiry and gives what the trigger was told of it. */
async function completedInquiry(sandbox: SandboxProcess) {
	const { meta } = await sandbox.persona<{ meta: Record<string, string> }>('POST', '/inquiries', {
		data: {
			attributes: {
				'inquiry-template-id': seeds.inquiryTemplate,
				fields: { 'name-first': 'Jane', 'name-last': 'Doe', birthdate: '1995-09-08' },
			},
		},
		meta: { 'auto-create-one-time-link': true },
	});
	await goThrough(meta['one-time-link']);
	const event = await eventually('the event of the inquiry is accepted', async () => {
		const deliveries = await sandbox.look<DeliveryLogEntry[]>('/deliveries');
		return deliveries.find(({ status }) => status === 200);
	});
	const { data } = await sandbox.persona<{ data: { attributes: { secret: string } } }>(
		'GET',
		`/webhooks/${event.webhookId}`,
	);
	return { event, secret: data.attributes.secret };
}

/** Waits until n8n has run what it has accepted. */
async function settled({ client }: Stage, workflowId: string) {
	const isIdle = async () => (await client.executions(workflowId)).length === 0;
	await eventually('n8n has run what it accepted', isIdle, 120_000);
	await sleep(1_000);
}

/** Milliseconds that one check of a signature takes, without n8n around it. */
function checkingMs(body: string, secret: string) {
	const bytes = Buffer.from(body);
	const header = signatureHeader(body, [secret]);
	const times = 1_000;
	const from = performance.now();
	for (let time = 0; time < times; time++) signedAt(signatureSets(header), bytes, [secret]);
	return (performance.now() - from) / times;
}

const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
