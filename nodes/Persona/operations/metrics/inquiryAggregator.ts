import type { IDataObject } from 'n8n-workflow';
import { DurationDistribution, type Percentiles } from './percentiles';

/** The number of inquiries by their status now, which together are all that were created. */
const OUTCOME_BY_STATUS = {
	created: 'notStarted',
	pending: 'pending',
	completed: 'undecided',
	needs_review: 'inReview',
	approved: 'approved',
	declined: 'declined',
	failed: 'failed',
	expired: 'expired',
} as const;

/** Where an inquiry ends up; Persona may add statuses, which are `other`. */
export type InquiryOutcome = (typeof OUTCOME_BY_STATUS)[keyof typeof OUTCOME_BY_STATUS] | 'other';

/** All of them, in the order in which charts stack them. */
export const OUTCOMES: InquiryOutcome[] = [
	'approved',
	'undecided',
	'inReview',
	'declined',
	'failed',
	'expired',
	'pending',
	'notStarted',
	'other',
];

/** The spans of an inquiry's life that are measured. */
export const SPANS = [
	'createdToCompleted',
	'startedToCompleted',
	'completedToDecided',
	'createdToDecided',
] as const;

/** The name of one of them. */
export type TimeSpan = (typeof SPANS)[number];

/** What is told of a number of inquiries; rates are shares from 0 to 1, null where of none. */
export interface MetricValues extends Record<InquiryOutcome, number> {
	/** All that were created in the period. */
	created: number;
	/** Of them, those a person has begun. */
	started: number;
	/** Of them, those that reached the end of the flow or were approved or declined. */
	completed: number;
	/** Completed of created. */
	completionRate: number | null;
	/** Approved of approved and declined. */
	approvalRate: number | null;
	/** Declined of approved and declined. */
	declineRate: number | null;
	/** How long it took those that came that far, in seconds. */
	seconds: Record<TimeSpan, Percentiles>;
}

const TIMES = ['created-at', 'started-at', 'completed-at', 'decisioned-at'];

const COMPLETED = ['completed', 'approved', 'declined'];

const divide = (part: number, whole: number) => (whole === 0 ? null : part / whole);

/** Milliseconds since 1970; NaN where there is no time. */
const parseTimeMs = (value: unknown) => (typeof value === 'string' ? Date.parse(value) : NaN);

/** What counts of one inquiry. */
export interface InquiryFacts {
	createdAtMs: number;
	started: boolean;
	completed: boolean;
	outcome: InquiryOutcome;
	/** Milliseconds, in the order of `spans`; NaN for those that it has not got through. */
	durationsMs: number[];
}

/** Reads from the attributes of an inquiry, as Persona has them, what counts. */
export function extractFacts(attributes: IDataObject): InquiryFacts {
	const status = String(attributes.status);
	const [created, started, completed, decided] = TIMES.map((name) => parseTimeMs(attributes[name]));
	const spent = [completed - created, completed - started, decided - completed, decided - created];
	return {
		createdAtMs: created,
		started: !Number.isNaN(started),
		completed: !Number.isNaN(completed) || COMPLETED.includes(status),
		outcome: Object.hasOwn(OUTCOME_BY_STATUS, status)
			? OUTCOME_BY_STATUS[status as keyof typeof OUTCOME_BY_STATUS]
			: 'other',
		// Who is decided before the end has waited for nothing.
		durationsMs: spent.map((milliseconds) => Math.max(0, milliseconds)),
	};
}

/** Counts inquiries without keeping them. */
export class InquiryAggregator {
	private created = 0;

	private started = 0;

	private completed = 0;

	private readonly counts = Object.fromEntries(OUTCOMES.map((name) => [name, 0])) as Record<
		InquiryOutcome,
		number
	>;

	private readonly durations = Object.fromEntries(
		SPANS.map((name) => [name, new DurationDistribution()]),
	) as Record<TimeSpan, DurationDistribution>;

	/** Counts one inquiry. */
	add({ started, completed, outcome, durationsMs: lasted }: InquiryFacts) {
		this.created++;
		if (started) this.started++;
		if (completed) this.completed++;
		this.counts[outcome]++;
		lasted.forEach((milliseconds, index) => {
			if (!Number.isNaN(milliseconds)) this.durations[SPANS[index]].add(milliseconds);
		});
	}

	/** What is known by now. */
	getValues(): MetricValues {
		const { created, started, completed, counts, durations } = this;
		const decided = counts.approved + counts.declined;
		const measured = SPANS.map((name) => [name, durations[name].getPercentiles()]);
		return {
			created,
			started,
			completed,
			...counts,
			completionRate: divide(completed, created),
			approvalRate: divide(counts.approved, decided),
			declineRate: divide(counts.declined, decided),
			seconds: Object.fromEntries(measured) as Record<TimeSpan, Percentiles>,
		};
	}
}
