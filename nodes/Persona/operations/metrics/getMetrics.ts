import { choice, moment, words } from '../../engine/fields';
import type { Fields, Operation } from '../../engine/types';
import type { Session } from '../../engine/itemContext';
import { fileItem } from '../../transport/files';
import { metricsOf } from './metrics';
import { pageOf } from './htmlReport';
import { periodOf } from './period';

/** The operation that counts inquiries; `filter` narrows down which, as it does in a list. */
export const getMetrics = (filter: Fields): Operation => ({
	name: 'Get Metrics',
	action: 'Get metrics of inquiries',
	description:
		'Count the inquiries created in a period: completion, approval and decline rates and how long people take, overall, by template and by day or week',
	route: 'GET /inquiries',
	filter,
	own: {
		from: moment('From', 'When the period begins (30 days up to its end when empty)', {
			shown: true,
		}),
		to: moment('To', 'When the period ends, itself not included (now when empty)', {
			shown: true,
		}),
		groupBy: choice(
			'Group By',
			"What to cut the period into, in the workflow's time zone; weeks begin on Monday",
			{ day: 'Day', week: 'Week' },
			{ shown: true },
		),
		output: choice(
			'Output',
			'Whether to put out the numbers alone or a page with charts as well, to send or to print',
			{ json: 'JSON', page: 'JSON and HTML Page' },
			{ shown: true },
		),
		tags: words(
			'Tags',
			'Count only inquiries that have one of these tags, separated by commas',
			'vip, mobile',
		),
	},
	plain: true,
	returns: 'files',
	execute: count,
});

async function count(session: Session) {
	const { node } = session.run;
	const output = session.setting<string>('output');
	if (output !== 'json' && output !== 'page') {
		session.refuse("'Output' is not known", 'It is json or page.');
	}
	const field = session.setting<string>('binaryPropertyName');
	const period = periodOf(session);
	const tags = [session.setting<string[] | string>('tags')].flat().filter((tag) => tag !== '');
	const { query, ...request } = await session.request();
	const filter = query?.filter as Record<string, string>;
	const until = session.setting<string>('to');
	const metrics = await metricsOf(
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
	const page = pageOf(metrics, [...Object.values(filter), ...tags]);
	const answer = {
		statusCode: 200,
		headers: { 'content-type': 'text/html' },
		body: Buffer.from(page),
	};
	return [await fileItem(node, { ...json, fileName }, answer, field)];
}
