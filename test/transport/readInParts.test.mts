import fc from 'fast-check';
import type { IDataObject, INodeParameters } from 'n8n-workflow';
import type { ApiRequest } from '../../nodes/Persona/transport/apiRequest.ts';
import {
	getAttributes,
	type ListDocument,
	type PersonaObject,
} from '../../nodes/Persona/transport/jsonApi.ts';
import { readInParts } from '../../nodes/Persona/transport/readInParts.ts';
import { startSandbox, type Sandbox } from '../../sandbox/sandbox.mts';
import { runNode } from '../support/runNode.mts';

const API_KEY = 'persona_sandbox_lists';

const NO_LIMIT = { maxRequests: 100_000, windowSeconds: 60 };

const YEAR_MS = 365 * 86_400_000;

/** No clock of this machine: what is read is years away from its time. */
const NEWEST_MS = Date.parse('2019-03-01T12:00:00Z');

/** Bursts of inquiries: how long before the newest one each ends (0 to 1), how long it lasts, its size. */
const bursts = fc.array(
	fc.record({
		position: fc.oneof(
			fc.constantFrom(0, 0.0005, 0.3, 0.9),
			fc.double({ min: 0, max: 1, noNaN: true }),
		),
		durationMs: fc.oneof(
			// An instant, a second, the minute of an import, a night, anything.
			fc.constantFrom(0, 1_000, 60_000, 8 * 3_600_000),
			fc.integer({ min: 1, max: 3 * YEAR_MS }),
		),
		// Whole pages, since parts whose pages end at the same inquiry could be confused.
		count: fc.oneof(fc.constantFrom(100, 200, 400), fc.integer({ min: 0, max: 900 })),
		/** To how many milliseconds times are rounded, so that many have the same. */
		stepMs: fc.constantFrom(1, 1_000, 60_000),
	}),
	{ maxLength: 6 },
);

type Bursts = typeof bursts extends fc.Arbitrary<infer Value> ? Value : never;

const buildInquiry = (id: string, timeMs: number): PersonaObject => ({
	type: 'inquiry',
	id,
	attributes: { 'created-at': new Date(timeMs).toISOString() },
});

/** The inquiries of these bursts, newest first. */
function createInquiries(all: Bursts): PersonaObject[] {
	const times = all.flatMap(({ position, durationMs, count, stepMs }) =>
		Array.from({ length: count }, (_, index) => {
			const ageMs = position * 3 * YEAR_MS + (durationMs * index) / count;
			return Math.floor((NEWEST_MS - ageMs) / stepMs) * stepMs;
		}),
	);
	return times.sort((a, b) => b - a).map((timeMs, index) => buildInquiry(`inq_${index}`, timeMs));
}

const getCreatedAtMs = (inquiry: PersonaObject) =>
	Date.parse(String(getAttributes(inquiry)['created-at']));

interface FakeListOptions {
	/** How many turns of the event loop each response takes. */
	turns?: number[];
	/** The list has no larger pages than this. */
	maxSize?: number;
	/** How much later a time is shown than it is. */
	shownLaterMs?: number;
	/** To how many milliseconds the times of a filter are cut. */
	filterStepMs?: number;
	/** How many inquiries at the end of a page the next one repeats. */
	overlap?: number;
	/** How many inquiries are created before each response. */
	created?: number[];
}

/** A fake of Persona's list. */
function createFakeList(
	inquiries: PersonaObject[],
	{
		turns = [0],
		maxSize = 100,
		shownLaterMs = 0,
		filterStepMs = 1,
		overlap = 0,
		created = [0],
	}: FakeListOptions = {},
) {
	const list = [...inquiries];
	const requests: ApiRequest[] = [];
	const send = async (request: ApiRequest): Promise<ListDocument> => {
		const count = requests.push(request);
		for (let left = turns[count % turns.length]; left > 0; left--) await new Promise(setImmediate);
		// The first page is what a reading without parts begins with, too.
		for (let left = count > 1 ? created[count % created.length] : 0; left > 0; left--) {
			list.unshift(buildInquiry(`inq_new${list.length}`, NEWEST_MS));
		}
		const { filter = {}, page } = request.query as Record<string, IDataObject>;
		const [start = -Infinity, end = Infinity] = ['start', 'end']
			.map((name) => filter[`created-at-${name}`])
			.map((time) => (time === undefined ? undefined : Date.parse(String(time))))
			.map((timeMs) => timeMs && Math.floor(timeMs / filterStepMs) * filterStepMs);
		const isFound = (one: PersonaObject) => {
			const timeMs = getCreatedAtMs(one) - shownLaterMs;
			return timeMs >= start && timeMs <= end;
		};
		const position = list.findIndex(({ id }) => id === page.after);
		const found = list.slice(Math.max(0, position + 1 - overlap)).filter(isFound);
		const data = found.slice(0, Math.min(Number(page.size), maxSize));
		const hasMore = found.length > data.length;
		return { data, links: { next: hasMore ? `/inquiries?page[after]=${data.at(-1)?.id}` : null } };
	};
	return { send, requests };
}

const buildRequest = (filter: IDataObject = {}): ApiRequest => ({
	method: 'GET',
	path: '/inquiries',
	query: { filter },
});

const toIds = (objects: PersonaObject[]) => objects.map(({ id }) => id);

describe('a list that is read in parts', () => {
	const turns = fc.array(fc.nat(3), { minLength: 1, maxLength: 8 });

	it('has each inquiry once and newest first, however they are spread, in whatever order responses come', async () => {
		await fc.assert(
			fc.asyncProperty(
				bursts,
				turns,
				fc.constantFrom(100, 100, 37),
				fc.record({
					shownLaterMs: fc.constantFrom(0, 1),
					filterStepMs: fc.constantFrom(1, 1_000),
					overlap: fc.constantFrom(0, 0, 1),
				}),
				fc.array(fc.nat(2), { minLength: 1, maxLength: 5 }),
				async (all, taken, maxSize, oddities, created) => {
					const inquiries = createInquiries(all);
					const options = { turns: taken, maxSize, created, ...oddities };
					const { send, requests } = createFakeList(inquiries, options);
					expect(await readInParts(send, buildRequest(), toIds)).toEqual(toIds(inquiries));
					const pages = Math.max(1, Math.ceil(inquiries.length / (maxSize - oddities.overlap)));
					// A short list costs what it costs without parts; a long one little more.
					expect(requests.length).toBeLessThanOrEqual(pages <= 5 ? pages : 4 + pages * 1.5);
				},
			),
			{ numRuns: 200, endOnFailure: true },
		);
	}, 120_000);

	it('has only what the filters of the user find, and begins after a cursor', async () => {
		await fc.assert(
			fc.asyncProperty(
				bursts,
				turns,
				fc.double({ min: 0, max: 1, noNaN: true }),
				fc.double({ min: 0, max: 1, noNaN: true }),
				fc.nat(3_000),
				async (all, taken, newer, older, position) => {
					const inquiries = createInquiries(all);
					const [end, start] = [newer, older]
						.sort((a, b) => a - b)
						.map((share) => new Date(NEWEST_MS - share * 4 * YEAR_MS).toISOString());
					const found = inquiries.filter((one) => {
						const createdAt = String(getAttributes(one)['created-at']);
						return createdAt >= start && createdAt <= end;
					});
					const after = found[position % Math.max(1, found.length)]?.id;
					const { send, requests } = createFakeList(inquiries, { turns: taken });
					const filter = { 'created-at-start': start, 'created-at-end': end, status: 'approved' };
					const ids = await readInParts(send, buildRequest(filter), toIds, after);
					expect(ids).toEqual(toIds(found).slice(toIds(found).indexOf(after) + 1));
					for (const { query } of requests) {
						const sent = query?.filter as typeof filter;
						expect(sent).toEqual({ ...filter, ...sent });
						expect(sent['created-at-start'] >= start && sent['created-at-end'] <= end).toBe(true);
					}
				},
			),
			{ numRuns: 100, endOnFailure: true },
		);
	}, 120_000);

	it.each([
		['of an import within a minute', (share: number) => share * 60_000],
		['of which all objects are older than a year', (share: number) => YEAR_MS * (1 + share)],
		['of an import that is a year old', (share: number) => YEAR_MS + share * 60_000],
		['of eight hours a day', (share: number) => Math.floor(share * 90) * 86_400_000 + share * 9e7],
	])('is read by four cursors: a list %s', async (_, getAgeMs) => {
		const inquiries = Array.from({ length: 10_000 }, (_one, index) => {
			// A page without a rule at the top of each list.
			const ageMs = index < 100 ? 0 : getAgeMs(index / 10_000);
			return buildInquiry(`inq_${index}`, NEWEST_MS - Math.floor(ageMs));
		});
		const { send, requests } = createFakeList(inquiries);
		let rounds = 0;
		let waiting: Array<() => void> = [];
		const sendInRounds = async (request: ApiRequest) => {
			await new Promise<void>((resolve) => {
				if (waiting.length === 0) setImmediate(startRound);
				waiting.push(resolve);
			});
			return await send(request);
		};
		const startRound = () => {
			rounds++;
			const started = waiting;
			waiting = [];
			for (const start of started) start();
		};
		const ids = await readInParts(sendInRounds, buildRequest(), toIds);
		expect(ids).toEqual(toIds(inquiries));
		// One after the other, they are 100 requests in 100 rounds.
		expect(requests.length).toBeLessThanOrEqual(112);
		expect(rounds).toBeLessThanOrEqual(45);
	});

	it('keeps the order of hundreds that were created at the very moment where it is cut', async () => {
		const inquiries = Array.from({ length: 6_000 }, (_, index) =>
			buildInquiry(`inq_${index}`, NEWEST_MS - Math.floor(index / 300) * 1_000),
		);
		for (const taken of [[0], [1, 0, 0], [0, 3, 1, 0, 2]]) {
			const { send } = createFakeList(inquiries, { turns: taken });
			expect(await readInParts(send, buildRequest(), toIds)).toEqual(toIds(inquiries));
		}
	});

	it('is complete where Persona lists objects a little out of their order', async () => {
		const inquiries = Array.from({ length: 5_000 }, (_, index) =>
			buildInquiry(`inq_${index}`, NEWEST_MS - index * 500 + ((index * 7_919) % 13) * 700),
		);
		const { send } = createFakeList(inquiries, { turns: [1, 0, 2] });
		const ids = await readInParts(send, buildRequest(), toIds);
		expect(ids.sort()).toEqual(toIds(inquiries).sort());
	});

	it('continues after an empty page', async () => {
		const send = async ({ query }: ApiRequest): Promise<ListDocument> => {
			const { after } = query?.page as IDataObject;
			if (after === 'inq_hidden') return { data: [buildInquiry('inq_1', 0)], links: {} };
			return { data: [], links: { next: '/inquiries?page[after]=inq_hidden' } };
		};
		expect(await readInParts(send, buildRequest(), toIds)).toEqual(['inq_1']);
	});

	it('fails as its first part that fails, and sends nothing more', async () => {
		const inquiries = createInquiries([
			{ position: 0, durationMs: YEAR_MS, count: 3_000, stepMs: 1 },
		]);
		const { send, requests } = createFakeList(inquiries, { turns: [1] });
		let failedAt = 0;
		const sendUntilFault = async (request: ApiRequest) => {
			const document = await send(request);
			const { filter } = request.query as Record<string, IDataObject>;
			if (requests.length < 12 || !('created-at-end' in filter)) return document;
			failedAt ||= requests.length;
			throw new Error('broken');
		};
		await expect(readInParts(sendUntilFault, buildRequest(), toIds)).rejects.toThrow('broken');
		expect(requests.length).toBe(failedAt);
	});

	it('fails where the pages of a part repeat', async () => {
		const data = [buildInquiry('inq_1', NEWEST_MS)];
		const send = async () => ({ data, links: { next: '/inquiries?page[after]=inq_1' } });
		await expect(readInParts(send, buildRequest(), toIds)).rejects.toThrow('came twice');
	});
});

describe('Get Many of inquiries', () => {
	let sandbox: Sandbox;

	beforeAll(async () => {
		sandbox = await startSandbox({ apiKeys: [{ value: API_KEY }], rateLimit: NO_LIMIT });
	});

	beforeEach(() => sandbox.control.reset());

	afterAll(async () => await sandbox.close());

	async function getMany(parameters: INodeParameters = {}, signal?: AbortSignal) {
		const { items, error } = await runNode({
			parameters: { resource: 'inquiry', operation: 'getAll', returnAll: true, ...parameters },
			credentials: { apiKey: API_KEY, baseUrl: sandbox.apiUrl },
			signal,
		});
		const queries = sandbox.control.requests
			.filter(({ path }) => path.endsWith('/inquiries'))
			.map(({ query }) => query);
		return { ids: items.map(({ json }) => json.id), error, items, queries };
	}

	/** The IDs that Persona lists, newest first. */
	const seed = (count: number, from: string, to: string) =>
		sandbox.control.seedInquiries(count, { from, to }).reverse();

	it('returns what a page after another returns, also what is created at the same instants', async () => {
		const time = fc.date({
			min: new Date('2018-01-01'),
			max: new Date('2026-01-01'),
			noInvalidDate: true,
		});
		const group = fc.tuple(time, fc.nat(86_400_000), fc.integer({ min: 1, max: 900 }));
		await fc.assert(
			fc.asyncProperty(
				fc.array(group, { maxLength: 4 }),
				fc.boolean(),
				async (groups, isCreated) => {
					sandbox.control.reset();
					for (const [from, lengthMs, count] of groups) {
						const to = new Date(from.getTime() + lengthMs * (count % 2));
						seed(count, from.toISOString(), to.toISOString());
					}
					const listed = sandbox.control.store
						.getCollection('inquiry')
						.findAll()
						.map(({ id }) => id)
						.reverse();
					const creating = isCreated
						? setInterval(() => {
								const now = new Date().toISOString();
								sandbox.control.seedInquiries(3, { from: now, to: now });
							}, 5)
						: undefined;
					const { ids } = await getMany();
					clearInterval(creating);
					const before = new Set(listed);
					expect(new Set(ids).size).toBe(ids.length);
					expect(ids.filter((id) => before.has(String(id)))).toEqual(listed);
				},
			),
			{ numRuns: 12, endOnFailure: true },
		);
	}, 120_000);

	it.each([
		[0, 1],
		[1, 1],
		[100, 1],
		[101, 2],
		[500, 5],
	])('sends for a list of %i no more requests than the %i pages it has', async (count, pages) => {
		const listed = seed(count, '2024-01-01T00:00:00Z', '2025-01-01T00:00:00Z');
		const { ids, queries } = await getMany();
		expect(ids).toEqual(listed);
		expect(queries).toHaveLength(pages);
		expect(queries.some((query) => JSON.stringify(query).includes('created-at-end'))).toBe(false);
	});

	it('reads one page after another where there is a limit, a note, or no time in the answers', async () => {
		const listed = seed(1_000, '2024-01-01T00:00:00Z', '2025-01-01T00:00:00Z');
		for (const inquiry of sandbox.control.store.getCollection('inquiry').findAll()) {
			inquiry.attributes.note = 'same';
		}
		for (const parameters of [
			{ returnAll: false, limit: 1_000 },
			{ filters: { note: 'same' } },
			{ options: { fieldsToReturn: 'status' } },
		]) {
			sandbox.control.requests.length = 0;
			const { ids, error, queries } = await getMany(parameters);
			expect([error, ids]).toEqual([undefined, listed]);
			expect(queries).toHaveLength(10);
			expect(queries.some((query) => JSON.stringify(query).includes('created-at-end'))).toBe(false);
		}
	});

	it('stays within the rate limit', async () => {
		const listed = seed(3_000, '2024-01-01T00:00:00Z', '2025-01-01T00:00:00Z');
		sandbox.control.setRateLimit({ maxRequests: 25, windowSeconds: 2 });
		const { ids } = await getMany();
		sandbox.control.setRateLimit(NO_LIMIT);
		expect(ids).toEqual(listed);
		const refused = sandbox.control.requests.filter(({ status }) => status === 429);
		expect(refused).toEqual([]);
	}, 60_000);

	it('ends when the execution is stopped', async () => {
		seed(6_000, '2024-01-01T00:00:00Z', '2025-01-01T00:00:00Z');
		const stop = new AbortController();
		const reading = getMany({}, stop.signal);
		while (sandbox.control.requests.length < 8) await new Promise(setImmediate);
		stop.abort();
		const sent = sandbox.control.requests.length;
		await reading;
		await new Promise((done) => setTimeout(done, 300));
		// What four cursors had sent before, of 60 pages.
		expect(sandbox.control.requests.length).toBeLessThanOrEqual(sent + 4);
	});
});
