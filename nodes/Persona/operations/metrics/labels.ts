import type { InquiryOutcome, TimeSpan } from './inquiryAggregator';

/** What the page calls an outcome, and what that means. */
export const OUTCOME_LABELS: Record<InquiryOutcome, [name: string, meaning: string]> = {
	approved: ['Approved', 'a person, a workflow or the API approved it.'],
	undecided: ['Completed, undecided', 'the person reached the end and nobody has decided since.'],
	inReview: ['In review', 'it was marked for review and waits for a decision.'],
	declined: ['Declined', 'a person, a workflow or the API declined it.'],
	failed: ['Failed', 'the person could not be verified.'],
	expired: ['Expired', 'the person did not finish in time.'],
	pending: ['In progress', 'the person has started and may still finish.'],
	notStarted: ['Not started', 'nobody has opened it yet and it has not expired.'],
	other: ['Other', 'Persona has given it a status that this page does not know.'],
};

/** What the page calls a span of time, and from when to when it lasts. */
export const SPAN_LABELS: Record<TimeSpan, [name: string, meaning: string]> = {
	createdToCompleted: ['Creation to completion', 'from the creation until the end of the flow.'],
	startedToCompleted: [
		'Start to completion',
		'from when the person began until the end of the flow: the work it is for the person.',
	],
	completedToDecided: [
		'Completion to decision',
		'from the end of the flow until it was approved or declined: the wait for the decision.',
	],
	createdToDecided: [
		'Creation to decision',
		'from the creation until it was approved or declined.',
	],
};

/** What all other words of the page mean. */
export const DEFINITIONS: Array<[name: string, meaning: string]> = [
	[
		'Created',
		'inquiries created in the period. All figures are about them, as they were when this page was made.',
	],
	['Started', 'those of the created ones that a person has begun.'],
	[
		'Completed',
		'those that reached the end of the flow or were approved or declined, whatever became of them since.',
	],
	['Completion rate', 'completed divided by created.'],
	['Approval rate', 'approved divided by approved and declined together.'],
	['Decline rate', 'declined divided by approved and declined together.'],
	[
		'Median, 90 % and 95 %',
		'half, 90 % and 95 % of the inquiries that came so far took this long or less. With more than 200 different times they are less than 1 % off. In tables by template, day and week the median is from creation to completion.',
	],
	[
		'Day and week',
		'the one in which an inquiry was created, in the time zone named above; weeks begin on Monday. The first and the last one count only what lies in the period.',
	],
];

/** A share as a percentage, e.g. 62.5 %; a dash where there is nothing to share. */
export const formatPercent = (rate: number | null) =>
	rate === null ? '–' : `${(rate * 100).toFixed(1)} %`;

/** A number with its thousands set apart, e.g. 12,345. */
export const formatCount = (number: number) => String(number).replace(/\B(?=(\d{3})+$)/g, ',');

/** A time in its two largest units, e.g. 2 h 5 min; a dash where there is none. */
export function formatDuration(seconds: number | null): string {
	if (seconds === null) return '–';
	if (seconds < 10) return `${Math.round(seconds * 10) / 10} s`;
	const units: Array<[string, number]> = [
		['d', 86_400],
		['h', 3_600],
		['min', 60],
		['s', 1],
	];
	const whole = Math.round(seconds);
	const first = units.findIndex(([, size]) => whole >= size);
	const [[name, size], next] = [units[first], units[first + 1]];
	const rest = next ? Math.floor((whole % size) / next[1]) : 0;
	return `${Math.floor(whole / size)} ${name}${rest > 0 ? ` ${rest} ${next[0]}` : ''}`;
}
