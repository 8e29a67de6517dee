import fc from 'fast-check';
import { activities } from './activities.mts';

/** The latest that something starts in a round, and that n8n is killed after it or after a request. */
const MAX_START_MS = 1_500;
const MAX_LIFE_MS = 4_000;
const MAX_AFTER_REQUEST_MS = 300;

/** Events of each trigger in a round. */
const MAX_EVENTS = 20;

/** When n8n is killed: some time after the round has begun, or after the next request for a path. */
export interface KillMoment {
	afterMs: number;
	path?: RegExp;
}

/** What happens in one round, up to the kill. */
export interface Round {
	/** One for each activity, in their order. */
	jobs: { startsAfterMs: number; size: number }[];
	/** When events happen that start a workflow by a delivery, and those that are polled. */
	deliveredAfterMs: number[];
	polledAfterMs: number[];
	/** How many of the deliveries are replayed as soon as they are accepted: every n-th. */
	replayEvery: number;
	/** How long a person takes to return, and whether who finds n8n down tries again. */
	returnsAfterMs: number;
	reloads: boolean;
	kill: KillMoment;
}

const startsAfterMs = fc.nat(MAX_START_MS);

const eventTimes = fc.array(fc.nat(MAX_LIFE_MS), { minLength: 3, maxLength: MAX_EVENTS });

const paths = [...activities.map((activity) => activity.paths), /\/events$/];

const rounds: fc.Arbitrary<Round> = fc.record({
	jobs: fc.tuple(
		...activities.map(({ maxSize }) =>
			fc.record({ startsAfterMs, size: fc.integer({ min: 1, max: maxSize }) }),
		),
	),
	deliveredAfterMs: eventTimes,
	polledAfterMs: eventTimes,
	replayEvery: fc.integer({ min: 1, max: 5 }),
	returnsAfterMs: fc.nat(MAX_LIFE_MS),
	reloads: fc.boolean(),
	kill: fc.oneof(
		fc.record({ afterMs: fc.nat(MAX_LIFE_MS) }),
		fc.record({
			afterMs: fc.nat(MAX_AFTER_REQUEST_MS),
			path: fc.constantFrom(...paths),
		}),
	),
});

/** Draws as many rounds from a seed, always the same ones. */
export const drawRounds = (count: number, seed: number): Round[] =>
	fc.sample(fc.noBias(rounds), { numRuns: count, seed });
