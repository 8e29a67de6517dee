import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '../../tools/n8n/n8nClient.mts';
import { startBalancedEnvironment, type LoadEnvironment } from '../load/loadEnvironment.mts';
import { readExecutionsOf } from '../load/readAllExecutions.mts';
import { printFigures } from '../load/report.mts';
import { activities, findInquiries, persons } from './activities.mts';
import { TRIGGER } from './activity.mts';
import { EventBook } from './events.mts';
import { Figures } from './figures.mts';
import {
	continueJob,
	fetchOutput,
	publishActivity,
	sendJob,
	type Job,
	type PublishedActivity,
} from './jobs.mts';
import { drawRounds, type KillMoment, type Round } from './plan.mts';
import { publishDelivered, publishPolled } from './triggerWorkflows.mts';
import { visit } from './visitors.mts';

/** How often n8n is killed. KILL_TEST_KILLS sets another number. */
const KILLS = Number(process.env.KILL_TEST_KILLS ?? 50);

/** Everything random follows from it. KILL_TEST_SEED repeats a run. */
const SEED = Number(process.env.KILL_TEST_SEED ?? Date.now() % 2 ** 31);

/** In the last rounds everybody tries again, so that nobody has to be waited for at the end. */
const PATIENT_ROUNDS = 5;

/** How long a round may take to be done after n8n is back, on a busy machine. */
const SETTLE_TIMEOUT_MS = 120_000;

/** n8n looks by itself for a person who does not come back after 70 seconds. */
const RETURN_TIMEOUT_MS = 200_000;

/** The longest that a kill waits for a request. */
const REQUEST_TIMEOUT_MS = 6_000;

/** Each request to Persona takes as long, so that a kill hits requests under way. */
const LATENCY_MS = 80;

/** Persona's attempts go on for longer than n8n is down. */
const RETRY_SECONDS = Array<number>(60).fill(2);

/** By default n8n 2.40 creates a V8 isolate for each delivery, which takes long on a busy machine. */
const ENGINE = { N8N_EXPRESSION_ENGINE: 'legacy' };

describe('n8n that is killed', () => {
	const figures = new Figures();
	let environment: LoadEnvironment;
	let published: PublishedActivity[];
	let workflowIds: { delivered: string; polled: string };
	let events: EventBook;
	const jobs: Job[] = [];
	const visits: Promise<void>[] = [];

	beforeAll(async () => {
		process.stdout.write(`KILL_TEST_SEED=${SEED} draws the same rounds again\n`);
		const limit = { maxRequests: 100_000, windowSeconds: 60 };
		environment = await startBalancedEnvironment(
			{ rateLimit: limit, latencyMs: LATENCY_MS, webhookRetrySeconds: RETRY_SECONDS },
			ENGINE,
		);
		published = await Promise.all(activities.map((one) => publishActivity(environment, one)));
		workflowIds = {
			delivered: await publishDelivered(environment),
			polled: await publishPolled(environment),
		};
		events = new EventBook(environment, workflowIds, figures);
	}, 300_000);
	afterAll(async () => {
		await Promise.allSettled(visits);
		await environment?.close();
	}, 300_000);

	const readRecords = async () =>
		await readExecutionsOf(
			environment.n8n,
			[...Object.values(workflowIds), ...published.map(({ workflowId }) => workflowId)],
			TRIGGER,
		);

	/** What was done more than once in Persona so far. */
	const findDoubles = () => {
		const ofJobs = jobs.flatMap((job) =>
			Object.entries(job.activity.countEffects(environment, job)).map(
				([effect, count]) => [`${job.activity.name}: ${effect}`, count] as const,
			),
		);
		const ofEvents = [...events.delivered, ...events.polled].map(
			({ id }) => [`event: ${id}`, findInquiries(environment, id).length] as const,
		);
		return [...ofJobs, ...ofEvents].filter(([, count]) => count > 1);
	};

	const prepareJobs = async (number: number, { jobs: plans }: Round): Promise<Job[]> =>
		await Promise.all(
			published.map(async (activity, index) => {
				const key = `${activity.name.replace(' ', '-')}-${number}`;
				const items = await activity.prepareItems(environment, key, plans[index].size);
				return { key, items, activity, sentAt: Date.now(), isAccepted: false };
			}),
		);

	const waitForKill = async ({ afterMs, path }: KillMoment) => {
		const { requests } = environment.sandbox.control;
		const from = requests.length;
		const deadline = Date.now() + REQUEST_TIMEOUT_MS;
		while (
			path &&
			Date.now() < deadline &&
			!requests.slice(from).some((request) => path.test(request.path))
		)
			await sleep(1);
		await sleep(afterMs);
	};

	/** Starts everything at its time, until n8n is killed and beyond. */
	const startAll = (started: Job[], round: Round, isPatient: boolean) => {
		const { jobs: plans, deliveredAfterMs, polledAfterMs, returnsAfterMs, reloads } = round;
		const starts = started.map(async (job, index) => {
			await sleep(plans[index].startsAfterMs);
			await sendJob(job);
		});
		const emit = async (kind: 'delivered' | 'polled', afterMs: number) => {
			await sleep(afterMs);
			events.emit(kind);
		};
		for (const { activity, items } of started) {
			if (activity.name !== persons.name) continue;
			const plan = { afterMs: returnsAfterMs, reloads: reloads || isPatient };
			for (const { reference } of items) {
				const visiting = visit(environment, String(reference), plan);
				visits.push(visiting);
				// It is awaited at the end.
				visiting.catch(() => undefined);
			}
		}
		return [
			...starts,
			...deliveredAfterMs.map((afterMs) => emit('delivered', afterMs)),
			...polledAfterMs.map((afterMs) => emit('polled', afterMs)),
		];
	};

	/** Does what people do after a kill until everything is done but what waits for a person. */
	const settle = async () => {
		let open: string[] = [];
		return await waitFor(
			'everything is done',
			async () => {
				const records = await readRecords();
				open = events.continue(records);
				for (const job of jobs)
					if (await continueJob(environment, job, records, figures)) open.push(job.key);
				return open.length === 0 && records;
			},
			SETTLE_TIMEOUT_MS,
		).catch((error: Error) => {
			throw new Error(`${error.message}, except ${open.join(', ')}`);
		});
	};

	const playRound = async (number: number, round: Round) => {
		const started = await prepareJobs(number, round);
		jobs.push(...started);
		const isPatient = number >= KILLS - PATIENT_ROUNDS;
		const replayer = setInterval(() => events.replayAccepted(round.replayEvery), 20);
		const running = startAll(started, round, isPatient);
		await waitForKill(round.kill);
		await environment.n8n.kill();
		events.noteKill();
		figures.count('kills');
		clearInterval(replayer);
		await Promise.all(running);
		const interrupted = started.filter((job) => {
			const counts = Object.values(job.activity.countEffects(environment, job));
			return counts.includes(1) && counts.includes(0);
		});
		figures.count('jobs half done at a kill', interrupted.length);
		expect(findDoubles()).toEqual([]);
		await environment.n8n.restart();
		await events.replayAfterKill();
		// The order of the list of events shows which of them n8n has passed over.
		events.emit('polled');
		await settle();
		expect(findDoubles()).toEqual([]);
	};

	it(
		'does nothing twice, and loses nothing but its executions',
		async () => {
			for (const [number, round] of drawRounds(KILLS, SEED).entries()) {
				const from = Date.now();
				await playRound(number, round);
				const seconds = Math.round((Date.now() - from) / 1000);
				process.stdout.write(
					`kill ${number + 1} of ${KILLS}: ${JSON.stringify(round.kill, (_, value) => (value instanceof RegExp ? value.source : value))}, ${seconds} s\n`,
				);
			}
			await Promise.all(visits);
			await waitFor(
				'all persons are back',
				async () => {
					await settle();
					return jobs.every(({ doneBy }) => doneBy);
				},
				RETURN_TIMEOUT_MS,
			);

			const records = await settle();
			const countTwice = (kind: 'delivered' | 'polled') =>
				events[kind].filter(({ id }) => events.countStarts(kind, records, id) > 1).length;
			figures.count('jobs', jobs.length);
			figures.count('events delivered', events.delivered.length);
			figures.count('events polled', events.polled.length);
			figures.count('events delivered that have started two executions', countTwice('delivered'));
			figures.count('events polled that have started two executions', countTwice('polled'));
			printFigures(`After ${KILLS} kills, seed ${SEED}`, figures.counts);

			for (const job of jobs) {
				const { activity } = job;
				const counts = Object.entries(activity.countEffects(environment, job));
				expect(counts.filter(([, count]) => count !== 1)).toEqual([]);
				const report = activity.describeReport(await fetchOutput(environment, job));
				expect([job.key, report]).toEqual([job.key, activity.describeTruth(environment, job)]);
			}
			const taken = [...events.delivered, ...events.polled].filter(({ isLost }) => !isLost);
			expect(taken.filter(({ id }) => findInquiries(environment, id).length !== 1)).toEqual([]);
			expect(events.findExcess(records)).toEqual([]);
		},
		(KILLS + 5) * 60_000,
	);
});
