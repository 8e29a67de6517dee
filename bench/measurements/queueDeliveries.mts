import { findMissingPrograms } from '../../tools/findProgram.mts';
import {
	startQueueEnvironment,
	type QueueEnvironment,
} from '../../test/queue/queueEnvironment.mts';
import type { BenchEnvironment } from '../benchEnvironment.mts';
import type { BenchResult } from '../benchResult.mts';
import { readCpuSeconds } from '../readCpuSeconds.mts';
import { sandboxKey, startSandboxProcess } from '../sandboxProcess.mts';
import type { Sizes } from '../sizes.mts';
import {
	publishPersonaTrigger,
	publishVerifyDelivery,
	publishWebhookNode,
} from '../subjects/deliveries.mts';
import { deliverInTurns } from './deliveries.mts';

/** A process that is busy for more of the time than this is what limits the rest. */
const saturatedShare = 0.9;

/**
 * Measures signed deliveries in queue mode, with this many webhook processors, against n8n's Webhook node in
 * the same set-up, and names the process that is saturated first. Throws without Redis or PostgreSQL.
 */
export async function measureQueueDeliveries(
	processorCount: 1 | 2,
	environment: BenchEnvironment,
	sizes: Sizes,
	note: (text: string) => void,
): Promise<BenchResult[]> {
	const missing = findMissingPrograms();
	if (missing) throw new Error(`Queue mode was not measured: ${missing}`);
	note(`n8n in queue mode with ${processorCount}`);
	const queue = await startQueueEnvironment({}, { tarball: environment.tarball, processorCount });
	try {
		return await measureWithProcessors(environment, queue, sizes, note);
	} finally {
		await queue.close();
	}
}

async function measureWithProcessors(
	environment: BenchEnvironment,
	queue: QueueEnvironment,
	sizes: Sizes,
	note: (text: string) => void,
): Promise<BenchResult[]> {
	const { processors, client, n8n } = queue;
	const inQueue: BenchEnvironment = { ...environment, client, n8n };
	const sandbox = await startSandboxProcess({});
	try {
		const data = { apiKey: sandboxKey, baseUrl: sandbox.apiUrl, apiVersion: '2025-12-08' };
		const credential = await client.createCredential({ name: 'Bench', type: 'personaApi', data });
		const { subject, eventId, webhookId } = await publishPersonaTrigger(
			inQueue,
			sandbox,
			credential,
		);
		const subjects = [
			subject,
			await publishWebhookNode(inQueue, 'Webhook', subject, {}),
			await publishVerifyDelivery(inQueue, webhookId, credential, subject),
			await publishWebhookNode(inQueue, 'With expression', subject, { ignoreBots: '={{ false }}' }),
		];
		const busy = subjects.map(() => new CpuTimes(queue));
		const { rates, remarks } = await deliverInTurns(
			inQueue,
			sizes,
			note,
			eventId,
			subjects,
			processors,
			(index, isOver) => (isOver ? busy[index].stop() : busy[index].start()),
		);
		const [personaRate, webhookRate, verifyRate, expressionRate] = rates;
		const setUp = processors.length === 1 ? 'a webhook processor' : 'two webhook processors';
		const baseline = { name: 'Webhook node, verifies nothing', value: webhookRate };
		return [
			{
				title: `Signed deliveries to ${setUp}`,
				unit: '/s',
				packageValue: personaRate,
				// n8n sets up an expression engine for each delivery to any trigger but its own without an expression.
				baseline: {
					name: 'Webhook node with an expression, verifies nothing',
					value: expressionRate,
				},
				bar: { atLeast: 0.9 },
				notes: [
					`${(personaRate / webhookRate).toFixed(2)} × the Webhook node without an expression`,
					`Persona Trigger: ${busy[0].describe()}`,
					`With expression: ${busy[3].describe()}`,
					...remarks,
				],
			},
			{
				title: `Signed deliveries to ${setUp}, Webhook node with Verify Delivery`,
				unit: '/s',
				packageValue: verifyRate,
				baseline,
				bar: { atLeast: 0.9 },
				notes: [`Verify Delivery: ${busy[2].describe()}`, `Webhook: ${busy[1].describe()}`],
			},
		];
	} finally {
		await sandbox.close();
	}
}

/** The processor time that each part of n8n in queue mode takes while deliveries arrive. */
class CpuTimes {
	private readonly pids: Record<string, number | undefined>;

	private readonly seconds: Record<string, number> = {};

	private wallSeconds = 0;

	private startedAt = 0;

	constructor({ n8n, processors, worker, broker, database }: QueueEnvironment) {
		const numbered = processors.map(({ pid }, index) => [`processor ${index + 1}`, pid]);
		this.pids = {
			main: n8n.pid,
			...Object.fromEntries(numbered),
			worker: worker.pid,
			PostgreSQL: database.pid,
			Redis: broker.pid,
		};
	}

	start() {
		this.startedAt = performance.now();
		this.add(-1);
	}

	stop() {
		this.wallSeconds += (performance.now() - this.startedAt) / 1_000;
		this.add(1);
	}

	private add(sign: 1 | -1) {
		for (const [name, pid] of Object.entries(this.pids)) {
			this.seconds[name] = (this.seconds[name] ?? 0) + sign * readCpuSeconds(pid);
		}
	}

	/** How much of a core each part took, the busiest first, and which of them is saturated. */
	describe(): string {
		const shares = Object.entries(this.seconds)
			.map(([name, seconds]): [string, number] => [name, seconds / this.wallSeconds])
			.sort(([, one], [, other]) => other - one);
		const [[busiest, share]] = shares;
		const verdict =
			share >= saturatedShare ? `${busiest} is saturated` : `no process is, ${busiest} is next`;
		const parts = shares.map(([name, part]) => `${name} ${Math.round(part * 100)} %`);
		return `${verdict} (of a core: ${parts.join(', ')})`;
	}
}
