import {
	CLOCK_TOLERANCE_MS,
	getBackOffMs,
	getBlockedMs,
	getPersonCheckDelayMs,
	getRequestedDelayMs,
	getResultPollDelayMs,
	getRetryDelayMs,
	getSecretRefreshIntervalMs,
	getWindowRemainingMs,
	RESUME_DELAYS_MS,
	RETURN_CHECK_DELAYS_MS,
	SELF_DELIVERY_DELAYS_MS,
} from '../../nodes/Persona/transport/retryTiming.ts';

const MINUTE_MS = 60_000;

const buildResponse = (statusCode: number, headers: Record<string, string> = {}) => ({
	statusCode,
	headers,
});

describe('back-off', () => {
	afterEach(() => jest.restoreAllMocks());

	it.each([
		[1, 1_000],
		[2, 2_000],
		[3, 4_000],
		[4, 8_000],
	])('after %i failed attempts is %i ms, a quarter less or more', (failedAttempts, ms) => {
		const random = jest.spyOn(Math, 'random');
		random.mockReturnValue(0);
		expect(getBackOffMs(failedAttempts)).toBe(ms * 0.75);
		random.mockReturnValue(0.5);
		expect(getBackOffMs(failedAttempts)).toBe(ms);
		random.mockReturnValue(1);
		expect(getBackOffMs(failedAttempts)).toBe(ms * 1.25);
	});

	it('is not the same for all clients', () => {
		const waitsMs = Array.from({ length: 100 }, () => getBackOffMs(1));
		expect(new Set(waitsMs).size).toBeGreaterThan(90);
	});
});

describe('requested delay', () => {
	it.each<[string, Record<string, string>, number]>([
		['the rate limit', { 'ratelimit-reset': '7' }, 7_000],
		['a quota', { 'quota-reset': '40000' }, 40_000_000],
		['the rate limit before a quota', { 'ratelimit-reset': '7', 'quota-reset': '9' }, 7_000],
		['a limit that has just been reset', { 'ratelimit-reset': '0' }, 0],
	])('of a 429 is the time until the reset of %s', (_, headers, ms) => {
		expect(getRequestedDelayMs(buildResponse(429, headers))).toBe(ms);
	});

	it.each<Record<string, string>>([{}, { 'ratelimit-reset': 'soon' }])(
		'is unknown for a 429 with headers %j',
		(headers) => {
			expect(getRequestedDelayMs(buildResponse(429, headers))).toBeUndefined();
		},
	);

	it.each([200, 408, 500, 503])('is unknown for %i, even with a reset', (statusCode) => {
		const response = buildResponse(statusCode, { 'ratelimit-reset': '7' });
		expect(getRequestedDelayMs(response)).toBeUndefined();
	});
});

describe('retry delay', () => {
	beforeEach(() => jest.spyOn(Math, 'random').mockReturnValue(0.5));

	afterEach(() => jest.restoreAllMocks());

	it('is nothing for a rate limit, because the rate limiter waits for all requests', () => {
		const response = buildResponse(429, { 'ratelimit-reset': '7' });
		expect(getRetryDelayMs('rateLimit', response, 1)).toBe(0);
	});

	it('is nothing for a stale object', () => {
		expect(getRetryDelayMs('staleObject', buildResponse(409), 1)).toBe(0);
	});

	it.each([
		[0, 1, 1_000],
		[503, 3, 4_000],
		[429, 2, 2_000],
	])('is the back-off for a transient failure with status %i', (statusCode, failedAttempts, ms) => {
		expect(getRetryDelayMs('transient', buildResponse(statusCode), failedAttempts)).toBe(ms);
	});
});

describe('rate limit', () => {
	it.each<[string, Record<string, string>, number]>([
		['until its reset', { 'ratelimit-reset': '7' }, 7_000],
		['a tenth of a second if it is said to be reset', { 'ratelimit-reset': '0' }, 100],
		['a tenth of a second if its reset is past', { 'ratelimit-reset': '-3' }, 100],
		['an hour at most', { 'ratelimit-reset': '3600' }, 3_600_000],
		['5 seconds if its reset is too late', { 'quota-reset': '3601' }, 5_000],
		['5 seconds if its reset is unknown', {}, 5_000],
	])('blocks all requests after a 429: %s', (_, headers, ms) => {
		expect(getBlockedMs(buildResponse(429, headers))).toBe(ms);
	});

	it.each<[Record<string, string>, number]>([
		[{ 'ratelimit-reset': '7' }, 7_000],
		[{ 'ratelimit-reset': '0' }, 0],
		[{}, 5_000],
	])('has a window that ends as the headers %j say', (headers, ms) => {
		expect(getWindowRemainingMs(buildResponse(200, headers))).toBe(ms);
	});
});

describe('schedules', () => {
	it.each([
		[0, 1_000],
		[20_000, 1_000],
		[100_000, 5_000],
		[300_000, 15_000],
		[86_400_000, 15_000],
	])('asks for a result again, after %i ms of waiting, in %i ms', (waitedMs, ms) => {
		expect(getResultPollDelayMs(waitedMs)).toBe(ms);
	});

	it.each([
		[0, 15],
		[30, 15],
		[60, 30],
		[1_440, 720],
	])('checks an inquiry by itself, after %i minutes of sleep, in %i', (waited, minutes) => {
		expect(getPersonCheckDelayMs(waited * MINUTE_MS)).toBe(minutes * MINUTE_MS);
	});

	it('checks the inquiry of a person a dozen times in a day', () => {
		let checks = 0;
		for (let waitedMs = 0; waitedMs < 24 * 60 * MINUTE_MS; checks++) {
			waitedMs += getPersonCheckDelayMs(waitedMs);
		}
		expect(checks).toBe(12);
	});

	it('checks at once when a person returns, and for 6 seconds, so that the page can wait', () => {
		expect(RETURN_CHECK_DELAYS_MS[0]).toBe(0);
		expect(RETURN_CHECK_DELAYS_MS.reduce((sum, ms) => sum + ms)).toBe(6_000);
	});

	it('resumes an execution no earlier than the clocks may differ', () => {
		expect(RESUME_DELAYS_MS[0]).toBe(CLOCK_TOLERANCE_MS);
	});

	it('delivers a missed event at once, and gives up after a minute', () => {
		expect(SELF_DELIVERY_DELAYS_MS[0]).toBe(0);
		expect(SELF_DELIVERY_DELAYS_MS.reduce((sum, ms) => sum + ms)).toBe(MINUTE_MS);
	});

	it('reads the secrets of a webhook again before Persona delivers again after an outage', () => {
		expect(getSecretRefreshIntervalMs(false)).toBe(10_000);
		expect(getSecretRefreshIntervalMs(true)).toBeLessThan(3_000);
	});
});
