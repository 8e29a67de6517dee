import type { IDataObject } from 'n8n-workflow';
import { DurationDistribution, type Percentiles } from './percentiles';

/** The outcome of an inquiry by its current status. All outcomes together are all created inquiries. */
const OUTCOME_BY_STATUS = {
	created: 'notStarted',
	pending: 'pending',
	completed: 'undecided',
	needs_review: 'needsReview',
	approved: 'approved',
	declined: 'declined',
	failed: 'failed',
	expired: 'expired',
} as const;

/** What happened to an inquiry. A status that Persona adds is `other`. */
export type InquiryOutcome = (typeof OUTCOME_BY_STATUS)[keyof typeof OUTCOME_BY_STATUS] | 'other';

/** All outcomes, in the order in which charts stack them. */
export const OUTCOMES: InquiryOutcome[] = [
	'approved',
	'undecided',
	'needsReview',
	'declined',
	'failed',
	'expired',
	'pending',
	'notStarted',
	'other',
];

/** The time spans of an inquiry that are measured. */
export const SPANS = [
	'createdToCompleted',
	'startedToCompleted',
	'completedToDecided',
	'createdToDecided',
] as const;

/** A time span of an inquiry. */
export type TimeSpan = (typeof SPANS)[number];

/** The metrics of a set of inquiries. Rates are from 0 to 1, and null where they would divide by 0. */
export interface MetricValues extends Record<InquiryOutcome, number> {
	/** All inquiries created in the period. The others are counted among these. */
	created: number;
	/** Started by a person. */
	started: number;
	/** Reached the end of the flow, or approved or declined. */
	completed: number;
	/** Completed of created. */
	completionRate: number | null;
	/** Approved of approved and declined. */
	approvalRate: number | null;
	/** Declined of approved and declined. */
	declineRate: number | null;
	/** Durations of the inquiries that got that far, in seconds. */
	seconds: Record<TimeSpan, Percentiles>;
}

const TIME_ATTRIBUTES = ['created-at', 'started-at', 'completed-at', 'decisioned-at'];

const COMPLETED_STATUSES = ['completed', 'approved', 'declined'];

const divide = (part: number, whole: number) => (whole === 0 ? null : part / whole);

/** Milliseconds since 1970; NaN where there is no time. */
const parseTimeMs = (value: unknown) => (typeof value === 'string' ? Date.parse(value) : NaN);

const getOutcome = (status: string): InquiryOutcome =>
	Object.hasOwn(OUTCOME_BY_STATUS, status)
		? OUTCOME_BY_STATUS[status as keyof typeof OUTCOME_BY_STATUS]
		: 'other';

/** What metrics need of one inquiry. */
export interface InquiryFacts {
	/** Since 1970. */
	createdAtMs: number;
	isStarted: boolean;
	isCompleted: boolean;
	outcome: InquiryOutcome;
	/** In the order of `SPANS`; NaN for those that the inquiry has not completed. */
	durationsMs: number[];
}

/** Extracts the facts from the attributes of an inquiry, by Persona's names. */
export function extractFacts(attributes: IDataObject): InquiryFacts {
	const status = String(attributes.status);
	const [createdAtMs, startedAtMs, completedAtMs, decidedAtMs] = TIME_ATTRIBUTES.map((name) =>
		parseTimeMs(attributes[name]),
	);
	const durationsMs = [
		completedAtMs - createdAtMs,
		completedAtMs - startedAtMs,
		decidedAtMs - completedAtMs,
		decidedAtMs - createdAtMs,
	];
	return {
		createdAtMs,
		isStarted: !Number.isNaN(startedAtMs),
		isCompleted: !Number.isNaN(completedAtMs) || COMPLETED_STATUSES.includes(status),
		outcome: getOutcome(status),
		// A decision before completion counts as zero wait.
		durationsMs: durationsMs.map((durationMs) => Math.max(0, durationMs)),
	};
}

/** Aggregates any number of inquiries without keeping them. */
export class InquiryAggregator {
	private created = 0;

	private started = 0;

	private completed = 0;

	private readonly outcomeCounts = Object.fromEntries(
		OUTCOMES.map((outcome) => [outcome, 0]),
	) as Record<InquiryOutcome, number>;

	private readonly durations = Object.fromEntries(
		SPANS.map((span) => [span, new DurationDistribution()]),
	) as Record<TimeSpan, DurationDistribution>;

	/** Adds one inquiry. */
	add({ isStarted, isCompleted, outcome, durationsMs }: InquiryFacts) {
		this.created++;
		if (isStarted) this.started++;
		if (isCompleted) this.completed++;
		this.outcomeCounts[outcome]++;
		durationsMs.forEach((durationMs, index) => {
			if (!Number.isNaN(durationMs)) this.durations[SPANS[index]].add(durationMs);
		});
	}

	/** The metrics of all inquiries added so far. */
	getValues(): MetricValues {
		const { created, started, completed, outcomeCounts, durations } = this;
		const { approved, declined } = outcomeCounts;
		const seconds = SPANS.map((span) => [span, durations[span].getPercentiles()]);
		return {
			created,
			started,
			completed,
			...outcomeCounts,
			completionRate: divide(completed, created),
			approvalRate: divide(approved, approved + declined),
			declineRate: divide(declined, approved + declined),
			seconds: Object.fromEntries(seconds) as Record<TimeSpan, Percentiles>,
		};
	}
}
