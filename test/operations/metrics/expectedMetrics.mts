import type { IDataObject } from 'n8n-workflow';
import type { Metrics } from '../../../nodes/Persona/operations/metrics/computeMetrics.ts';

/** An inquiry for a test. */
export interface InquiryFixture {
	id: string;
	template: string | null;
	attributes: IDataObject;
}

/** Creates a generator of numbers from 0 to 1 that are the same in every run. */
function createRandom(seed: number) {
	let state = seed;
	return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

/** Statuses up to their cumulative probability, and whether they are completed and decided. */
const STATUSES: Array<
	[probability: number, status: string, isCompleted?: boolean, isDecided?: boolean]
> = [
	[0.05, 'created'],
	[0.1, 'pending'],
	[0.2, 'expired'],
	[0.25, 'failed'],
	[0.35, 'completed', true],
	[0.4, 'needs_review', true],
	[0.9, 'approved', true, true],
	[0.97, 'declined', true, true],
	[1, 'declined', false, true],
];

/** Generates inquiries of all statuses, created at random times of a period. */
export function generateInquiries(count: number, from: string, to: string): InquiryFixture[] {
	const getRandom = createRandom(20_251_208);
	const [first, last] = [Date.parse(from), Date.parse(to)];
	const formatTime = (time: number) => new Date(time).toISOString();
	return Array.from({ length: count }, (_, index) => {
		const created = Math.floor(first + getRandom() * (last - first));
		const started = created + Math.floor(1000 * 10 ** (getRandom() * 4));
		const completed = started + Math.floor(1000 * 10 ** (1 + getRandom() * 2.5));
		const decided = completed + Math.floor(1000 * 10 ** (getRandom() * 5));
		const statusRandom = getRandom();
		const buildAttributes = (status: string, isCompleted = false, isDecided = false) => ({
			status,
			'created-at': formatTime(created),
			'started-at': status === 'created' ? null : formatTime(started),
			'completed-at': isCompleted ? formatTime(completed) : null,
			'decisioned-at': isDecided ? formatTime(decided) : null,
		});
		const [, ...state] =
			STATUSES.find(([probability]) => statusRandom < probability) ?? STATUSES[0];
		const template = ['itmpl_person', 'itmpl_business', 'tmpl_old'][
			Math.floor(getRandom() ** 2 * 3)
		];
		return { id: `inq_${index}`, template, attributes: buildAttributes(...state) };
	});
}

/** The smallest value, in seconds, that this share of the durations does not exceed. */
export function computePercentile(milliseconds: number[], percent: number): number | null {
	const sorted = Float64Array.from(milliseconds).sort();
	const found = sorted.find((_, index) => (index + 1) * 100 >= percent * sorted.length);
	return found === undefined ? null : found / 1000;
}

/** Turns an expected duration in seconds into a matcher. */
type ToMatcher = (seconds: number | null) => unknown;

function computeValues(inquiries: InquiryFixture[], toMatcher: ToMatcher) {
	const all = inquiries.map(({ attributes }) => attributes);
	const countStatuses = (...statuses: string[]) =>
		all.filter(({ status }) => statuses.includes(String(status))).length;
	const measureSpan = (from: string, to: string) => {
		const times = all
			.filter((one) => one[from] !== null && one[to] !== null)
			.map((one) => Date.parse(String(one[to])) - Date.parse(String(one[from])));
		const [median, p90, p95] = [50, 90, 95].map((percent) =>
			toMatcher(computePercentile(times, percent)),
		);
		return { count: times.length, median, p90, p95 };
	};
	const completed = all.filter(
		(one) =>
			one['completed-at'] !== null ||
			['completed', 'approved', 'declined'].includes(String(one.status)),
	).length;
	const [approved, declined] = [countStatuses('approved'), countStatuses('declined')];
	return {
		created: all.length,
		started: all.filter((one) => one['started-at'] !== null).length,
		completed,
		approved,
		declined,
		needsReview: countStatuses('needs_review'),
		undecided: countStatuses('completed'),
		failed: countStatuses('failed'),
		expired: countStatuses('expired'),
		pending: countStatuses('pending'),
		notStarted: countStatuses('created'),
		other: 0,
		completionRate: all.length > 0 ? completed / all.length : null,
		approvalRate: approved + declined > 0 ? approved / (approved + declined) : null,
		declineRate: approved + declined > 0 ? declined / (approved + declined) : null,
		seconds: {
			createdToCompleted: measureSpan('created-at', 'completed-at'),
			startedToCompleted: measureSpan('started-at', 'completed-at'),
			completedToDecided: measureSpan('completed-at', 'decisioned-at'),
			createdToDecided: measureSpan('created-at', 'decisioned-at'),
		},
	};
}

function groupBy(inquiries: InquiryFixture[], by: (inquiry: InquiryFixture) => string | null) {
	const groups = new Map<string | null, InquiryFixture[]>();
	for (const one of inquiries) {
		const name = by(one);
		const group = groups.get(name);
		if (group) group.push(one);
		else groups.set(name, [one]);
	}
	return groups;
}

/** Computes the metrics by day from all inquiries at once, independently of the node. */
export function computeExpectedMetrics(
	inquiries: InquiryFixture[],
	{ timeline, templates }: Metrics,
	zone: string,
	toMatcher: ToMatcher,
) {
	// Swedish dates are ISO 8601. In the time zones of the tests, an hour is within one day.
	const { format } = new Intl.DateTimeFormat('sv-SE', { timeZone: zone });
	const hours = new Map<string, string>();
	const days = groupBy(inquiries, ({ attributes }) => {
		const hour = String(attributes['created-at']).slice(0, 13);
		const date = hours.get(hour) ?? format(Date.parse(`${hour}:00Z`));
		hours.set(hour, date);
		return date;
	});
	const byTemplate = groupBy(inquiries, ({ template }) => template);
	const dates = timeline.map(({ start }) => start);
	const ids = templates.map(({ templateId }) => templateId);
	return {
		...computeValues(inquiries, toMatcher),
		timeline: [...new Set([...dates, ...(days.keys() as IterableIterator<string>)])]
			.sort()
			.map((start) => ({ start, ...computeValues(days.get(start) ?? [], toMatcher) })),
		templates: [...new Set([...ids, ...byTemplate.keys()])].map((templateId) => ({
			templateId,
			...computeValues(byTemplate.get(templateId) ?? [], toMatcher),
		})),
	};
}
