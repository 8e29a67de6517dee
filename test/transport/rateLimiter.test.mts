import { RateLimiter } from '../../nodes/Persona/transport/rateLimiter.ts';

describe('rate limiter', () => {
	let limiter: RateLimiter;
	let stop: AbortController;
	/** When each request started, in milliseconds from the start of the test. */
	let startsMs: number[];
	let testStart: number;

	beforeEach(() => {
		jest.useFakeTimers();
		stop = new AbortController();
		limiter = new RateLimiter(stop.signal);
		startsMs = [];
		testStart = Date.now();
	});

	afterEach(() => jest.useRealTimers());

	/** Lets this many requests wait for their turn. */
	const enqueue = (count: number) =>
		Array.from({ length: count }, async () => {
			const startedAt = await limiter.acquire();
			startsMs.push(startedAt - testStart);
			return startedAt;
		});

	const settle = async () => await jest.advanceTimersByTimeAsync(0);

	const buildHeaders = (limit: number, remaining: number, resetSeconds: number) => ({
		'ratelimit-limit': String(limit),
		'ratelimit-remaining': String(remaining),
		'ratelimit-reset': String(resetSeconds),
	});

	const respond = (startedAt: number, headers: Record<string, string> = {}, statusCode = 200) =>
		limiter.release(startedAt, { statusCode, headers, body: {} });

	/** Lets the first request reveal the limit, as at the beginning of each run. */
	const learnLimit = async (limit: number, remaining: number, resetSeconds: number) => {
		const [first] = enqueue(1);
		respond(await first, buildHeaders(limit, remaining, resetSeconds));
		startsMs = [];
	};

	it('starts five requests before it knows the limit', async () => {
		enqueue(20);
		await settle();
		expect(startsMs).toHaveLength(5);
	});

	it('starts all requests at once if there is no limit', async () => {
		const [first] = enqueue(20);
		respond(await first);
		await settle();
		expect(startsMs).toHaveLength(20);
	});

	it.each([-1, 0])('does not wait for ever for a limit of %i', async (limit) => {
		await learnLimit(limit, 0, 10);
		enqueue(3);
		await jest.advanceTimersByTimeAsync(9_000);
		expect(startsMs).toEqual([]);
		await jest.advanceTimersByTimeAsync(1_100);
		expect(startsMs).toHaveLength(3);
	});

	it('starts requests first come, first served', async () => {
		await learnLimit(10, 0, 1);
		const order: number[] = [];
		for (const number of [1, 2, 3]) void limiter.acquire().then(() => order.push(number));
		await jest.advanceTimersByTimeAsync(1_000);
		expect(order).toEqual([1, 2, 3]);
	});

	it('leaves 15 % of the limit to others, spread over the window, while more is to come', async () => {
		limiter.expectedRequests = 200;
		await learnLimit(100, 99, 10);
		enqueue(200);
		await settle();
		expect(startsMs).toHaveLength(99 - 15);
		await jest.advanceTimersByTimeAsync(9_000);
		expect(startsMs).toHaveLength(99);
		const spread = startsMs.slice(84);
		const gaps = spread.slice(1).map((at, index) => at - spread[index]);
		expect(Math.min(...gaps)).toBeGreaterThan(450);
	});

	it('starts nothing in the last fifth of a window, which a late request would miss', async () => {
		limiter.expectedRequests = 200;
		await learnLimit(100, 99, 10);
		enqueue(200);
		await jest.advanceTimersByTimeAsync(9_999);
		expect(Math.max(...startsMs)).toBeLessThanOrEqual(8_000);
	});

	it('uses the whole rest of a window that is enough for the run', async () => {
		limiter.expectedRequests = 10;
		await learnLimit(100, 10, 10);
		enqueue(10);
		await settle();
		expect(startsMs).toHaveLength(10);
	});

	it('starts the next window with the whole limit, of which it also leaves a share', async () => {
		limiter.expectedRequests = 200;
		await learnLimit(100, 0, 10);
		const starts = enqueue(200);
		await jest.advanceTimersByTimeAsync(9_999);
		expect(startsMs).toHaveLength(0);
		await jest.advanceTimersByTimeAsync(1);
		expect(startsMs).toHaveLength(85);
		respond(await starts[0], buildHeaders(100, 99, 10));
		await jest.advanceTimersByTimeAsync(9_000);
		expect(startsMs).toHaveLength(100);
	});

	it('keeps the limit of the key and that of the environment apart', async () => {
		limiter.expectedRequests = 500;
		const [first] = enqueue(1);
		// The environment is nearer at first, then the key.
		respond(await first, buildHeaders(300, 60, 40));
		const [second] = enqueue(1);
		respond(await second, buildHeaders(50, 1, 20));
		startsMs = [];
		const more = enqueue(100);
		await jest.advanceTimersByTimeAsync(19_999);
		expect(startsMs).toHaveLength(1);
		respond(await more[0], buildHeaders(50, 0, 1));
		// The key may send again, but the environment leaves only 15 requests before its own share.
		await jest.advanceTimersByTimeAsync(2);
		expect(startsMs.slice(1)).toHaveLength(15);
	});

	it('takes no larger number for a reset', async () => {
		limiter.expectedRequests = 500;
		const [first, second] = enqueue(2);
		respond(await first, buildHeaders(50, 0, 20));
		respond(await second, buildHeaders(300, 290, 40));
		startsMs = [];
		enqueue(10);
		await jest.advanceTimersByTimeAsync(19_000);
		expect(startsMs).toEqual([]);
		await jest.advanceTimersByTimeAsync(1_001);
		expect(startsMs).toHaveLength(10);
	});

	it.each([
		['no number', { 'ratelimit-limit': 'many', 'ratelimit-remaining': 'some' }],
		['a limit of nothing', { 'ratelimit-limit': '0', 'ratelimit-remaining': '5' }],
		['no limit', { 'ratelimit-remaining': '5', 'ratelimit-reset': '1' }],
	])('never stops for good because of %s', async (_, headers) => {
		const [first] = enqueue(1);
		respond(await first, headers as Record<string, string>);
		enqueue(20);
		await jest.advanceTimersByTimeAsync(60_000);
		expect(startsMs.length).toBeGreaterThanOrEqual(6);
	});

	it('starts nothing after a 429 until the limit resets', async () => {
		const [first] = enqueue(1);
		respond(await first, { 'ratelimit-reset': '7' }, 429);
		enqueue(3);
		await jest.advanceTimersByTimeAsync(6_999);
		expect(startsMs).toEqual([0]);
		await jest.advanceTimersByTimeAsync(1);
		expect(startsMs).toEqual([0, 7_000, 7_000, 7_000]);
	});

	it('takes the lowest number if responses overtake each other', async () => {
		const [first, second] = enqueue(2);
		respond(await second, buildHeaders(10, 0, 5));
		respond(await first, buildHeaders(10, 1, 5));
		enqueue(1);
		await jest.advanceTimersByTimeAsync(4_999);
		expect(startsMs).toHaveLength(2);
	});

	it('ignores what a response says of a window that is over', async () => {
		const [late] = enqueue(1);
		const startedAt = await late;
		const [first] = enqueue(1);
		respond(await first, buildHeaders(10, 0, 1));
		await jest.advanceTimersByTimeAsync(1_000);
		enqueue(1);
		await settle();
		respond(startedAt, buildHeaders(10, 0, 5));
		enqueue(8);
		await settle();
		expect(startsMs.filter((at) => at >= 1_000)).toHaveLength(9);
	});

	it('lets all requests go when the execution is stopped', async () => {
		await learnLimit(10, 0, 3_600);
		enqueue(20);
		await settle();
		expect(startsMs).toHaveLength(0);
		stop.abort();
		await settle();
		expect(startsMs).toHaveLength(20);
	});

	it('runs no timer longer than a second, so that a stopped execution leaves none', async () => {
		await learnLimit(10, 0, 3_600);
		const timers = jest.spyOn(globalThis, 'setTimeout');
		enqueue(1);
		await jest.advanceTimersByTimeAsync(10_000);
		expect(timers.mock.calls.length).toBeGreaterThanOrEqual(10);
		for (const [, ms] of timers.mock.calls) expect(ms).toBeLessThanOrEqual(1_000);
	});
});
