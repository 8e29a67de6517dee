import { toggle } from '../../fields/kinds';
import type { Operation } from '../../engine/types';

/** Row that returns how an inquiry was decided, and what supports or contradicts it, as one flat object. */
export const getDecisionSummary: Operation = {
	name: 'Get Decision Summary',
	action: 'Get decision summary of inquiry',
	description:
		'Read how an inquiry was decided and why: failed checks, report matches, age on the day when it ended (in the time zone of the workflow), document, risk signals',
	builderHint:
		'The output has `decision`, which is `approved`, `declined`, `needs_review`, `none` or `unknown`, `failedCheckCount`, `matchedReportCount` and `text`, all of it in one line.',
	route: 'GET /inquiries/{inquiry-id}',
	nodeFields: {
		includeName: toggle('Include Name', "begin the summary's one-line text with the person's name"),
	},
	// The summary always includes what it needs, and shows nothing else.
	include: [],
	ownOutput: true,
	prepare: async (context) =>
		await (await import('./prepareDecisionSummary')).prepareDecisionSummary(context),
};
