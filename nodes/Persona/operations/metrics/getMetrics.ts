import { choice, dateTime, words } from '../../engine/fields';
import type { Fields, Operation } from '../../engine/types';
import type { NodeItemContext } from '../../engine/itemContext';
import { createFileItem } from '../../transport/files';
import { computeMetrics } from './computeMetrics';
import { renderHtmlReport } from './renderHtmlReport';
import { readPeriod } from './period';

/** The operation that counts inquiries; `filter` narrows down which, as it does in a list. */
export const getMetrics = (filter: Fields): Operation => ({
	name: 'Get Metrics',
	action: 'Get metrics of inquiries',
	description:
		'Count the inquiries created in a period: completion, approval and decline rates and how long people take, overall, by template and by day or week',
	route: 'GET /inquiries',
	filter,
	nodeFields: {
		from: dateTime('From', 'When the period begins (30 days up to its end when empty)', {
			topLevel: true,
		}),
		to: dateTime('To', 'When the period ends, itself not included (now when empty)', {
			topLevel: true,
		}),
		groupBy: choice(
			'Group By',
			"What to cut the period into, in the workflow's time zone; weeks begin on Monday",
			{ day: 'Day', week: 'Week' },
			{ topLevel: true },
		),
		output: choice(
			'Output',
			'Whether to put out the numbers alone or a page with charts as well, to send or to print',
			{ json: 'JSON', page: 'JSON and HTML Page' },
			{ topLevel: true },
		),
		tags: words(
			'Tags',
			'Count only inquiries that have one of these tags, separated by commas',
			'vip, mobile',
		),
	},
	noSelection: true,
	returns: 'files',
	execute: executeMetrics,
});

async function executeMetrics(session: NodeItemContext) {
	const { node } = session.run;
	const output = session.getSetting<string>('output');
	if (output !== 'json' && output !== 'page') {
		session.fail("'Output' is not known", 'It is json or page.');
	}
	const field = session.getSetting<string>('binaryPropertyName');
	const period = readPeriod(session);
	const tags = [session.getSetting<string[] | string>('tags')].flat().filter((tag) => tag !== '');
	const { query, ...request } = await session.buildRequest();
	const filter = query?.filter as Record<string, string>;
	const until = session.getSetting<string>('to');
	const metrics = await computeMetrics(
		session,
		{
			...request,
			query: {
				filter: {
					...filter,
					'created-at-start': period.from.toUTC().toISO(),
					...(until && { 'created-at-end': until }),
				},
			},
		},
		period,
		tags,
	);
	const json = { ...metrics };
	if (output === 'json') return [{ json }];
	const fileName = `inquiry-metrics-${period.from.toISODate()}-${period.to.toISODate()}.html`;
	const page = renderHtmlReport(metrics, [...Object.values(filter), ...tags]);
	const answer = {
		statusCode: 200,
		headers: { 'content-type': 'text/html' },
		body: Buffer.from(page),
	};
	return [await createFileItem(node, { ...json, fileName }, answer, field)];
}
