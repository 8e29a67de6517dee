import { setTimeout as sleep } from 'node:timers/promises';
import type { DeliveryLogEntry } from '../../sandbox/sandbox.mts';
import type { TestEnvironment } from '../e2e/testEnvironment.mts';
import { forgeDelivery } from './forgedDeliveries.mts';
import { createEventEmitter } from './publishListener.mts';
import { postDelivery } from './postDelivery.mts';

/** Deliveries that are begun in a second, genuine or not; BARRAGE_PACE sets another number. */
const PACE = Number(process.env.BARRAGE_PACE ?? 20);

/** Seconds that the secret before stays good; the trigger asks for a new one at most every ten. */
const OVERLAP = 12;

/** Milliseconds that Persona's API cannot be reached, so that the secret before ends within them. */
const OUTAGE = 17_000;

/** Milliseconds after which another attempt is signed with another time. */
const ANOTHER_SECOND = 1_500;

/** What happened in a barrage, beside what the sandbox's log of deliveries tells. */
export interface ScenarioResult {
	/** IDs of all events, in the order in which they happened. */
	events: string[];
	/** The status each exact replay was answered with; null when none came. */
	replays: (number | null)[];
	/** Events that Persona itself delivered again. */
	redelivered: string[];
	forged: { kind: string; eventId: string; status: number | null }[];
}

/**
 * Begins so many deliveries: a tenth of them late and in reverse, a tenth replays or further
 * attempts, a tenth forged. Meanwhile the secret is rotated twice, n8n restarted and Persona's API
 * out of reach. Gives what happened once all of that is over.
 */
export async function runScenario(
	environment: TestEnvironment,
	webhookId: string,
	count: number,
): Promise<ScenarioResult> {
	const { control } = environment.sandbox;
	const happen = createEventEmitter(environment);
	const course: ScenarioResult = { events: [], replays: [], redelivered: [], forged: [] };
	const again = new Set<DeliveryLogEntry>();
	const underWay: Promise<void>[] = [];
	/** When the present life of n8n began; undefined while it is down. */
	let alive: number | undefined = Date.now();

	/** A delivery that this life of n8n has accepted and that was not sent again yet. */
	const accepted = (since: number) => {
		const { deliveries: log } = control;
		for (let index = log.length - 1; index >= 0; index -= 1) {
			const entry = log[index];
			if (entry.sentAt < since) return undefined;
			const isOld = Date.now() - entry.sentAt > ANOTHER_SECOND;
			if (entry.status === 200 && isOld && !again.has(entry)) return entry;
		}
		return undefined;
	};
	const replay = async ({ url, headers, body }: DeliveryLogEntry) => {
		course.replays.push(await postDelivery(url, headers, body));
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
		course.forged.push({ kind, eventId, status });
	};
	const restart = async () => {
		alive = undefined;
		await environment.n8n.restart();
		alive = Date.now();
	};
	const rotateIntoOutage = async () => {
		control.setOutage(true);
		control.rotateSecret(webhookId, OVERLAP);
		await sleep(OUTAGE);
		control.setOutage(false);
	};
	const incidents = new Map<number, () => void>([
		[Math.floor(count * 0.15), () => control.rotateSecret(webhookId, OVERLAP)],
		[Math.floor(count * 0.4), () => underWay.push(restart())],
		[Math.floor(count * 0.7), () => underWay.push(rotateIntoOutage())],
	]);

	const sendAgain = (isReplay: boolean) => {
		const entry = alive === undefined ? undefined : accepted(alive);
		if (!entry) return;
		again.add(entry);
		if (isReplay) underWay.push(replay(entry));
		else {
			course.redelivered.push(entry.eventId);
			control.redeliver(entry.eventId);
		}
	};
	const goOn = async () => {
		const from = Date.now();
		for (let index = 0; index < count; index += 1) {
			await sleep(from + (index * 1000) / PACE - Date.now());
			incidents.get(index)?.();
			if (index % 100 === 80) control.holdDeliveries();
			if (index % 10 === 3) underWay.push(forge(Math.floor(index / 10)));
			else if (index % 10 === 8) sendAgain(index % 20 === 8);
			else course.events.push(happen());
			if (index % 100 === 92) control.releaseDeliveries();
		}
	};
	// Also after a failure: n8n must not start again behind the back of whoever stops it.
	await goOn().finally(async () => await Promise.allSettled(underWay));
	control.releaseDeliveries();
	await Promise.all(underWay);
	return course;
}
