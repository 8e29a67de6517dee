import { setTimeout as sleep } from 'node:timers/promises';
import { waitFor } from '../../tools/n8n/n8nClient.mts';
import { compareRuns } from './compareRuns.mts';
import { startBalancedEnvironment, type LoadEnvironment } from './loadEnvironment.mts';
import { createEventEmitter, publishListener, TRIGGER } from './publishListener.mts';
import { readAllExecutions } from './readAllExecutions.mts';
import { countValues, printFigures } from './report.mts';

/** How often n8n is restarted in each of the two tests. LOAD_TEST_RESTARTS sets another number. */
const RESTARTS = Number(process.env.LOAD_TEST_RESTARTS ?? 5);

/** Events around each restart. Most of their deliveries are on their way when n8n is told to stop. */
const EVENTS = 30;

const EVENT_INTERVAL_MS = 10;

/** How soon after the first event n8n is told to stop, in turn. */
const SIGNAL_DELAYS_MS = [300, 150, 200, 250, 350, 100, 400];

const DELIVERY_TIMEOUT_MS = 5_000;

/** Seconds between the attempts of one delivery: closer than Persona's, so that some meet n8n's start. */
const RETRY_SECONDS = [3, ...Array<number>(20).fill(8)];

const toMs = (minutes: number) => minutes * 60_000;

describe.each<[string, Record<string, string>]>([
	['', {}],
	// All others are stored until one has ended, and n8n answers none of them before.
	[' that runs two executions at a time', { N8N_CONCURRENCY_PRODUCTION_LIMIT: '2' }],
])('deliveries around a restart of an n8n%s', (title, env) => {
	let environment: LoadEnvironment;
	let workflowId: string;

	beforeAll(async () => {
		environment = await startBalancedEnvironment(
			{ webhookRetrySeconds: RETRY_SECONDS, webhookTimeoutMs: DELIVERY_TIMEOUT_MS },
			{
				N8N_EXPRESSION_ENGINE: 'legacy',
				N8N_GRACEFUL_SHUTDOWN_TIMEOUT: '12',
				...env,
			},
		);
		workflowId = await publishListener(environment);
	});
	afterAll(async () => await environment?.close());

	it(
		'run the workflow once for each event',
		async () => {
			const { control } = environment.sandbox;
			const emitEvent = createEventEmitter(environment);
			const events: string[] = [];
			const emitEvents = async () => {
				for (let count = 0; count < EVENTS; count++) {
					events.push(emitEvent());
					await sleep(EVENT_INTERVAL_MS);
				}
			};
			const readExecutions = async () =>
				await readAllExecutions(environment.n8n, workflowId, TRIGGER);
			for (let restart = 0; restart < RESTARTS; restart++) {
				const emitted = emitEvents();
				await sleep(SIGNAL_DELAYS_MS[restart % SIGNAL_DELAYS_MS.length]);
				await environment.n8n.restart();
				await emitted;
				await waitFor(
					'every event is accepted',
					async () => {
						const accepted = control.deliveries.filter(({ status }) => status === 200);
						const eventIds = new Set(accepted.map(({ eventId }) => eventId));
						return events.every((eventId) => eventIds.has(eventId));
					},
					toMs(2),
				);
			}
			const executions = await waitFor(
				'all executions are over',
				async () => {
					const all = await readExecutions();
					return all.every(({ status }) => !['new', 'running'].includes(status)) && all;
				},
				toMs(1),
			);
			const { lost, twice, recovered } = compareRuns(events, control.deliveries, executions);
			printFigures(`Restarts of an n8n${title}`, {
				restarts: RESTARTS,
				events: events.length,
				'deliveries, by status': countValues(control.deliveries.map(({ status }) => status)),
				'executions, by status': countValues(executions.map(({ status }) => status)),
				'run by an execution that n8n had stored before it stopped': recovered.length,
				'run twice': twice.length,
				'not run': lost.length,
			});
			expect(lost).toEqual([]);
			expect(twice).toEqual([]);
		},
		toMs(2 * RESTARTS),
	);
});
