import { setTimeout as sleep } from 'node:timers/promises';
import { MAX_REPLAY_ENTRIES } from '../../nodes/Persona/triggers/webhook/delivery/replayCache.ts';
import { MAX_EMITTED_EVENTS } from '../../nodes/Persona/triggers/webhook/delivery/handleEvent.ts';
import { MAX_REJECTED_EVENTS } from '../../nodes/Persona/triggers/webhook/catchUp/rejectedEvents.ts';
import { waitFor } from '../../tools/n8n/n8nClient.mts';
import { runSql } from '../e2e/runSql.mts';
import { startLoadEnvironment, type LoadEnvironment } from './loadEnvironment.mts';
import { createEventEmitter, publishListener } from './publishListener.mts';
import { countValues, printFigures } from './report.mts';
import { createLoad } from './soak/load.mts';
import { getMedianGrowth, getSlope } from './soak/statistics.mts';
import { buildProbeEnv, takeSample, type Sample } from './soak/takeSample.mts';
import { publishControlWorkflows, publishPackageWorkflows } from './soak/workflows.mts';

/** How long the load lasts. SOAK_MINUTES sets another time. */
const MINUTES = Number(process.env.SOAK_MINUTES ?? 30);

/** From this length on, an n8n with its own nodes does the same beside, to compare with. */
const MIN_MINUTES_WITH_CONTROL = 10;

/**
 * Deliveries per second: a third of what n8n 2.40 accepts on two cores, according to the load test. SOAK_RATE
 * sets another number.
 */
const DELIVERIES_PER_SECOND = Number(process.env.SOAK_RATE ?? 7);

const toMs = (minutes: number) => minutes * 60_000;

/** The load pauses for a sample this often, but not after less than what an outage takes. */
const STRETCH_MS = Math.max(20_000, toMs(MINUTES) / 6);

const STRETCHES = Math.round(toMs(MINUTES) / STRETCH_MS);

/** The memory counts from this sample on: after five minutes of thirty. */
const FIRST_FLAT = 1;

/** Time without load before a sample, in which n8n finishes its work. */
const IDLE_MS = MINUTES < MIN_MINUTES_WITH_CONTROL ? 5_000 : 10_000;

/** How fast the memory may grow, in megabytes a minute, beyond what is remembered and what n8n's own grows. */
const MAX_SLOPE_MB = 0.25;

/** How much higher the later half of the samples may be, likewise. */
const MAX_MEDIAN_GROWTH_MB = 5;

/** A short run has too few samples for a slope. */
const MAX_SHORT_GROWTH_MB = 20;

/** In the probe, an entry of a `TtlCache` has three members, and its value may have three. */
const toMembers = (entries: number) => 6 * entries + 10;

/** The variables of the package that grow with its use, by file, and how many members they may have. */
const BOUNDS: Record<string, number> = {
	'triggers/webhook/delivery/replayCache replayCache': toMembers(MAX_REPLAY_ENTRIES),
	'triggers/webhook/delivery/handleEvent emittedEvents': toMembers(MAX_EMITTED_EVENTS),
	'triggers/webhook/delivery/startedEvents states': toMembers(10_000),
	'triggers/webhook/catchUp/rejectedEvents knownRejected': toMembers(MAX_REJECTED_EVENTS),
	'triggers/webhook/catchUp/rejectedEvents acceptedLater': toMembers(10_000),
	'triggers/webhook/listener recentWarnings': toMembers(1_000),
	'transport/flatten converted': 10_000,
};

/** What the load consists of. A busy machine may fail at a few of each. */
const PARTS = [
	...['events', 'exact replays: 200', 'delivered again', 'forged: 401', 'outages'],
	...['rounds of operations', 'people waited for', 'executions stopped'],
	'lists and columns of the editor',
];

/** What one workflow may store, in bytes. The polling trigger remembers the events of five minutes. */
const MAX_STATIC_DATA = 100_000;

const toMegabytes = (bytes: number) => bytes / 2 ** 20;

/**
 * By default n8n 2.40 sets up a V8 isolate for each delivery to a trigger of another package, and its memory
 * goes up and down with them. N8N_EXPRESSION_ENGINE sets another engine than this.
 */
const ENGINE = { N8N_EXPRESSION_ENGINE: process.env.N8N_EXPRESSION_ENGINE ?? 'legacy' };

const CONTROL_KEY = 'persona_production_control';

const PROBE = buildProbeEnv('package');

const CONTROL_PROBE = buildProbeEnv('control');

/** A sample, how long the load had lasted, and the size of the largest static data in the database. */
interface TimedSample extends Sample {
	minutes: number;
	staticData: Record<string, number>;
}

const getRemembered = ({ variables }: Sample) =>
	Object.values(variables).reduce((sum, { bytes }) => sum + bytes, 0);

/** The memory of JavaScript besides what the package's variables hold, in megabytes. */
const getMemory = (sample: Sample) =>
	toMegabytes(sample.heapUsed + sample.external - getRemembered(sample));

const getMembers = ({ variables }: Sample) =>
	new Map(
		Object.entries(variables).map(([name, { members }]) => [
			name.replace('nodes/Persona/', ''),
			members,
		]),
	);

const describeCounts = (counts: Record<string, number>) =>
	Object.fromEntries(Object.entries(counts).filter(([, number]) => number > 0));

function printSample(title: string, sample: TimedSample) {
	const grown = [...getMembers(sample)].filter(([name]) => name in BOUNDS);
	printFigures(`${title}, after ${sample.minutes.toFixed(1)} minutes`, {
		'heap (MB)': toMegabytes(sample.heapUsed).toFixed(1),
		'external (MB)': toMegabytes(sample.external).toFixed(1),
		'RSS (MB)': toMegabytes(sample.rss).toFixed(0),
		'remembered by the package (MB)': toMegabytes(getRemembered(sample)).toFixed(2),
		'timers of the package': sample.timers,
		'clients of the package': sample.clients,
		'members of variables': Object.fromEntries(
			grown.map(([name, one]) => [name.replace(/.* /, ''), one]),
		),
		'handles and timers of the process': sample.resources,
		'static data (bytes)': describeCounts(sample.staticData),
	});
}

describe('a long life at a third of the limit', () => {
	let environment: LoadEnvironment;
	let control: LoadEnvironment | undefined;

	beforeAll(async () => {
		const apiKeys = ['persona_sandbox_demo', CONTROL_KEY];
		environment = await startLoadEnvironment({ apiKeys }, { ...ENGINE, ...PROBE });
		if (MINUTES >= MIN_MINUTES_WITH_CONTROL)
			control = await startLoadEnvironment({}, { ...ENGINE, ...CONTROL_PROBE });
	}, 600_000);
	afterAll(async () => {
		await environment?.close();
		await control?.close();
	});

	const take = async (
		one: LoadEnvironment,
		probe: typeof PROBE,
		minutes: number,
	): Promise<TimedSample> => {
		const rows = await runSql(
			one.n8n,
			'SELECT name, length(staticData) AS size FROM workflow_entity',
		);
		const staticData = rows.map(({ name, size }) => [String(name), Number(size)] as const);
		return {
			...(await takeSample(one.n8n, probe)),
			minutes,
			staticData: Object.fromEntries(staticData),
		};
	};

	const waitUntilIdle = async ({ n8n }: LoadEnvironment) =>
		await waitFor(
			'all executions are over',
			async () => {
				const statement = `SELECT count(*) AS running FROM execution_entity WHERE status IN ('new', 'running')`;
				return (await runSql(n8n, statement))[0].running === 0;
			},
			toMs(1),
			// A busy n8n may lose its database for a moment, and then never ends some of them.
		).catch(() => undefined);

	it(
		'leaves no memory and no timer behind, and what it remembers has a bound',
		async () => {
			await publishListener(environment);
			const stoppable = await publishPackageWorkflows(environment);
			if (control)
				await publishControlWorkflows(
					{ client: control.client, sandbox: environment.sandbox },
					CONTROL_KEY,
				);
			const { control: persona } = environment.sandbox;
			const [webhook] = persona.store.getCollection('webhook').findAll();
			const tally: Record<string, number> = {};
			const putLoad = createLoad({
				environment,
				control,
				stoppable,
				tally,
				webhookId: webhook.id,
				deliveriesPerSecond: DELIVERIES_PER_SECOND,
				emitEvent: createEventEmitter(environment),
			});
			const samples: TimedSample[] = [];
			const controlSamples: TimedSample[] = [];
			const takeAll = async (minutes: number) => {
				for (const one of control ? [environment, control] : [environment])
					await waitUntilIdle(one);
				await sleep(IDLE_MS);
				samples.push(await take(environment, PROBE, minutes));
				printSample('The package', samples[samples.length - 1]);
				if (!control) return;
				controlSamples.push(await take(control, CONTROL_PROBE, minutes));
				printSample('n8n alone', controlSamples[controlSamples.length - 1]);
			};

			await takeAll(0);
			const from = Date.now();
			for (let stretch = 1; stretch <= STRETCHES; stretch += 1) {
				await putLoad(STRETCH_MS);
				await takeAll((stretch * STRETCH_MS) / 60_000);
			}
			const requests = persona.requests.filter(({ environment: of }) => of === 'sandbox');
			const seconds = (Date.now() - from) / 1000;
			const getFigures = (all: TimedSample[]) => {
				const points = all
					.slice(FIRST_FLAT)
					.map((sample) => ({ x: sample.minutes, y: getMemory(sample) }));
				return { slope: getSlope(points), growth: getMedianGrowth(points.map(({ y }) => y)) };
			};
			const own = getFigures(samples);
			const alone = control ? getFigures(controlSamples) : { slope: 0, growth: 0 };
			printFigures('In all', {
				...tally,
				'deliveries, by status': countValues(persona.deliveries.map(({ status }) => status)),
				'requests a minute': (requests.length / (seconds / 60)).toFixed(0),
				'requests, by status': countValues(requests.map(({ status }) => status)),
				'slope of the package (MB a minute)': own.slope.toFixed(3),
				'slope of n8n alone (MB a minute)': alone.slope.toFixed(3),
				'difference of the medians, package (MB)': own.growth.toFixed(2),
				'difference of the medians, n8n alone (MB)': alone.growth.toFixed(2),
			});

			const flat = samples.slice(FIRST_FLAT);
			const [first, last] = [flat[0], flat[flat.length - 1]];
			const before = getMembers(first);
			const grown = [...getMembers(last)].filter(
				([name, one]) => one > (BOUNDS[name] ?? before.get(name) ?? 0),
			);
			expect(grown).toEqual([]);
			expect(flat.map(({ timers }) => timers)).toEqual(flat.map(() => 0));
			const failures = Object.entries(tally).filter(([name]) => name.startsWith('failed'));
			const begun = Object.values(tally).reduce((sum, one) => sum + one, 0);
			expect(failures.reduce((sum, [, one]) => sum + one, 0)).toBeLessThan(begun / 20);
			expect(Object.keys(tally)).toEqual(expect.arrayContaining(PARTS));
			expect(persona.requests.filter(({ status }) => status === 429)).toEqual([]);
			for (const size of Object.values(last.staticData)) expect(size).toBeLessThan(MAX_STATIC_DATA);
			if (control) {
				expect(own.slope - Math.max(0, alone.slope)).toBeLessThan(MAX_SLOPE_MB);
				expect(own.growth - Math.max(0, alone.growth)).toBeLessThan(MAX_MEDIAN_GROWTH_MB);
			} else expect(getMemory(last) - getMemory(first)).toBeLessThan(MAX_SHORT_GROWTH_MB);
		},
		toMs(2 * MINUTES + 10),
	);
});
