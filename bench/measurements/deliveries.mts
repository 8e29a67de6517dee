import { setTimeout as sleep } from 'node:timers/promises';
import {
	findSignedTime,
	parseSignatureHeader,
} from '../../nodes/Persona/events/signing/signature.ts';
import type { N8n } from '../../tools/n8n/startN8n.mts';
import { buildSignatureHeader } from '../../sandbox/sandbox.mts';
import type { DeliveryTask, DeliveryCounts } from '../deliveryTask.mts';
import { formatCount, type BenchResult } from '../benchResult.mts';
import type { Sizes } from '../sizes.mts';
import {
	publishPersonaTrigger,
	publishStripeTrigger,
	publishVerifyDelivery,
	publishWebhookNode,
	type DeliverySubject,
} from '../subjects/deliveries.mts';
import type { BenchEnvironment } from '../benchEnvironment.mts';

const connections = 50;

/**
 * Measures signed deliveries to the Persona Trigger, against n8n's Webhook node, which verifies
 * nothing, and n8n's Stripe Trigger, which verifies the same kind of signature. Then those that a Webhook
 * node receives and Verify Delivery verifies.
 */
export async function measureDeliveries(
	environment: BenchEnvironment,
	sizes: Sizes,
	note: (text: string) => void,
): Promise<BenchResult[]> {
	return await environment.runWithSandbox({}, async (sandbox, credential) => {
		const { subject, eventId, webhookId } = await publishPersonaTrigger(
			environment,
			sandbox,
			credential,
		);
		const { body, secret } = subject;
		const { rates, remarks } = await deliverInTurns(environment, sizes, note, eventId, [
			subject,
			await publishWebhookNode(environment, 'Webhook', subject, {}),
			await publishWebhookNode(environment, 'With expression', subject, {
				ignoreBots: '={{ false }}',
			}),
			await publishStripeTrigger(environment, body),
			await publishVerifyDelivery(environment, webhookId, credential, subject),
		]);
		const [personaRate, webhookRate, expressionRate, stripeRate, verifyRate] = rates;
		const verificationMs = measureVerificationMs(body, secret).toFixed(3);
		return [
			{
				title: 'Signed deliveries accepted',
				unit: '/s',
				packageValue: personaRate,
				baseline: { name: 'Webhook node, verifies nothing', value: webhookRate },
				bar: { atLeast: 0.9 },
				notes: [
					`${connections} at once, ${(body.length / 1000).toFixed(1)} KB each; each starts an execution that is not saved`,
					`Webhook node with an expression among its parameters: ${expressionRate.toFixed(1)}/s; n8n then creates an expression engine per delivery, as for every trigger except a Webhook node without one`,
					...remarks,
				],
				breakdown:
					`${(1000 / personaRate).toFixed(2)} ms a delivery, ${(1000 / webhookRate).toFixed(2)} the Webhook node, ` +
					`${(1000 / expressionRate).toFixed(2)} with an expression; verifying the signature takes ${verificationMs}`,
			},
			{
				title: 'Signed deliveries accepted and verified',
				unit: '/s',
				packageValue: personaRate,
				baseline: { name: 'Stripe Trigger, verifies too', value: stripeRate },
				bar: { atLeast: 1 },
				notes: [
					"The same body as an event of Stripe, received by n8n's own Stripe Trigger in the same n8n",
				],
				breakdown: `${(1000 / personaRate).toFixed(2)} ms a delivery, ${(1000 / stripeRate).toFixed(2)} the Stripe Trigger`,
			},
			{
				title: 'Signed deliveries to a Webhook node with Verify Delivery',
				unit: '/s',
				packageValue: verifyRate,
				baseline: { name: 'Webhook node, verifies nothing', value: webhookRate },
				bar: { atLeast: 0.9 },
				notes: [
					`${(verifyRate / personaRate).toFixed(2)} × the Persona Trigger, ${(verifyRate / stripeRate).toFixed(2)} × the Stripe Trigger`,
				],
				breakdown: `${(1000 / verifyRate).toFixed(2)} ms a delivery, ${(1000 / webhookRate).toFixed(2)} the Webhook node alone`,
			},
		];
	});
}

/**
 * Measures the accepted deliveries per second of each subject, in turns, at these processes of n8n at the
 * same time. Remarks name other responses. `onRound` is called before and after each round that counts.
 */
export async function deliverInTurns(
	environment: BenchEnvironment,
	{ deliveryRounds, deliverySeconds: seconds }: Sizes,
	note: (text: string) => void,
	eventId: string,
	subjects: DeliverySubject[],
	receivers: N8n[] = [environment.n8n],
	onRound: (subject: number, isOver: boolean) => void = () => {},
) {
	const accepted = subjects.map(() => 0);
	const remarks: string[] = [];
	// Round 0 is a warm-up and does not count.
	for (let round = 0; round <= deliveryRounds; round++) {
		for (const [index, { id, name, ...subject }] of subjects.entries()) {
			note(round > 0 ? `${name}, ${round} of ${deliveryRounds}` : `${name}, cold`);
			if (round > 0) onRound(index, false);
			const results = await Promise.all(
				receivers.map(async ({ url }) => {
					const task: DeliveryTask = {
						...subject,
						url: new URL(new URL(subject.url).pathname, url).href,
						eventId,
						seconds,
						connections: connections / receivers.length,
					};
					return await environment.runWorker<DeliveryCounts>('deliver', task);
				}),
			);
			if (round > 0) onRound(index, true);
			const isLast = round === deliveryRounds && index === subjects.length - 1;
			if (!isLast) await waitUntilIdle(environment, id);
			if (round === 0) continue;
			for (const counts of results) {
				accepted[index] += counts.accepted;
				for (const [status, count] of Object.entries(counts.otherStatuses)) {
					remarks.push(`${name}: ${formatCount(count)} more with status ${status}`);
				}
			}
		}
	}
	note('');
	const failing = subjects.filter((_, index) => accepted[index] === 0).map(({ name }) => name);
	if (failing.length > 0)
		throw new Error(`Nothing was accepted in time by ${failing.join(', ')}: ${remarks.join(', ')}`);
	return { rates: accepted.map((count) => count / (deliveryRounds * seconds)), remarks };
}

/**
 * Waits until n8n has run all accepted deliveries: until nothing has happened for three seconds. In queue
 * mode, some executions stay in its list although they have ended and should not be saved. A long queue
 * may take its time: it is an error only if nothing happens while executions are running.
 */
async function waitUntilIdle({ client }: BenchEnvironment, workflowId: string) {
	let before = '';
	let changedAt = Date.now();
	while (Date.now() - changedAt < 120_000) {
		await sleep(3_000);
		const executions = await client.fetchExecutions(workflowId, 1_000);
		const now = executions.map(({ id, status }) => `${id} ${status}`).join();
		if (now !== before) changedAt = Date.now();
		else if (executions.every(({ status }) => status !== 'running')) return;
		before = now;
	}
	throw new Error('For 120 s, n8n has finished none of the executions that are running');
}

/** Measures how many milliseconds verifying one signature takes, without n8n. */
function measureVerificationMs(body: string, secret: string) {
	const bytes = Buffer.from(body);
	const header = buildSignatureHeader(body, [secret]);
	const rounds = 1_000;
	const startedAt = performance.now();
	for (let round = 0; round < rounds; round++)
		findSignedTime(parseSignatureHeader(header), bytes, [secret]);
	return (performance.now() - startedAt) / rounds;
}
