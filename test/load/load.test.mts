import fc from 'fast-check';
import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '../../tools/n8n/n8nClient.mts';
import { runScenario } from './scenario.mts';
import { readAllExecutions, type RecordedExecution } from './readAllExecutions.mts';
import { countValues, printFigures } from './report.mts';
import { createEventEmitter, publishListener, TRIGGER } from './publishListener.mts';
import { MEMORY_PROBE_ENV, measureMemory } from './measureMemory.mts';
import { generateMalformedRequests } from './malformedRequests.mts';
import { sendRawRequest } from './sendRawRequest.mts';
import {
	startLoadBalancer,
	forwardWhileReady,
	type LoadBalancer,
} from '../support/loadBalancer.mts';
import { startLoadEnvironment, type LoadEnvironment } from './loadEnvironment.mts';

/** How many deliveries are begun; BARRAGE_EVENTS sets another number. */
const DELIVERIES = Number(process.env.BARRAGE_EVENTS ?? 5_000);

/** How many requests strangers send; the memory is looked at after a fifth of them and after all. */
const REQUESTS = 2 * DELIVERIES;

/** Requests of strangers under way at once. */
const AT_ONCE = 20;

/** Megabytes that n8n may hold more after all requests than after a fifth of them. */
const GROWTH = 20;

/** Milliseconds without a request, in which n8n ends what it still does. */
const IDLE = 10_000;

/** Milliseconds that Persona waits for an answer. */
const PATIENCE = 5_000;

/** Seconds between the attempts of one delivery: as Persona's, but that no wait is longer than the second. */
const RETRIES = [3, ...Array<number>(7).fill(64)];

/**
 * By default n8n 2.40 sets up a V8 isolate for each delivery to a trigger of another package, and does
 * not keep up with so many; with this setting it needs none.
 */
const ENGINE = { N8N_EXPRESSION_ENGINE: 'legacy' };

const minutes = (count: number) => count * 60_000;

describe('the trigger under load', () => {
	let gate: LoadBalancer;
	let unwatch: () => void;
	let environment: LoadEnvironment;
	let workflowId: string;

	beforeAll(async () => {
		gate = await startLoadBalancer();
		environment = await startLoadEnvironment(
			{ webhookRetrySeconds: RETRIES, webhookTimeoutMs: PATIENCE },
			{ ...ENGINE, ...MEMORY_PROBE_ENV, N8N_WEBHOOK_URL: gate.url, WEBHOOK_URL: gate.url },
		);
		unwatch = forwardWhileReady(gate, environment.n8n);
		workflowId = await publishListener(environment);
	});
	afterAll(async () => {
		unwatch?.();
		await environment?.close();
		await gate?.close();
	});

	const deliveries = () => environment.sandbox.control.deliveries;

	const accepted = () => deliveries().filter(({ status }) => status === 200);

	const isAccepted = (eventId: string) => accepted().some((one) => one.eventId === eventId);

	const started = async () => await readAllExecutions(environment.n8n, workflowId, TRIGGER);

	/** Executions once all that have begun are over. */
	const settled = async () =>
		await waitFor(
			'all executions are over',
			async () => {
				const all = await started();
				return all.every(({ status }) => !['new', 'running'].includes(status)) && all;
			},
			minutes(1),
		);

	/** Lets an event happen and waits until it is accepted; gives its ID. */
	const takesAnEvent = async () => {
		const eventId = createEventEmitter(environment)();
		await waitFor(`${eventId} is accepted`, async () => isAccepted(eventId), minutes(1));
		return eventId;
	};

	const keyOf = ({ eventId, attempt }: Pick<RecordedExecution, 'eventId' | 'attempt'>) =>
		`${eventId} ${attempt}`;

	it(
		'starts each genuine event once for each accepted delivery, and nothing else',
		async () => {
			const first = await takesAnEvent();
			const [webhook] = environment.sandbox.control.store.getCollection('webhook').findAll();
			const course = await runScenario(environment, webhook.id, DELIVERIES);
			const events = [first, ...course.events];
			const missing = () => {
				const taken = new Set(accepted().map(({ eventId }) => eventId));
				return events.filter((eventId) => !taken.has(eventId));
			};
			await waitFor(
				'every event is accepted',
				async () => missing().length === 0,
				minutes(3),
			).catch(() => undefined);
			const executions = await settled();

			const failed = deliveries().filter(({ status }) => status !== 200);
			const attempts = countValues(executions.map(keyOf));
			const unanswered = new Set(failed.filter(({ status }) => status === null).map(keyOf));
			const slowest = Math.max(...accepted().map(({ durationMs: ms }) => ms));
			printFigures('Barrage', {
				'events that happened': events.length,
				'deliveries sent': deliveries().length,
				'accepted deliveries': accepted().length,
				executions: executions.length,
				'executions by status': countValues(executions.map(({ status }) => status)),
				'refused deliveries, by status': countValues(failed.map(({ status }) => status)),
				'later attempts accepted': accepted().filter(({ attempt }) => attempt > 1).length,
				'delivered again by Persona': course.redelivered.length,
				'exact replays, by status': countValues(course.replays),
				'forged or stale, by status': countValues(course.forged.map(({ status }) => status)),
				'slowest accepted answer (ms)': slowest,
				'not answered in time': failed.filter(({ durationMs: ms }) => ms >= PATIENCE).length,
			});

			expect(missing()).toEqual([]);
			expect(accepted().filter((delivery) => attempts[keyOf(delivery)] !== 1)).toEqual([]);
			const known = new Set(accepted().map(keyOf));
			const others = executions.filter((one) => !known.has(keyOf(one)));
			expect(others.filter((one) => !unanswered.has(keyOf(one)))).toEqual([]);
			expect(course.replays.filter((status) => status !== 200)).toEqual([]);
			expect(course.forged.filter(({ status }) => status === 200)).toEqual([]);
			expect(failed.map(({ status }) => status)).not.toContain(401);
			expect(failed.map(({ status }) => status)).toContain(503);
			expect(slowest).toBeLessThanOrEqual(PATIENCE);
		},
		minutes(10),
	);

	it(
		'takes nothing that strangers send, records nothing of it and keeps nothing in memory',
		async () => {
			await takesAnEvent();
			const [webhook] = environment.sandbox.control.store.getCollection('webhook').findAll();
			const [secret] = environment.sandbox.control.getSecrets(webhook.id);
			const [{ url }] = deliveries();
			const answers: string[] = [];
			const seed = Number(process.env.BARRAGE_SEED ?? Date.now() % 2 ** 31);
			const from = Date.now();

			/** Sends so many requests, some at a time, then gives the memory of an idle n8n. */
			const afterMore = async (count: number) => {
				const upTo = answers.length + count;
				while (answers.length < upTo) {
					const numRuns = Math.min(AT_ONCE, upTo - answers.length);
					const wave = fc.sample(generateMalformedRequests(secret), {
						numRuns,
						seed: seed + answers.length,
					});
					answers.push(...(await Promise.all(wave.map((one) => sendRawRequest(url, one)))));
				}
				await sleep(IDLE);
				return await measureMemory(environment.n8n.pid);
			};
			const early = await afterMore(REQUESTS / 5);
			const late = await afterMore(REQUESTS - REQUESTS / 5);
			const genuine = new Set(deliveries().map(({ eventId }) => eventId));
			const theirs = (await settled()).filter(({ eventId }) => !genuine.has(eventId));
			printFigures('Strangers', {
				seed,
				requests: answers.length,
				'answers, by status': countValues(answers),
				'executions they started': theirs.length,
				'seconds in all': Math.round((Date.now() - from) / 1000),
				[`memory after ${REQUESTS / 5} (MB)`]: Math.round(early),
				[`memory after ${REQUESTS} (MB)`]: Math.round(late),
			});

			expect(answers.filter((answer) => answer.startsWith('2'))).toEqual([]);
			expect(answers.filter((answer) => answer === '401').length).toBeGreaterThan(REQUESTS / 4);
			expect(answers).not.toContain('silence');
			expect(theirs).toEqual([]);
			expect(late - early).toBeLessThan(GROWTH);
			const eventId = await takesAnEvent();
			expect((await settled()).filter((one) => one.eventId === eventId)).toHaveLength(1);
		},
		minutes(8),
	);
});
