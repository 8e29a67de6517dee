import { fileField } from '../../engine/commonFields';
import { choice, dateTime, words } from '../../engine/fields';
import type { Fields, ItemContext, Operation, PreparedItem } from '../../engine/types';
import { createFileItem } from '../../transport/files';
import { CALENDAR_PERIODS, PERIOD_RULE } from '../../utils/calendarPeriod';
import { computeMetrics } from './computeMetrics';
import { renderHtmlReport } from './renderHtmlReport';
import { CUSTOM_PERIOD, readPeriod } from './period';

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
	prepare: prepareMetrics,
});

async function prepareMetrics(context: ItemContext): Promise<PreparedItem> {
	const format = context.readSetting<string>('format');
	const binaryField = context.readSetting<string>('binaryPropertyName');
	const period = readPeriod(context);
	const tags = [context.readSetting<string[] | string>('tags')].flat().filter((tag) => tag !== '');
	const { query, ...request } = await context.buildRequest();
	const filters = query?.filter as Record<string, string>;
	const filter = {
		...filters,
		'created-at-start': period.from.toUTC().toISO(),
		...(period.hasEnd && { 'created-at-end': period.to.toUTC().toISO() }),
	};
	const run = async () => {
		const metrics = await computeMetrics(context, { ...request, query: { filter } }, period, tags);
		const json = { ...metrics };
		if (format === 'json') return [{ json }];
		const fileName = `inquiry-metrics-${period.from.toISODate()}-${period.to.toISODate()}.html`;
		const page = renderHtmlReport(metrics, [...Object.values(filters), ...tags]);
		const response = {
			statusCode: 200,
			headers: { 'content-type': 'text/html' },
			body: Buffer.from(page),
		};
		const { node } = context.run;
		return [await createFileItem(node, { ...json, fileName }, response, binaryField)];
	};
	return { run };
}
