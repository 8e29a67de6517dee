import type { IDataObject } from 'n8n-workflow';
import type { Metrics } from '../../../nodes/Persona/operations/metrics/computeMetrics.ts';

/** An inquiry in few words. */
export interface Inquiry {
	id: string;
	template: string | null;
	attributes: IDataObject;
}

/** Numbers from 0 to 1 that are the same in every run. */
function chance(seed: number) {
	let state = seed;
	return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

/** Up to which chance an inquiry has which status, and whether it was completed and decided. */
const fates: Array<[number, string, boolean?, boolean?]> = [
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

/** Inquiries of every sort, created at any time from one moment up to another. */
export function madeUp(count: number, from: string, to: string): Inquiry[] {
	const random = chance(20_251_208);
	const [first, last] = [Date.parse(from), Date.parse(to)];
	const iso = (time: number) => new Date(time).toISOString();
	return Array.from({ length: count }, (_, index) => {
		const created = Math.floor(first + random() * (last - first));
		const started = created + Math.floor(1000 * 10 ** (random() * 4));
		const completed = started + Math.floor(1000 * 10 ** (1 + random() * 2.5));
		const decided = completed + Math.floor(1000 * 10 ** (random() * 5));
		const fate = random();
		const is = (status: string, hasEnded = false, isDecided = false) => ({
			status,
			'created-at': iso(created),
			'started-at': status === 'created' ? null : iso(started),
			'completed-at': hasEnded ? iso(completed) : null,
			'decisioned-at': isDecided ? iso(decided) : null,
		});
		const [, ...state] = fates.find(([until]) => fate < until) ?? fates[0];
		const template = ['itmpl_person', 'itmpl_business', 'tmpl_old'][Math.floor(random() ** 2 * 3)];
		return { id: `inq_${index}`, template, attributes: is(...state) };
	});
}

/** The least value in seconds that so many percent of these milliseconds do not exceed. */
export function percentile(milliseconds: number[], percent: number): number | null {
	const sorted = Float64Array.from(milliseconds).sort();
	const found = sorted.find((_, index) => (index + 1) * 100 >= percent * sorted.length);
	return found === undefined ? null : found / 1000;
}

type Close = (seconds: number | null) => unknown;

function numbersOf(inquiries: Inquiry[], close: Close) {
	const all = inquiries.map(({ attributes }) => attributes);
	const having = (...statuses: string[]) =>
		all.filter(({ status }) => statuses.includes(String(status))).length;
	const span = (from: string, to: string) => {
		const times = all
			.filter((one) => one[from] !== null && one[to] !== null)
			.map((one) => Date.parse(String(one[to])) - Date.parse(String(one[from])));
		const [median, p90, p95] = [50, 90, 95].map((each) => close(percentile(times, each)));
		return { count: times.length, median, p90, p95 };
	};
	const completed = all.filter(
		(one) =>
			one['completed-at'] !== null ||
			['completed', 'approved', 'declined'].includes(String(one.status)),
	).length;
	const [approved, declined] = [having('approved'), having('declined')];
	return {
		created: all.length,
		started: all.filter((one) => one['started-at'] !== null).length,
		completed,
		approved,
		declined,
		inReview: having('needs_review'),
		undecided: having('completed'),
		failed: having('failed'),
		expired: having('expired'),
		pending: having('pending'),
		notStarted: having('created'),
		other: 0,
		completionRate: all.length > 0 ? completed / all.length : null,
		approvalRate: approved + declined > 0 ? approved / (approved + declined) : null,
		declineRate: approved + declined > 0 ? declined / (approved + declined) : null,
		seconds: {
			createdToCompleted: span('created-at', 'completed-at'),
			startedToCompleted: span('started-at', 'completed-at'),
			completedToDecided: span('completed-at', 'decisioned-at'),
			createdToDecided: span('created-at', 'decisioned-at'),
		},
	};
}

function grouped(inquiries: Inquiry[], by: (inquiry: Inquiry) => string | null) {
	const groups = new Map<string | null, Inquiry[]>();
	for (const one of inquiries) {
		const name = by(one);
		const group = groups.get(name);
		if (group) group.push(one);
		else groups.set(name, [one]);
	}
	return groups;
}

/** What the metrics of these inquiries by day have to be, computed with all of them at hand. */
export function metricsOfAll(
	inquiries: Inquiry[],
	{ timeline, templates }: Metrics,
	zone: string,
	close: Close,
) {
	// The dates of Sweden are those of ISO 8601. An hour lies within one day in the zones of tests.
	const { format } = new Intl.DateTimeFormat('sv-SE', { timeZone: zone });
	const hours = new Map<string, string>();
	const days = grouped(inquiries, ({ attributes }) => {
		const hour = String(attributes['created-at']).slice(0, 13);
		const date = hours.get(hour) ?? format(Date.parse(`${hour}:00Z`));
		hours.set(hour, date);
		return date;
	});
	const byTemplate = grouped(inquiries, ({ template }) => template);
	const dates = timeline.map(({ start }) => start);
	const ids = templates.map(({ templateId }) => templateId);
	return {
		...numbersOf(inquiries, close),
		timeline: [...new Set([...dates, ...(days.keys() as IterableIterator<string>)])]
			.sort()
			.map((start) => ({ start, ...numbersOf(days.get(start) ?? [], close) })),
		templates: [...new Set([...ids, ...byTemplate.keys()])].map((templateId) => ({
			templateId,
			...numbersOf(byTemplate.get(templateId) ?? [], close),
		})),
	};
}
