import type { INodeParameters } from 'n8n-workflow';
import { CALENDAR_PERIODS } from '../../../nodes/Persona/utils/calendarPeriod.ts';
import { table } from '../../../nodes/Persona/resources/index.ts';
import {
	startRequestRecorder,
	type RequestRecorder,
} from '../../../tools/services/requestRecorder.mts';
import { runNode } from '../../support/runNode.mts';

const SAO_PAULO = 'America/Sao_Paulo';

/** The bounds of a period at a moment in a zone: its start and, if it is over, the start of the next. */
type PeriodCase = [
	zone: string,
	now: string,
	period: string,
	from: string,
	end: string | undefined,
];

const cases: PeriodCase[] = [
	// In Tokyo it is New Year already, in Los Angeles not yet.
	[
		'Asia/Tokyo',
		'2025-12-31T15:00:00Z',
		'lastYear',
		'2024-12-31T15:00:00.000Z',
		'2025-12-31T15:00:00.000Z',
	],
	[
		'America/Los_Angeles',
		'2025-12-31T15:00:00Z',
		'lastYear',
		'2024-01-01T08:00:00.000Z',
		'2025-01-01T08:00:00.000Z',
	],
	['Asia/Tokyo', '2025-12-31T15:00:00Z', 'thisYear', '2025-12-31T15:00:00.000Z', undefined],
	[
		'UTC',
		'2026-01-01T00:00:00Z',
		'lastQuarter',
		'2025-10-01T00:00:00.000Z',
		'2026-01-01T00:00:00.000Z',
	],
	[
		'UTC',
		'2026-01-01T00:00:00Z',
		'lastMonth',
		'2025-12-01T00:00:00.000Z',
		'2026-01-01T00:00:00.000Z',
	],
	// The week of New Year's Day begins in the year before.
	['UTC', '2026-01-01T00:00:00Z', 'thisWeek', '2025-12-29T00:00:00.000Z', undefined],
	// The day on which summer time begins has 23 hours, the one on which it ends 25.
	[
		'Europe/Berlin',
		'2026-03-30T09:00:00Z',
		'yesterday',
		'2026-03-28T23:00:00.000Z',
		'2026-03-29T22:00:00.000Z',
	],
	[
		'Europe/Berlin',
		'2026-10-26T09:00:00Z',
		'yesterday',
		'2026-10-24T22:00:00.000Z',
		'2026-10-25T23:00:00.000Z',
	],
	[
		'Europe/Berlin',
		'2026-03-29T22:00:00Z',
		'lastWeek',
		'2026-03-22T23:00:00.000Z',
		'2026-03-29T22:00:00.000Z',
	],
	// Here the clocks went forward at midnight, so that the day began at 1 o'clock.
	[
		SAO_PAULO,
		'2018-11-05T12:00:00Z',
		'yesterday',
		'2018-11-04T03:00:00.000Z',
		'2018-11-05T02:00:00.000Z',
	],
	[
		SAO_PAULO,
		'2018-11-04T12:00:00Z',
		'yesterday',
		'2018-11-03T03:00:00.000Z',
		'2018-11-04T03:00:00.000Z',
	],
	[SAO_PAULO, '2018-11-04T12:00:00Z', 'today', '2018-11-04T03:00:00.000Z', undefined],
];

describe('a period of the calendar', () => {
	let recorder: RequestRecorder;

	beforeAll(async () => {
		recorder = await startRequestRecorder(() => ({ body: { data: [], links: {} } }));
	});
	beforeEach(() => void (recorder.requests.length = 0));
	afterEach(() => jest.restoreAllMocks());
	afterAll(async () => await recorder.stop());

	/** Runs an operation in a zone at a moment. Returns its error and its requests. */
	async function runAt(parameters: INodeParameters, timezone = 'UTC', now?: string) {
		if (now) {
			const offset = Date.parse(now) - Date.now();
			const getNow = Date.now.bind(Date);
			// A time before the moment would be in the period before.
			jest
				.spyOn(Date, 'now')
				.mockImplementation(() => Math.max(Date.parse(now), getNow() + offset));
		}
		const { error } = await runNode({
			parameters: { returnAll: false, ...parameters },
			credentials: { baseUrl: recorder.baseUrl },
			timezone,
		});
		return {
			message: error?.message,
			description: error?.description,
			requests: recorder.requests,
		};
	}

	const listWith = (filters: INodeParameters): INodeParameters => ({
		...{ resource: 'inquiry', operation: 'getAll' },
		filters,
	});

	it.each(cases)('in %s at %s, %s lists from %s up to %s', async (zone, now, period, from, end) => {
		const { message, requests } = await runAt(listWith({ createdAt: period }), zone, now);
		expect(message).toBe(undefined);
		// Persona's filter includes its end, and the next period must not be in it.
		const last = end && new Date(Date.parse(end) - 1).toISOString();
		const { query } = requests[0];
		expect([query['filter[created-at-start]'], query['filter[created-at-end]']]).toEqual([
			from,
			last,
		]);
		expect(query).not.toHaveProperty('filter[created-at]');
	});

	it.each(cases)(
		'in %s at %s, %s searches from %s up to %s',
		async (zone, now, period, from, end) => {
			const condition = [{ attribute: 'created_at', operator: 'during', period }];
			const search = { resource: 'inquiry', operation: 'search', conditions: { condition } };
			const { message, requests } = await runAt(search, zone, now);
			expect(message).toBe(undefined);
			const since = { attribute: 'created_at', operator: 'gte', value: from };
			const until = { attribute: 'created_at', operator: 'lt', value: end };
			expect(requests[0].body).toMatchObject({
				query: { and: [{ and: end ? [since, until] : [since] }] },
			});
		},
	);

	it.each(['createdAtStart', 'createdAtEnd'])(
		'excludes %s, which it would replace',
		async (other) => {
			const filters = { createdAt: 'lastWeek', [other]: '2025-06-30' };
			const { message, description, requests } = await runAt(listWith(filters));
			expect(message).toMatch(/^'Created During' and 'Created (After|Before)' exclude each other$/);
			expect([description, requests]).toEqual(['Remove one of them.', []]);
		},
	);

	it.each(['', 'lastDecade', '={{ $json.nothing }}'])(
		'never widens a list if it is %p',
		async (period) => {
			const { message, requests } = await runAt(listWith({ createdAt: period }));
			expect(message).toMatch(/^'Created During' (is empty|has an unknown value)$/);
			expect(requests).toEqual([]);
		},
	);

	it.each(['', 'lastDecade', '={{ $json.nothing }}'])(
		'never widens a search if it is %p',
		async (period) => {
			const condition = [{ attribute: 'created_at', operator: 'during', period }];
			const search = { resource: 'case', operation: 'search', conditions: { condition } };
			const { message, requests } = await runAt(search);
			expect([message, requests]).toEqual(["'Period' of condition 1 has an unknown value", []]);
		},
	);

	it('is only for times', async () => {
		const condition = [
			{ attribute: 'status', operator: 'during', period: 'lastWeek', value: 'open' },
		];
		const search = { resource: 'case', operation: 'search', conditions: { condition } };
		const { message, requests } = await runAt(search);
		expect([message, requests]).toEqual(["'Operator' of condition 1 has an unknown value", []]);
	});

	const rows = table.resources.flatMap(({ value, operations }) =>
		Object.entries(operations).map(([name, row]) => [`${value}.${name}`, row] as const),
	);

	it.each(
		rows.filter(([, { filter = {} }]) => Object.keys(filter).some((one) => one.endsWith('-start'))),
	)('stands beside the start and the end of %s', (_, { filter = {} }) => {
		const names = Object.keys(filter).filter((one) => one.endsWith('-start'));
		for (const name of names.map((one) => one.replace(/-start$/, ''))) {
			expect(filter[name].encoding).toBe('period');
			const given = [`${name}-start`, `${name}-end`, name].map((one) =>
				Object.keys(filter).indexOf(one),
			);
			// It reads what was given before it.
			expect(Math.max(...given)).toBe(given[2]);
		}
	});

	it.each(rows.filter(([, { search }]) => search))(
		'can be chosen for every time of %s',
		(_, row) => {
			const { attributes = {} } = row.search ?? {};
			const form = JSON.stringify(row.nodeFields?.conditions.options);
			const times = Object.keys(attributes).filter((name) => name.endsWith('_at'));
			expect(times).not.toEqual([]);
			expect(form).toContain(JSON.stringify({ attribute: times, operator: ['during'] }));
			for (const [value, name] of Object.entries(CALENDAR_PERIODS)) {
				expect(form).toContain(JSON.stringify({ name, value }));
			}
		},
	);
});
