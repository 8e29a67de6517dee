import { fileField } from '../../engine/commonFields';
import { choice, dateTime, words } from '../../fields/kinds';
import type { Fields } from '../../fields/types';
import type { Operation } from '../../engine/types';
import { CALENDAR_PERIODS, PERIOD_RULE } from '../../utils/calendarPeriod';
import { CUSTOM_PERIOD } from './period';

/** Row that counts inquiries; `filter` has the filters that a list of them has. */
export const getMetrics = (filter: Fields): Operation => ({
	name: 'Get Metrics',
	action: 'Get metrics of inquiries',
	description:
		'Count the inquiries created in a period: completion, approval and decline rates and durations, overall, by template and by day or week',
	route: 'GET /inquiries',
	filter,
	nodeFields: {
		period: choice(
			'Period',
			`Count what was created in this period. ${PERIOD_RULE}`,
			{ [CUSTOM_PERIOD]: 'From and To', ...CALENDAR_PERIODS },
			{ default: CUSTOM_PERIOD, topLevel: true },
		),
		from: dateTime('From', 'Start of the period (by default, 30 days before its end)', {
			topLevel: true,
			shownWith: { period: [CUSTOM_PERIOD] },
		}),
		to: dateTime('To', 'End of the period, not included (by default, now)', {
			topLevel: true,
			shownWith: { period: [CUSTOM_PERIOD] },
		}),
		groupBy: choice(
			'Group By',
			"How to divide the period, in the workflow's time zone. Weeks begin on Monday.",
			{ day: 'Day', week: 'Week' },
			{ topLevel: true },
		),
		format: choice(
			'Format',
			'Whether to return only the numbers, or also an HTML page with charts to send or print',
			{ json: 'JSON', page: 'JSON and HTML Page' },
			{ topLevel: true },
		),
		binaryPropertyName: {
			...fileField,
			topLevel: true,
			shownWith: { format: ['page'] },
		},
		tags: words(
			'Tags',
			'Count only inquiries that have one of these tags, separated by commas',
			'vip, mobile',
		),
	},
	noIncludeAndFields: true,
	returns: 'files',
	prepare: async (context) => await (await import('./prepareMetrics')).prepareMetrics(context),
});
