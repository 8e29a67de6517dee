import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '../../tools/n8n/n8nClient.mts';
import {
	verifySignature,
	parseSignatureHeader,
} from '../../nodes/Persona/triggers/webhook/delivery/signature.ts';
import { buildSignatureHeader } from '../../sandbox/sandbox.mts';
import type { Barrage, Reception } from '../deliveryTask.mts';
import { counted, type Finding } from '../benchResult.mts';
import type { Scale } from '../sizes.mts';
import { personaSide, stripeSide, webhookSide, type Side } from '../subjects/deliveries.mts';
import type { Stage } from '../benchEnvironment.mts';

const connections = 50;

/**
 * Signed deliveries to our trigger, against the same to n8n's Webhook node, which checks nothing, and
 * to n8n's Stripe Trigger, which checks a signature of the same kind.
 */
export async function measureDeliveries(
	stage: Stage,
	scale: Scale,
	note: (text: string) => void,
): Promise<Finding[]> {
	return await stage.withSandbox({}, async (sandbox, credential) => {
		const { side, eventId } = await personaSide(stage, sandbox, credential);
		const { body, secret } = side;
		const { rates, refusals } = await barrages(stage, scale, note, eventId, [
			side,
			await webhookSide(stage, 'Webhook', side, {}),
			await webhookSide(stage, 'With expression', side, { ignoreBots: '={{ false }}' }),
			await stripeSide(stage, body),
		]);
		const [ours, plain, alike, stripes] = rates;
		const checking = checkingMs(body, secret).toFixed(3);
		return [
			{
				what: 'Signed deliveries accepted',
				unit: '/s',
				ours,
				theirs: { name: 'Webhook node, verifies nothing', value: plain },
				bar: { atLeast: 0.9 },
				notes: [
					`${connections} at once, ${(body.length / 1000).toFixed(1)} KB each; each starts an execution that is run and not saved, on all sides`,
					`Webhook node with an expression among its parameters: ${alike.toFixed(1)}/s; n8n then sets up its expression engine for each delivery, as it does for every trigger but a Webhook node without`,
					...refusals,
				],
				spent:
					`${(1000 / ours).toFixed(2)} ms a delivery, ${(1000 / plain).toFixed(2)} the Webhook node, ` +
					`${(1000 / alike).toFixed(2)} with an expression; checking the signature takes ${checking}`,
			},
			{
				what: 'Signed deliveries accepted and verified',
				unit: '/s',
				ours,
				theirs: { name: 'Stripe Trigger, verifies too', value: stripes },
				bar: { atLeast: 0.9 },
				notes: [
					"The same body as an event of Stripe, in n8n's own trigger for them, in the same n8n",
				],
				spent: `${(1000 / ours).toFixed(2)} ms a delivery, ${(1000 / stripes).toFixed(2)} the Stripe Trigger`,
			},
		];
	});
}

/** Deliveries a second that each side accepts, the sides taking turns, and what came instead. */
async function barrages(
	stage: Stage,
	{ deliveryRounds, deliverySeconds: seconds }: Scale,
	note: (text: string) => void,
	eventId: string,
	sides: Side[],
) {
	const accepted = sides.map(() => 0);
	const refusals: string[] = [];
	// Round 0 warms all of them up and does not count.
	for (let round = 0; round <= deliveryRounds; round++) {
		for (const [index, { id, name, ...side }] of sides.entries()) {
			note(round > 0 ? `${name}, ${round} of ${deliveryRounds}` : `${name}, cold`);
			const barrage: Barrage = { ...side, eventId, seconds, connections };
			const reception = await stage.program<Reception>('deliver', barrage);
			await settled(stage, id);
			if (round === 0) continue;
			accepted[index] += reception.accepted;
			for (const [status, count] of Object.entries(reception.otherwise)) {
				refusals.push(`${name}: ${counted(count)} more answered with ${status}`);
			}
		}
	}
	note('');
	const silent = sides.filter((_, index) => accepted[index] === 0).map(({ name }) => name);
	if (silent.length > 0) throw new Error(`Nothing was accepted in time by ${silent.join(', ')}`);
	return { rates: accepted.map((count) => count / (deliveryRounds * seconds)), refusals };
}

/** Waits until n8n has run what it has accepted. */
async function settled({ client }: Stage, workflowId: string) {
	const isIdle = async () => (await client.fetchExecutions(workflowId)).length === 0;
	await waitFor('n8n has run what it accepted', isIdle, 120_000);
	await sleep(1_000);
}

/** Milliseconds that one check of a signature takes, without n8n around it. */
function checkingMs(body: string, secret: string) {
	const bytes = Buffer.from(body);
	const header = buildSignatureHeader(body, [secret]);
	const times = 1_000;
	const from = performance.now();
	for (let time = 0; time < times; time++)
		verifySignature(parseSignatureHeader(header), bytes, [secret]);
	return (performance.now() - from) / times;
}
