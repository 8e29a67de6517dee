import { setTimeout as sleep } from 'node:timers/promises';
import type { DeliveryLogEntry } from '../../sandbox/sandbox.mts';
import type { TestEnvironment } from '../e2e/testEnvironment.mts';
import { forgeDelivery } from './forgedDeliveries.mts';
import { createEventEmitter } from './publishListener.mts';
import { postDelivery } from './postDelivery.mts';

/** Deliveries per second, genuine or not. LOAD_TEST_RATE sets another number. */
const DELIVERIES_PER_SECOND = Number(process.env.LOAD_TEST_RATE ?? 20);

/** How long the previous secret stays valid. The trigger fetches secrets at most every ten seconds. */
const OVERLAP_SECONDS = 12;

/** How long Persona's API is down, so that the previous secret ends during the outage. */
const OUTAGE_MS = 17_000;

/** Time after which another attempt has another timestamp. */
const NEXT_SECOND_MS = 1_500;

/** What has happened in the scenario, besides the sandbox's log of deliveries. */
export interface ScenarioResult {
	/** IDs of all events, in order. */
	events: string[];
	/** The status of the response to each exact replay, null without one. */
	replays: (number | null)[];
	/** IDs of the events that Persona has delivered again. */
	redelivered: string[];
	forged: { kind: string; eventId: string; status: number | null }[];
}

/**
 * Starts this many deliveries: a tenth of them late and in reverse order, a tenth replays or further
 * attempts, a tenth forged. Meanwhile the secret is rotated twice, n8n is restarted, and Persona's API is
 * down once. Returns what has happened when all of that is over.
 */
export async function runScenario(
	environment: TestEnvironment,
	webhookId: string,
	count: number,
): Promise<ScenarioResult> {
	const { control } = environment.sandbox;
	const emitEvent = createEventEmitter(environment);
	const result: ScenarioResult = { events: [], replays: [], redelivered: [], forged: [] };
	const again = new Set<DeliveryLogEntry>();
	const pending: Promise<void>[] = [];
	/** When n8n was started last. Undefined while it is down. */
	let startedAt: number | undefined = Date.now();

	/** Finds a delivery that n8n has accepted since its start and that was not sent again. */
	const findAccepted = (since: number) => {
		const { deliveries: log } = control;
		for (let index = log.length - 1; index >= 0; index -= 1) {
			const entry = log[index];
			if (entry.sentAt < since) return undefined;
			const isOld = Date.now() - entry.sentAt > NEXT_SECOND_MS;
			if (entry.status === 200 && isOld && !again.has(entry)) return entry;
		}
		return undefined;
	};
	const replay = async ({ url, headers, body }: DeliveryLogEntry) => {
		result.replays.push(await postDelivery(url, headers, body));
	};
	const forge = async (number: number) => {
		const [genuine] = control.deliveries;
		const { kind, eventId, body, signature } = forgeDelivery(
			number,
			genuine,
			control.getSecrets(webhookId)[0],
		);
		const headers = signature === undefined ? undefined : { 'Persona-Signature': signature };
		const status = await postDelivery(genuine.url, { ...headers }, body);
		result.forged.push({ kind, eventId, status });
	};
	const restart = async () => {
		startedAt = undefined;
		await environment.n8n.restart();
		startedAt = Date.now();
	};
	const rotateIntoOutage = async () => {
		control.setOutage(true);
		control.rotateSecret(webhookId, OVERLAP_SECONDS);
		await sleep(OUTAGE_MS);
		control.setOutage(false);
	};
	const incidents = new Map<number, () => void>([
		[Math.floor(count * 0.15), () => control.rotateSecret(webhookId, OVERLAP_SECONDS)],
		[Math.floor(count * 0.4), () => pending.push(restart())],
		[Math.floor(count * 0.7), () => pending.push(rotateIntoOutage())],
	]);

	const sendAgain = (isReplay: boolean) => {
		const entry = startedAt === undefined ? undefined : findAccepted(startedAt);
		if (!entry) return;
		again.add(entry);
		if (isReplay) pending.push(replay(entry));
		else {
			result.redelivered.push(entry.eventId);
			control.redeliver(entry.eventId);
		}
	};
	const runDeliveries = async () => {
		const from = Date.now();
		for (let index = 0; index < count; index += 1) {
			await sleep(from + (index * 1000) / DELIVERIES_PER_SECOND - Date.now());
			incidents.get(index)?.();
			if (index % 100 === 80) control.holdDeliveries();
			if (index % 10 === 3) pending.push(forge(Math.floor(index / 10)));
			else if (index % 10 === 8) sendAgain(index % 20 === 8);
			else result.events.push(emitEvent());
			if (index % 100 === 92) control.releaseDeliveries();
		}
	};
	// Also after a failure: n8n must not start after it was stopped at the end of the test.
	await runDeliveries().finally(async () => await Promise.allSettled(pending));
	control.releaseDeliveries();
	await Promise.all(pending);
	return result;
}
