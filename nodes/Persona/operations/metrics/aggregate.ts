import type { IDataObject } from 'n8n-workflow';
import { Durations, type Percentiles } from './percentiles';

/** The number of inquiries by their status now, which together are all that were created. */
const byStatus = {
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
export type Outcome = (typeof byStatus)[keyof typeof byStatus] | 'other';

/** All of them, in the order in which charts stack them. */
export const outcomes: Outcome[] = [
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
export const spans = [
	'createdToCompleted',
	'startedToCompleted',
	'completedToDecided',
	'createdToDecided',
] as const;

/** The name of one of them. */
export type Span = (typeof spans)[number];

/** What is told of a number of inquiries; rates are shares from 0 to 1, null where of none. */
export interface Numbers extends Record<Outcome, number> {
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
	seconds: Record<Span, Percentiles>;
}

const TIMES = ['created-at', 'started-at', 'completed-at', 'decisioned-at'];

const COMPLETED = ['completed', 'approved', 'declined'];

const share = (part: number, whole: number) => (whole === 0 ? null : part / whole);

/** Milliseconds since 1970; NaN where there is no time. */
const timeOf = (value: unknown) => (typeof value === 'string' ? Date.parse(value) : NaN);

/** What counts of one inquiry. */
export interface Facts {
	created: number;
	started: boolean;
	completed: boolean;
	outcome: Outcome;
	/** Milliseconds, in the order of `spans`; NaN for those that it has not got through. */
	lasted: number[];
}

/** Reads from the attributes of an inquiry, as Persona has them, what counts. */
export function factsOf(attributes: IDataObject): Facts {
	const status = String(attributes.status);
	const [created, started, completed, decided] = TIMES.map((name) => timeOf(attributes[name]));
	const spent = [completed - created, completed - started, decided - completed, decided - created];
	return {
		created,
		started: !Number.isNaN(started),
		completed: !Number.isNaN(completed) || COMPLETED.includes(status),
		outcome: Object.hasOwn(byStatus, status) ? byStatus[status as keyof typeof byStatus] : 'other',
		// Who is decided before the end has waited for nothing.
		lasted: spent.map((milliseconds) => Math.max(0, milliseconds)),
	};
}

/** Counts inquiries without keeping them. */
export class Tally {
	private created = 0;

	private started = 0;

	private completed = 0;

	private readonly counts = Object.fromEntries(outcomes.map((name) => [name, 0])) as Record<
		Outcome,
		number
	>;

	private readonly durations = Object.fromEntries(
		spans.map((name) => [name, new Durations()]),
	) as Record<Span, Durations>;

	/** Counts one inquiry. */
	add({ started, completed, outcome, lasted }: Facts) {
		this.created++;
		if (started) this.started++;
		if (completed) this.completed++;
		this.counts[outcome]++;
		lasted.forEach((milliseconds, index) => {
			if (!Number.isNaN(milliseconds)) this.durations[spans[index]].add(milliseconds);
		});
	}

	/** What is known by now. */
	numbers(): Numbers {
		const { created, started, completed, counts, durations } = this;
		const decided = counts.approved + counts.declined;
		const measured = spans.map((name) => [name, durations[name].percentiles()]);
		return {
			created,
			started,
			completed,
			...counts,
			completionRate: share(completed, created),
			approvalRate: share(counts.approved, decided),
			declineRate: share(counts.declined, decided),
			seconds: Object.fromEntries(measured) as Record<Span, Percentiles>,
		};
	}
}
