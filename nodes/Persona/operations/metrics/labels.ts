import type { InquiryOutcome, TimeSpan } from './inquiryAggregator';

/** The label and the definition of each outcome on the page. */
export const OUTCOME_LABELS: Record<InquiryOutcome, [label: string, definition: string]> = {
	approved: ['Approved', 'a person, a workflow or the API approved it.'],
	undecided: [
		'Completed, undecided',
		'the person has finished, and no decision has been made yet.',
	],
	needsReview: ['Needs review', 'it was marked for review and is waiting for a decision.'],
	declined: ['Declined', 'a person, a workflow or the API declined it.'],
	failed: ['Failed', 'the person could not be verified.'],
	expired: ['Expired', 'the person did not finish in time.'],
	pending: ['In progress', 'the person has started and may still finish.'],
	notStarted: ['Not started', 'nobody has opened it yet and it has not expired.'],
	other: ['Other', 'Persona has given it a status that this page does not know.'],
};

/** The label and the definition of each time span on the page. */
export const SPAN_LABELS: Record<TimeSpan, [label: string, definition: string]> = {
	createdToCompleted: ['Creation to completion', 'from the creation until the end of the flow.'],
	startedToCompleted: [
		'Start to completion',
		'from the start by the person until the end of the flow: the effort for the person.',
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

/** The definitions of all other words on the page. */
export const DEFINITIONS: Array<[label: string, definition: string]> = [
	[
		'Created',
		'inquiries created in the period. All figures refer to these inquiries, as of the time when this page was created.',
	],
	['Started', 'created inquiries that a person has started.'],
	[
		'Completed',
		'inquiries that reached the end of the flow, or were approved or declined, whatever happened to them later.',
	],
	['Completion rate', 'completed divided by created.'],
	['Approval rate', 'approved divided by approved and declined together.'],
	['Decline rate', 'declined divided by approved and declined together.'],
	[
		'Median, 90 % and 95 %',
		'half, 90 % and 95 % of the inquiries that got this far took this long or less. With more than 200 different times, these values are less than 1 % off. In the tables by template, day and week, the median is from creation to completion.',
	],
	[
		'Day and week',
		'the day or week in which an inquiry was created, in the time zone above. Weeks begin on Monday. The first and the last one count only inquiries created in the period.',
	],
];
