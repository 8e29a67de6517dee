import { setTimeout as sleep } from 'node:timers/promises';
import { DateTime } from 'luxon';
import { setGlobalState, type IDataObject, type INodeParameters } from 'n8n-workflow';
import { DurationDistribution } from '../../../nodes/Persona/operations/metrics/percentiles.ts';
import type { Metrics } from '../../../nodes/Persona/operations/metrics/computeMetrics.ts';
import { fixtures, startSandbox } from '../../../sandbox/sandbox.mts';
import { runNode } from '../../support/runNode.mts';
import { madeUp, metricsOfAll, percentile, type Inquiry } from './expected.mts';
import { collectGarbage, startLists, type Lists } from './lists.mts';

const KEY = 'persona_sandbox_metrics';

const ZONE = 'Europe/Berlin';

const zoned = (timezone: string) => setGlobalState({ defaultTimezone: timezone });

/** An inquiry that was created then and is what the attributes say. */
const inquiry = (createdAt: string, attributes: IDataObject = {}): Inquiry => ({
	id: `inq_${createdAt}`,
	template: 'itmpl_1',
	attributes: { status: 'created', 'created-at': createdAt, tags: [], ...attributes },
});

describe('Get Metrics', () => {
	let lists: Lists;

	beforeAll(async () => {
		lists = await startLists();
	});

	beforeEach(() => {
		zoned(ZONE);
		lists.serve([]);
	});

	afterAll(async () => {
		zoned('America/New_York');
		await lists.stop();
	});

	async function run(parameters: INodeParameters = {}, items: IDataObject[] = [{}]) {
		return await runNode({
			parameters: { resource: 'inquiry', operation: 'getMetrics', ...parameters },
			items,
			credentials: { baseUrl: lists.baseUrl },
			onError: 'continueRegularOutput',
		});
	}

	async function metrics(parameters: INodeParameters = {}) {
		const { items } = await run(parameters);
		expect(items.map(({ json }) => json.error)).toEqual([undefined]);
		return items[0].json as unknown as Metrics;
	}

	const created = ({ timeline }: Metrics) =>
		timeline.map((part) => `${part.start} ${part.created}`);

	it('equals an independent computation over 50,000 inquiries, without keeping them', async () => {
		const [from, to] = ['2025-03-01T00:00:00+01:00', '2025-04-10T00:00:00+02:00'];
		const all = madeUp(50_000, from, to);
		lists.serve(all);
		const heap: number[] = [];
		lists.onPage = (page) => {
			if (page % 100 === 1) heap.push(collectGarbage());
		};
		const startedAt = performance.now();
		const found = await metrics({ from, to, groupBy: 'day' });
		const took = performance.now() - startedAt;
		const grown = (Math.max(...heap) - heap[0]) / 1e6;
		console.log(
			`50,000 inquiries: ${Math.round(took)} ms, ${grown.toFixed(1)} MB kept at most, ` +
				`${(grown * 20).toFixed(0)} bytes an inquiry`,
		);
		// Their IDs, by which no inquiry counts twice, take some 100 bytes each.
		expect(grown).toBeLessThan(20);
		// Each part that is read side by side may end with a page that is not full.
		expect(lists.asked.length).toBeLessThan(530);
		expect(lists.asked[0]['fields[inquiry]']).toBe(
			'status,created-at,started-at,completed-at,decisioned-at',
		);
		const close = (should: number | null) =>
			should && {
				asymmetricMatch: (is: number) => Math.abs(is - should) < should / 100,
				toString: () => `less than 1 % from ${should}`,
			};
		expect(found).toMatchObject(metricsOfAll(all, found, ZONE, close));
		expect(found.timeline.length).toBe(40);
	});

	it.each([
		['Europe/Berlin', '2025-03-29', '2025-04-01', [24, 23, 24], 'a day of 23 hours'],
		['Europe/Berlin', '2025-10-25', '2025-10-28', [24, 25, 24], 'a day of 25 hours'],
		['Africa/Cairo', '2024-04-25', '2024-04-28', [24, 23, 24], 'a day that begins at 1'],
		['America/Havana', '2024-11-02', '2024-11-05', [24, 25, 24], 'a day with two midnights'],
		['Asia/Kathmandu', '2025-01-01', '2025-01-03', [24, 24], 'an offset of 5:45'],
	])('in %s from %s to %s has days of their true length: %p', async (zone, from, to, hours) => {
		zoned(zone);
		const first = DateTime.fromISO(from, { zone: 'UTC' }).minus({ days: 1 });
		lists.serve(
			Array.from({ length: 24 * 7 }, (_, hour) =>
				inquiry(first.plus({ hours: hour, minutes: 30 }).toISO() as string),
			),
		);
		const { timeline } = await metrics({ from, to });
		expect(timeline.map((part) => part.created)).toEqual(hours);
		expect(timeline[0].start).toBe(from);
	});

	it('counts an inquiry on the day it was where the workflow is', async () => {
		lists.serve([
			inquiry('2025-06-30T21:59:59.999Z'),
			inquiry('2025-06-30T22:00:00.000Z'),
			inquiry('2025-06-30T23:30:00.000Z'),
		]);
		const period = { from: '2025-06-29', to: '2025-07-03' };
		expect(created(await metrics(period))).toEqual([
			'2025-06-29 0',
			'2025-06-30 1',
			'2025-07-01 2',
			'2025-07-02 0',
		]);
		zoned('UTC');
		expect(created(await metrics(period))).toEqual([
			'2025-06-29 0',
			'2025-06-30 3',
			'2025-07-01 0',
			'2025-07-02 0',
		]);
	});

	it('has weeks that begin on Monday, the first and the last of them cut', async () => {
		lists.serve([
			inquiry('2025-06-26T10:00:00Z'),
			inquiry('2025-06-29T21:59:00Z'),
			inquiry('2025-06-29T22:00:00Z'),
			inquiry('2025-07-14T10:00:00Z'),
		]);
		const found = await metrics({ from: '2025-06-26', to: '2025-07-15', groupBy: 'week' });
		expect(created(found)).toEqual([
			'2025-06-23 2',
			'2025-06-30 1',
			'2025-07-07 0',
			'2025-07-14 1',
		]);
	});

	it('takes the end for the next period, so that none counts twice', async () => {
		lists.serve([inquiry('2025-07-01T00:00:00.000Z'), inquiry('2025-06-30T23:59:59.999Z')]);
		zoned('UTC');
		const june = await metrics({ from: '2025-06-01', to: '2025-07-01', groupBy: 'week' });
		const july = await metrics({ from: '2025-07-01', to: '2025-08-01', groupBy: 'week' });
		expect([june.created, july.created]).toEqual([1, 1]);
		expect(lists.asked.filter((query) => 'filter[created-at-end]' in query)).toMatchObject([
			{ 'filter[created-at-end]': '2025-07-01T00:00:00.000Z' },
			{ 'filter[created-at-end]': '2025-08-01T00:00:00.000Z' },
		]);
	});

	it('looks at 30 days up to now when no period is given, and up to the end when that is', async () => {
		const days = (await metrics()).timeline.map(({ start }) => start);
		const today = DateTime.now().setZone(ZONE).startOf('day');
		expect([days[0], days.at(-1), days.length]).toEqual([
			today.minus({ days: 29 }).toISODate(),
			today.toISODate(),
			30,
		]);
		expect(lists.asked).toEqual([
			expect.not.objectContaining({ 'filter[created-at-end]': expect.anything() }),
		]);
		const june = (await metrics({ to: '2025-07-01' })).timeline.map(({ start }) => start);
		expect([june[0], june.at(-1)]).toEqual(['2025-06-01', '2025-06-30']);
	});

	it('gives zeros and no rates where there is nothing', async () => {
		const nothing = await metrics({ from: '2025-06-30', to: '2025-07-02' });
		const none = { count: 0, median: null, p90: null, p95: null };
		const zeros = {
			...{ created: 0, started: 0, completed: 0, approved: 0, declined: 0, inReview: 0 },
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
		const moment = await metrics({ from: '2025-06-30', to: '2025-06-30', output: 'page' });
		expect(moment.timeline).toEqual([]);
	});

	it('counts a status that Persona adds one day, and times as they are', async () => {
		lists.serve(
			[
				inquiry('2025-06-30T10:00:00Z', { status: 'paused' }),
				inquiry('2025-06-30T10:00:00Z', {
					status: 'approved',
					'started-at': '2025-06-30T10:00:30Z',
					'completed-at': '2025-06-30T10:02:00.500Z',
					'decisioned-at': '2025-06-30T11:00:00Z',
				}),
				// Approved before the person was done.
				inquiry('2025-06-30T10:00:00Z', {
					status: 'approved',
					'completed-at': '2025-06-30T10:02:00Z',
					'decisioned-at': '2025-06-30T10:01:00Z',
				}),
				inquiry('2025-06-30T10:00:00Z', { status: 'declined' }),
			].map((one, index) => ({ ...one, id: `inq_${index}` })),
		);
		const found = await metrics({ from: '2025-06-30', to: '2025-07-01' });
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

	it('counts what has one of the tags alone', async () => {
		lists.serve([
			inquiry('2025-06-30T10:00:00Z', { tags: ['vip', 'mobile'] }),
			inquiry('2025-06-30T11:00:00Z', { tags: ['web'] }),
			inquiry('2025-06-30T12:00:00Z', { tags: ['VIP'] }),
			inquiry('2025-06-30T13:00:00Z', { tags: ['other'] }),
		]);
		const period = { from: '2025-06-30', to: '2025-07-01' };
		expect((await metrics({ ...period, options: { tags: 'vip, web' } })).created).toBe(2);
		expect(lists.asked[0]['fields[inquiry]']).toMatch(/,tags$/);
		expect((await metrics({ ...period, options: { tags: [] } })).created).toBe(4);
	});

	it('narrows the list down by templates and accounts', async () => {
		await metrics({ filters: { inquiryTemplateId: 'itmpl_1, itmpl_2', accountId: ['act_1'] } });
		expect(lists.asked).toMatchObject([
			{ 'filter[inquiry-template-id]': 'itmpl_1,itmpl_2', 'filter[account-id]': 'act_1' },
		]);
	});

	it('tells templates apart by name, legacy ones by ID', async () => {
		const day = '2025-06-30T10:00:00Z';
		const of = (template: string | null, id: string) => ({ ...inquiry(day), id, template });
		lists.serve([of('itmpl_1', 'a'), of('itmpl_2', 'b'), of('itmpl_2', 'c'), of('tmpl_9', 'd')]);
		lists.templates = { itmpl_2: 'Business' };
		const { templates } = await metrics({ from: '2025-06-30', to: '2025-07-01' });
		expect(templates.map((one) => [one.templateId, one.templateName, one.created])).toEqual([
			['itmpl_2', 'Business', 2],
			['itmpl_1', null, 1],
			['tmpl_9', null, 1],
		]);
	});

	it('reads pages in full where Persona leaves the template out of sparse ones', async () => {
		lists.serve(madeUp(250, '2025-06-01T00:00:00Z', '2025-06-30T00:00:00Z'), false);
		const { templates } = await metrics({ from: '2025-06-01', to: '2025-07-01' });
		expect(templates.every(({ templateId }) => templateId !== null)).toBe(true);
		const sparse = lists.asked.filter((query) => 'fields[inquiry]' in query);
		expect([sparse.length, lists.asked.length]).toEqual([1, 4]);
	});

	it('counts what is in the sandbox, whose key may not read templates', async () => {
		const sandbox = await startSandbox({ apiKeys: [{ value: KEY }] });
		const credentials = { apiKey: KEY, baseUrl: sandbox.apiUrl };
		const node = (parameters: INodeParameters, items = 1) =>
			runNode({
				parameters: { resource: 'inquiry', ...parameters },
				items: Array.from({ length: items }, () => ({})),
				credentials,
				executionId: JSON.stringify(parameters),
			});
		const inquiryTemplateId = { __rl: true, mode: 'id', value: fixtures.inquiryTemplate };
		const { items } = await node({ operation: 'create', inquiryTemplateId }, 3);
		const [one, other] = items.map(({ json }) => ({ __rl: true, mode: 'id', value: json.id }));
		const approved = ['start_inquiry', 'complete_inquiry', 'approve_inquiry'];
		for (const [inquiryId, actions] of [
			[one, approved],
			[other, ['start_inquiry']],
		] as const) {
			const { error } = await node({
				operation: 'simulate',
				inquiryId: inquiryId as INodeParameters,
				simulateActionsType: actions as string[],
			});
			expect(error).toBeUndefined();
		}
		const { items: found } = await node({ operation: 'getMetrics' });
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
		[{ to: '={{ [1] }}' }, "'To' must be text"],
		[{ groupBy: '={{ "month" }}' }, "'Group By' has an unknown value"],
		[{ output: '={{ "pdf" }}' }, "'Output' has an unknown value"],
		[{ options: { tags: '={{ {a: 1} }}' } }, "'Tags' must be text"],
	])('asks nothing of Persona for %p', async (parameters, message) => {
		const { items } = await run(parameters as INodeParameters);
		expect([items[0].json.error, lists.asked]).toEqual([message, []]);
	});

	it('lets an item fail alone', async () => {
		const { items } = await run({ from: '={{ $json.from }}', to: '2025-07-01' }, [
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

	it('finds a crowd at one end of a long period with few requests more than its pages', async () => {
		const crowd = madeUp(3_000, '2025-06-30T21:00:00Z', '2025-06-30T21:50:00Z');
		lists.serve([...crowd, inquiry('2023-01-01T00:00:00Z'), inquiry('2024-05-05T05:05:05Z')]);
		const found = await metrics({ from: '2023-01-01', to: '2025-07-01', groupBy: 'week' });
		expect(found.created).toBe(3_002);
		expect(lists.asked.length).toBeLessThan(31 + 60);
	});

	it('counts each once that were created at the same moment, however many they are', async () => {
		const moments = ['2025-06-10T10:00:00.000Z', '2025-06-20T10:00:00.000Z'];
		const all = moments.flatMap((at) => Array.from({ length: 450 }, () => inquiry(at)));
		lists.serve(all.map((one, index) => ({ ...one, id: `inq_${index}` })));
		const { timeline } = await metrics({ from: '2025-06-10', to: '2025-07-01' });
		expect(timeline.filter((part) => part.created > 0)).toMatchObject([
			{ start: '2025-06-10', created: 450 },
			{ start: '2025-06-20', created: 450 },
		]);
	});

	it('asks for no more of the period once a part of it could not be read', async () => {
		lists.serve(madeUp(4_000, '2025-06-01T00:00:00Z', '2025-06-30T00:00:00Z'));
		const refusal = { status: 400, body: { errors: [{ title: 'Bad request' }] } };
		lists.onPage = (page) => (page === 7 ? refusal : undefined);
		const { items } = await run({ from: '2025-06-01', to: '2025-07-01' });
		expect(items[0].json.error).toBe('Persona could not read the request');
		await sleep(300);
		// Three other pages may have been under way.
		expect(lists.asked.length).toBeLessThanOrEqual(7 + 3);
	});

	describe('as a page', () => {
		const period = { from: '2025-06-01', to: '2025-07-01' };

		async function page(parameters: INodeParameters = {}) {
			const { items } = await run({ ...period, output: 'page', ...parameters });
			const [{ json, binary }] = items;
			expect(json.error).toBeUndefined();
			const [[field, file]] = Object.entries(binary ?? {});
			return { json, field, file, text: Buffer.from(file.data, 'base64').toString() };
		}

		it('is a file beside the same numbers', async () => {
			lists.serve(madeUp(50, '2025-06-01T00:00:00Z', '2025-06-30T00:00:00Z'));
			const { json, field, file } = await page({ binaryPropertyName: 'report' });
			expect(field).toBe('report');
			expect(file).toMatchObject({
				fileName: 'inquiry-metrics-2025-06-01-2025-07-01.html',
				mimeType: 'text/html',
			});
			const { fileName, mimeType, ...numbers } = json;
			expect([fileName, mimeType]).toEqual([file.fileName, file.mimeType]);
			expect(numbers).toEqual(await metrics(period));
		});

		it('runs nothing and loads nothing', async () => {
			lists.serve(madeUp(50, '2025-06-01T00:00:00Z', '2025-06-30T00:00:00Z'));
			const { text } = await page();
			expect(text).toMatch(/^<!doctype html>/);
			expect(text).not.toMatch(/<script|<link|<img|<iframe|javascript:|\son\w+=|@import|url\(/i);
			expect(text).not.toMatch(/https?:|\bsrc=|\bhref=/i);
			expect(text).not.toMatch(/NaN|undefined|Infinity|\[object/);
			expect(text).toContain('1 June 2025 to 30 June 2025');
			expect(text).toContain('Time zone Europe/Berlin');
		});

		it('takes whatever it shows for text', async () => {
			lists.serve([{ ...inquiry('2025-06-30T10:00:00Z'), template: 'itmpl_1' }]);
			lists.templates = { itmpl_1: '<script>alert("1")</script> & \'KYC\'' };
			const { text } = await page({ options: { tags: ['<b>vip</b>'] } });
			expect(text).toContain('&lt;b&gt;vip&lt;/b&gt;');
			const { text: named } = await page();
			expect(named).toContain(
				'&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;KYC&#39;',
			);
			expect(`${text}${named}`).not.toMatch(/<script|<b>/);
		});

		it('has a bar for every day, as high as its inquiries are many', async () => {
			lists.serve([
				inquiry('2025-06-10T10:00:00Z', { status: 'approved' }),
				inquiry('2025-06-10T11:00:00Z', { status: 'declined' }),
				inquiry('2025-06-11T10:00:00Z', { status: 'failed' }),
			]);
			const { text } = await page();
			expect(text.match(/<title>2025-06-\d\d: /g)?.length).toBe(30);
			expect(text).toContain('2025-06-10: 2 created, Approved 1, Declined 1');
			const heights = Array.from(text.matchAll(/<rect[^>]*height="([\d.]+)"/g), ([, height]) =>
				Number(height),
			);
			expect(heights).toEqual([heights[0], heights[0], heights[0]]);
		});
	});
});

describe('Durations', () => {
	const measured = (values: number[]) => {
		const durations = new DurationDistribution();
		for (const value of values) durations.add(value);
		return durations.getPercentiles();
	};

	it('are exact while they are few, however often each comes', () => {
		const values = Array.from({ length: 5000 }, (_, index) => 1000 + ((index * 7919) % 200) * 37);
		expect(measured(values)).toEqual({
			count: 5000,
			median: percentile(values, 50),
			p90: percentile(values, 90),
			p95: percentile(values, 95),
		});
	});

	it('are less than 1 % off when they are many, from a millisecond to ten years', () => {
		for (const most of [1e3, 1e6, 3e11]) {
			const values = Array.from({ length: 3000 }, (_, index) =>
				Math.round(most ** (((index * 7919) % 3000) / 3000)),
			);
			const { median, p90, p95 } = measured(values);
			const off = [
				[median, 50],
				[p90, 90],
				[p95, 95],
			].map(([found, percent]) => {
				const should = percentile(values, percent as number) as number;
				return Math.abs((found as number) - should) / should;
			});
			expect(Math.max(...off)).toBeLessThan(0.01);
		}
	});

	it('are nothing without any', () => {
		expect(measured([])).toEqual({ count: 0, median: null, p90: null, p95: null });
	});
});
