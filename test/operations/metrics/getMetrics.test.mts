import { setTimeout as sleep } from 'node:timers/promises';
import { DateTime } from 'luxon';
import { setGlobalState, type IDataObject, type INodeParameters } from 'n8n-workflow';
import type { Metrics } from '../../../nodes/Persona/operations/metrics/computeMetrics.ts';
import { fixtures, startSandbox } from '../../../sandbox/sandbox.mts';
import { runNode } from '../../support/runNode.mts';
import {
	computeExpectedMetrics,
	generateInquiries,
	type InquiryFixture,
} from './expectedMetrics.mts';
import { measureHeap, startFakeInquiryList, type FakeInquiryList } from './fakeInquiryList.mts';

const API_KEY = 'persona_sandbox_metrics';

const ZONE = 'Europe/Berlin';

const setTimeZone = (timezone: string) => setGlobalState({ defaultTimezone: timezone });

/** An inquiry that was created at this time, with these attributes. */
const buildInquiry = (createdAt: string, attributes: IDataObject = {}): InquiryFixture => ({
	id: `inq_${createdAt}`,
	template: 'itmpl_1',
	attributes: { status: 'created', 'created-at': createdAt, tags: [], ...attributes },
});

describe('Get Metrics', () => {
	let list: FakeInquiryList;

	beforeAll(async () => {
		list = await startFakeInquiryList();
	});

	beforeEach(() => {
		setTimeZone(ZONE);
		list.serve([]);
	});

	afterAll(async () => {
		setTimeZone('America/New_York');
		await list.stop();
	});

	async function runGetMetrics(parameters: INodeParameters = {}, items: IDataObject[] = [{}]) {
		return await runNode({
			parameters: { resource: 'inquiry', operation: 'getMetrics', ...parameters },
			items,
			credentials: { baseUrl: list.baseUrl },
			onError: 'continueRegularOutput',
		});
	}

	async function getMetrics(parameters: INodeParameters = {}) {
		const { items } = await runGetMetrics(parameters);
		expect(items.map(({ json }) => json.error)).toEqual([undefined]);
		return items[0].json as unknown as Metrics;
	}

	const listCreated = ({ timeline }: Metrics) =>
		timeline.map((part) => `${part.start} ${part.created}`);

	it('equals an independent computation over 50,000 inquiries, without keeping them', async () => {
		const [from, to] = ['2025-03-01T00:00:00+01:00', '2025-04-10T00:00:00+02:00'];
		const all = generateInquiries(50_000, from, to);
		list.serve(all);
		const heapSizes: number[] = [];
		list.onPage = (page) => {
			if (page % 100 === 1) heapSizes.push(measureHeap());
		};
		const startedAt = performance.now();
		const found = await getMetrics({ from, to, groupBy: 'day' });
		const tookMs = performance.now() - startedAt;
		const grownMb = (Math.max(...heapSizes) - heapSizes[0]) / 1e6;
		console.log(
			`50,000 inquiries: ${Math.round(tookMs)} ms, ${grownMb.toFixed(1)} MB kept at most, ` +
				`${(grownMb * 20).toFixed(0)} bytes an inquiry`,
		);
		// Only their IDs are kept, so that none counts twice: about 100 bytes each.
		expect(grownMb).toBeLessThan(20);
		// Each range that is read in parallel may end with a page that is not full.
		expect(list.queries.length).toBeLessThan(530);
		expect(list.queries[0]['fields[inquiry]']).toBe(
			'status,created-at,started-at,completed-at,decisioned-at',
		);
		const expectClose = (expected: number | null) =>
			expected && {
				asymmetricMatch: (actual: number) => Math.abs(actual - expected) < expected / 100,
				toString: () => `less than 1 % from ${expected}`,
			};
		expect(found).toMatchObject(computeExpectedMetrics(all, found, ZONE, expectClose));
		expect(found.timeline.length).toBe(40);
	}, 120_000);

	it.each([
		['Europe/Berlin', '2025-03-29', '2025-04-01', [24, 23, 24], 'a day of 23 hours'],
		['Europe/Berlin', '2025-10-25', '2025-10-28', [24, 25, 24], 'a day of 25 hours'],
		['Africa/Cairo', '2024-04-25', '2024-04-28', [24, 23, 24], 'a day that begins at 1'],
		['America/Havana', '2024-11-02', '2024-11-05', [24, 25, 24], 'a day with two midnights'],
		['Asia/Kathmandu', '2025-01-01', '2025-01-03', [24, 24], 'an offset of 5:45'],
	])('counts days of their true length in %s from %s to %s: %p', async (zone, from, to, hours) => {
		setTimeZone(zone);
		const first = DateTime.fromISO(from, { zone: 'UTC' }).minus({ days: 1 });
		list.serve(
			Array.from({ length: 24 * 7 }, (_, hour) =>
				buildInquiry(first.plus({ hours: hour, minutes: 30 }).toISO() as string),
			),
		);
		const { timeline } = await getMetrics({ from, to });
		expect(timeline.map((part) => part.created)).toEqual(hours);
		expect(timeline[0].start).toBe(from);
	});

	it('counts an inquiry on its day in the time zone of the workflow', async () => {
		list.serve([
			buildInquiry('2025-06-30T21:59:59.999Z'),
			buildInquiry('2025-06-30T22:00:00.000Z'),
			buildInquiry('2025-06-30T23:30:00.000Z'),
		]);
		const period = { from: '2025-06-29', to: '2025-07-03' };
		expect(listCreated(await getMetrics(period))).toEqual([
			'2025-06-29 0',
			'2025-06-30 1',
			'2025-07-01 2',
			'2025-07-02 0',
		]);
		setTimeZone('UTC');
		expect(listCreated(await getMetrics(period))).toEqual([
			'2025-06-29 0',
			'2025-06-30 3',
			'2025-07-01 0',
			'2025-07-02 0',
		]);
	});

	it('divides a period into weeks that begin on Monday, and cuts the first and the last', async () => {
		list.serve([
			buildInquiry('2025-06-26T10:00:00Z'),
			buildInquiry('2025-06-29T21:59:00Z'),
			buildInquiry('2025-06-29T22:00:00Z'),
			buildInquiry('2025-07-14T10:00:00Z'),
		]);
		const found = await getMetrics({ from: '2025-06-26', to: '2025-07-15', groupBy: 'week' });
		expect(listCreated(found)).toEqual([
			'2025-06-23 2',
			'2025-06-30 1',
			'2025-07-07 0',
			'2025-07-14 1',
		]);
	});

	it('does not include the end of a period, so that no inquiry counts twice', async () => {
		list.serve([
			buildInquiry('2025-07-01T00:00:00.000Z'),
			buildInquiry('2025-06-30T23:59:59.999Z'),
		]);
		setTimeZone('UTC');
		const june = await getMetrics({ from: '2025-06-01', to: '2025-07-01', groupBy: 'week' });
		const july = await getMetrics({ from: '2025-07-01', to: '2025-08-01', groupBy: 'week' });
		expect([june.created, july.created]).toEqual([1, 1]);
		expect(list.queries.filter((query) => 'filter[created-at-end]' in query)).toMatchObject([
			{ 'filter[created-at-end]': '2025-07-01T00:00:00.000Z' },
			{ 'filter[created-at-end]': '2025-08-01T00:00:00.000Z' },
		]);
	});

	it('counts 30 days up to the end of the period, or up to now', async () => {
		const days = (await getMetrics()).timeline.map(({ start }) => start);
		const today = DateTime.now().setZone(ZONE).startOf('day');
		expect([days[0], days.at(-1), days.length]).toEqual([
			today.minus({ days: 29 }).toISODate(),
			today.toISODate(),
			30,
		]);
		expect(list.queries).toEqual([
			expect.not.objectContaining({ 'filter[created-at-end]': expect.anything() }),
		]);
		const june = (await getMetrics({ to: '2025-07-01' })).timeline.map(({ start }) => start);
		expect([june[0], june.at(-1)]).toEqual(['2025-06-01', '2025-06-30']);
	});

	it.each([
		// In Berlin it is Sunday already, and summer time has begun.
		['lastWeek', '2026-03-16T00:00:00.000+01:00', '2026-03-23T00:00:00.000+01:00'],
		['thisWeek', '2026-03-23T00:00:00.000+01:00', undefined],
		['lastMonth', '2026-02-01T00:00:00.000+01:00', '2026-03-01T00:00:00.000+01:00'],
		['thisMonth', '2026-03-01T00:00:00.000+01:00', undefined],
		['lastQuarter', '2025-10-01T00:00:00.000+02:00', '2026-01-01T00:00:00.000+01:00'],
		['thisQuarter', '2026-01-01T00:00:00.000+01:00', undefined],
		['lastYear', '2025-01-01T00:00:00.000+01:00', '2026-01-01T00:00:00.000+01:00'],
		['today', '2026-03-29T00:00:00.000+01:00', undefined],
		['yesterday', '2026-03-28T00:00:00.000+01:00', '2026-03-29T00:00:00.000+01:00'],
	])('counts the period %s by the calendar of the workflow', async (period, from, end) => {
		const offset = Date.parse('2026-03-28T23:30:00Z') - Date.now();
		const getNow = Date.now.bind(Date);
		jest.spyOn(Date, 'now').mockImplementation(() => getNow() + offset);
		const metrics = await getMetrics({ period, from: '2020-01-01', to: '2020-02-01' });
		expect(metrics).toMatchObject({ from, ...(end && { to: end }) });
		const sent = Object(list.queries[0]) as Record<string, string>;
		expect(Date.parse(sent['filter[created-at-start]'])).toBe(Date.parse(from));
		expect(sent['filter[created-at-end]']).toBe(end && new Date(end).toISOString());
		jest.restoreAllMocks();
	});

	it('refuses a period that is empty or unknown', async () => {
		for (const period of ['', 'lastDecade', '={{ $json.nothing }}']) {
			const { items } = await runGetMetrics({ period });
			expect(items[0].json.error).toContain("'Period'");
		}
		expect(list.queries).toEqual([]);
	});

	it('returns zeros and no rates without inquiries', async () => {
		const nothing = await getMetrics({ from: '2025-06-30', to: '2025-07-02' });
		const none = { count: 0, median: null, p90: null, p95: null };
		const zeros = {
			...{ created: 0, started: 0, completed: 0, approved: 0, declined: 0, needsReview: 0 },
			...{ undecided: 0, failed: 0, expired: 0, pending: 0, notStarted: 0, other: 0 },
			...{ completionRate: null, approvalRate: null, declineRate: null },
			seconds: {
				createdToCompleted: none,
				startedToCompleted: none,
				completedToDecided: none,
				createdToDecided: none,
			},
		};
		expect(nothing).toEqual({
			from: '2025-06-30T00:00:00.000+02:00',
			to: '2025-07-02T00:00:00.000+02:00',
			timeZone: ZONE,
			groupBy: 'day',
			...zeros,
			timeline: [
				{ start: '2025-06-30', ...zeros },
				{ start: '2025-07-01', ...zeros },
			],
			templates: [],
		});
		const moment = await getMetrics({ from: '2025-06-30', to: '2025-06-30', format: 'page' });
		expect(moment.timeline).toEqual([]);
	});

	it('counts a status that Persona may add, and measures times exactly', async () => {
		list.serve(
			[
				buildInquiry('2025-06-30T10:00:00Z', { status: 'paused' }),
				buildInquiry('2025-06-30T10:00:00Z', {
					status: 'approved',
					'started-at': '2025-06-30T10:00:30Z',
					'completed-at': '2025-06-30T10:02:00.500Z',
					'decisioned-at': '2025-06-30T11:00:00Z',
				}),
				// Approved before the person had finished.
				buildInquiry('2025-06-30T10:00:00Z', {
					status: 'approved',
					'completed-at': '2025-06-30T10:02:00Z',
					'decisioned-at': '2025-06-30T10:01:00Z',
				}),
				buildInquiry('2025-06-30T10:00:00Z', { status: 'declined' }),
			].map((one, index) => ({ ...one, id: `inq_${index}` })),
		);
		const found = await getMetrics({ from: '2025-06-30', to: '2025-07-01' });
		expect(found).toMatchObject({
			...{ created: 4, started: 1, completed: 3, approved: 2, declined: 1, other: 1 },
			...{ completionRate: 3 / 4, approvalRate: 2 / 3, declineRate: 1 / 3 },
			seconds: {
				createdToCompleted: { count: 2, median: 120, p90: 120.5, p95: 120.5 },
				startedToCompleted: { count: 1, median: 90.5, p90: 90.5, p95: 90.5 },
				completedToDecided: { count: 2, median: 0, p90: 3479.5, p95: 3479.5 },
				createdToDecided: { count: 2, median: 60, p90: 3600, p95: 3600 },
			},
		});
	});

	it('counts only inquiries with one of the tags', async () => {
		list.serve([
			buildInquiry('2025-06-30T10:00:00Z', { tags: ['vip', 'mobile'] }),
			buildInquiry('2025-06-30T11:00:00Z', { tags: ['web'] }),
			buildInquiry('2025-06-30T12:00:00Z', { tags: ['VIP'] }),
			buildInquiry('2025-06-30T13:00:00Z', { tags: ['other'] }),
		]);
		const period = { from: '2025-06-30', to: '2025-07-01' };
		expect((await getMetrics({ ...period, options: { tags: 'vip, web' } })).created).toBe(2);
		expect(list.queries[0]['fields[inquiry]']).toMatch(/,tags$/);
	});

	it('filters inquiries by templates and accounts', async () => {
		await getMetrics({ filters: { inquiryTemplateId: 'itmpl_1, itmpl_2', accountId: ['act_1'] } });
		expect(list.queries).toMatchObject([
			{ 'filter[inquiry-template-id]': 'itmpl_1,itmpl_2', 'filter[account-id]': 'act_1' },
		]);
	});

	it('names templates, and lists legacy ones by ID', async () => {
		const day = '2025-06-30T10:00:00Z';
		const buildWithTemplate = (template: string | null, id: string) => ({
			...buildInquiry(day),
			id,
			template,
		});
		list.serve([
			buildWithTemplate('itmpl_1', 'a'),
			buildWithTemplate('itmpl_2', 'b'),
			buildWithTemplate('itmpl_2', 'c'),
			buildWithTemplate('tmpl_9', 'd'),
		]);
		list.templateNames = { itmpl_2: 'Business' };
		const { templates } = await getMetrics({ from: '2025-06-30', to: '2025-07-01' });
		expect(templates.map((one) => [one.templateId, one.templateName, one.created])).toEqual([
			['itmpl_2', 'Business', 2],
			['itmpl_1', null, 1],
			['tmpl_9', null, 1],
		]);
	});

	it('requests all attributes where Persona leaves the template out otherwise', async () => {
		list.serve(generateInquiries(250, '2025-06-01T00:00:00Z', '2025-06-30T00:00:00Z'), false);
		const { templates } = await getMetrics({ from: '2025-06-01', to: '2025-07-01' });
		expect(templates.every(({ templateId }) => templateId !== null)).toBe(true);
		const sparse = list.queries.filter((query) => 'fields[inquiry]' in query);
		expect([sparse.length, list.queries.length]).toEqual([1, 4]);
	});

	it('works with a sandbox key, which may not read templates', async () => {
		const sandbox = await startSandbox({ apiKeys: [{ value: API_KEY }] });
		const credentials = { apiKey: API_KEY, baseUrl: sandbox.apiUrl };
		const runOperation = (parameters: INodeParameters, items = 1) =>
			runNode({
				parameters: { resource: 'inquiry', ...parameters },
				items: Array.from({ length: items }, () => ({})),
				credentials,
				executionId: JSON.stringify(parameters),
			});
		const inquiryTemplateId = { __rl: true, mode: 'id', value: fixtures.inquiryTemplate };
		const { items } = await runOperation({ operation: 'create', inquiryTemplateId }, 3);
		const [one, other] = items.map(({ json }) => ({ __rl: true, mode: 'id', value: json.id }));
		const approved = ['start_inquiry', 'complete_inquiry', 'approve_inquiry'];
		for (const [inquiryId, actions] of [
			[one, approved],
			[other, ['start_inquiry']],
		] as const) {
			const { error } = await runOperation({
				operation: 'simulate',
				inquiryId: inquiryId as INodeParameters,
				simulateActionsType: actions as string[],
			});
			expect(error).toBeUndefined();
		}
		const { items: found } = await runOperation({ operation: 'getMetrics' });
		await sandbox.close();
		expect(found[0].json).toMatchObject({
			...{ created: 3, started: 2, completed: 1, approved: 1, pending: 1, notStarted: 1 },
			...{ completionRate: 1 / 3, approvalRate: 1, declineRate: 0 },
			templates: [{ templateId: fixtures.inquiryTemplate, templateName: null, created: 3 }],
		});
	});

	it.each([
		[{ from: '2025-07-01', to: '2025-06-30' }, "'From' is later than 'To'"],
		[{ from: '2020-01-01', to: '2025-01-01' }, "'From' and 'To' are more than 1000 days apart"],
		[{ from: 'yesterday' }, "'From' is not a date"],
		[{ to: '={{ [1] }}' }, "'To' is not a date"],
		[{ groupBy: '={{ "month" }}' }, "'Group By' has an unknown value"],
		[{ format: '={{ "pdf" }}' }, "'Format' has an unknown value"],
		[{ options: { tags: '={{ {a: 1} }}' } }, "'Tags' must be a list of texts"],
		[{ options: { tags: '={{ [] }}' } }, "'Tags' is empty"],
		[{ from: '={{ $json.missing }}' }, "'From' is empty"],
		[{ filters: { accountId: '={{ $json.missing }}' } }, "'Account IDs' is empty"],
	])('sends no request for %p', async (parameters, message) => {
		const { items } = await runGetMetrics(parameters as INodeParameters);
		expect([items[0].json.error, list.queries]).toEqual([message, []]);
	});

	it('fails only the item with an invalid period', async () => {
		const { items } = await runGetMetrics({ from: '={{ $json.from }}', to: '2025-07-01' }, [
			{ from: '2025-06-01' },
			{ from: '2025-08-01' },
			{ from: '2025-06-30' },
		]);
		expect(items.map(({ json }) => json.error ?? (json as unknown as Metrics).from)).toEqual([
			'2025-06-01T00:00:00.000+02:00',
			"'From' is later than 'To'",
			'2025-06-30T00:00:00.000+02:00',
		]);
	});

	it('needs few extra requests where all inquiries are at one end of a long period', async () => {
		const burst = generateInquiries(3_000, '2025-06-30T21:00:00Z', '2025-06-30T21:50:00Z');
		list.serve([
			...burst,
			buildInquiry('2023-01-01T00:00:00Z'),
			buildInquiry('2024-05-05T05:05:05Z'),
		]);
		const found = await getMetrics({ from: '2023-01-01', to: '2025-07-01', groupBy: 'week' });
		expect(found.created).toBe(3_002);
		expect(list.queries.length).toBeLessThan(31 + 60);
	});

	it('counts inquiries once each that were created at the same moment, however many', async () => {
		const moments = ['2025-06-10T10:00:00.000Z', '2025-06-20T10:00:00.000Z'];
		const all = moments.flatMap((at) => Array.from({ length: 450 }, () => buildInquiry(at)));
		list.serve(all.map((one, index) => ({ ...one, id: `inq_${index}` })));
		const { timeline } = await getMetrics({ from: '2025-06-10', to: '2025-07-01' });
		expect(timeline.filter((part) => part.created > 0)).toMatchObject([
			{ start: '2025-06-10', created: 450 },
			{ start: '2025-06-20', created: 450 },
		]);
	});

	it('sends no further requests once a page cannot be read', async () => {
		list.serve(generateInquiries(4_000, '2025-06-01T00:00:00Z', '2025-06-30T00:00:00Z'));
		const badRequest = { status: 400, body: { errors: [{ title: 'Bad request' }] } };
		list.onPage = (page) => (page === 7 ? badRequest : undefined);
		const { items } = await runGetMetrics({ from: '2025-06-01', to: '2025-07-01' });
		expect(items[0].json.error).toBe('Persona could not read the request');
		await sleep(300);
		// Three other pages may have been requested already.
		expect(list.queries.length).toBeLessThanOrEqual(7 + 3);
	});

	describe('as an HTML page', () => {
		const period = { from: '2025-06-01', to: '2025-07-01' };

		async function renderPage(parameters: INodeParameters = {}) {
			const { items } = await runGetMetrics({ ...period, format: 'page', ...parameters });
			const [{ json, binary }] = items;
			expect(json.error).toBeUndefined();
			const [[field, file]] = Object.entries(binary ?? {});
			return { json, field, file, text: Buffer.from(file.data, 'base64').toString() };
		}

		it('returns a file with the same numbers', async () => {
			list.serve(generateInquiries(50, '2025-06-01T00:00:00Z', '2025-06-30T00:00:00Z'));
			const { json, field, file } = await renderPage({ binaryPropertyName: 'report' });
			expect(field).toBe('report');
			expect(file).toMatchObject({
				fileName: 'inquiry-metrics-2025-06-01-2025-07-01.html',
				mimeType: 'text/html',
			});
			const { fileName, mimeType, ...numbers } = json;
			expect([fileName, mimeType]).toEqual([file.fileName, file.mimeType]);
			expect(numbers).toEqual(await getMetrics(period));
		});

		it('contains no scripts and loads nothing', async () => {
			list.serve(generateInquiries(50, '2025-06-01T00:00:00Z', '2025-06-30T00:00:00Z'));
			const { text } = await renderPage();
			expect(text).toMatch(/^<!doctype html>/);
			expect(text).not.toMatch(/<script|<link|<img|<iframe|javascript:|\son\w+=|@import|url\(/i);
			expect(text).not.toMatch(/https?:|\bsrc=|\bhref=/i);
			expect(text).not.toMatch(/NaN|undefined|Infinity|\[object/);
			expect(text).toContain('1 June 2025 to 30 June 2025');
			expect(text).toContain('Time zone Europe/Berlin');
		});

		it('escapes all text', async () => {
			list.serve([{ ...buildInquiry('2025-06-30T10:00:00Z'), template: 'itmpl_1' }]);
			list.templateNames = { itmpl_1: '<script>alert("1")</script> & \'KYC\'' };
			const { text } = await renderPage({ options: { tags: ['<b>vip</b>'] } });
			expect(text).toContain('&lt;b&gt;vip&lt;/b&gt;');
			const { text: named } = await renderPage();
			expect(named).toContain(
				'&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;KYC&#39;',
			);
			expect(`${text}${named}`).not.toMatch(/<script|<b>/);
		});

		it('shows a bar for every day, in proportion to its inquiries', async () => {
			list.serve([
				buildInquiry('2025-06-10T10:00:00Z', { status: 'approved' }),
				buildInquiry('2025-06-10T11:00:00Z', { status: 'declined' }),
				buildInquiry('2025-06-11T10:00:00Z', { status: 'failed' }),
			]);
			const { text } = await renderPage();
			expect(text.match(/<title>2025-06-\d\d: /g)?.length).toBe(30);
			expect(text).toContain('2025-06-10: 2 created, Approved 1, Declined 1');
			const heights = Array.from(text.matchAll(/<rect[^>]*height="([\d.]+)"/g), ([, height]) =>
				Number(height),
			);
			expect(heights).toEqual([heights[0], heights[0], heights[0]]);
		});
	});
});
