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

const buildResponse = (
	statusCode: number,
	headers: Record<string, string> = {},
	body: unknown = undefined,
) => ({ statusCode, headers, body });

const QUOTA_EXCEEDED = {
	errors: [
		{
			title: 'Quota exceeded',
			details:
				'You have hit your create_verification quota limit of 300 requests. Please reach out to support@withpersona.com if you need this changed.',
		},
	],
};

const LIMIT_EXCEEDED = {
	errors: [
		{
			title: 'Rate limit exceeded',
			details: 'You have hit your rate limit of 300 requests / min.',
		},
	],
};

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
	it.each<[string, Record<string, string>, unknown, number | undefined]>([
		['the rate limit', { 'ratelimit-reset': '7' }, LIMIT_EXCEEDED, 7_000],
		['a limit that has just been reset', { 'ratelimit-reset': '0' }, LIMIT_EXCEEDED, 0],
		['a limit that was reset before', { 'ratelimit-reset': '-3' }, LIMIT_EXCEEDED, 0],
		[
			'the rate limit, whatever the quota',
			{ 'ratelimit-reset': '7', 'quota-reset': '9' },
			LIMIT_EXCEEDED,
			7_000,
		],
		[
			'the quota, whatever the rate limit',
			{ 'ratelimit-reset': '7', 'quota-reset': '4000' },
			QUOTA_EXCEEDED,
			4_000_000,
		],
		['an unknown quota', { 'ratelimit-reset': '7' }, QUOTA_EXCEEDED, undefined],
		['the only thing that is reset', { 'quota-reset': '9' }, undefined, 9_000],
		['the later of two times', { 'ratelimit-reset': '7', 'retry-after': '9' }, undefined, 9_000],
		['the later of two other times', { 'quota-reset': '9', 'retry-after': '3' }, undefined, 9_000],
	])('of a 429 is the time until the reset of %s', (_, headers, body, ms) => {
		expect(getRequestedDelayMs(buildResponse(429, headers, body))).toBe(ms);
	});

	it.each([429, 503])('of a %i is what Retry-After asks for: seconds', (statusCode) => {
		const response = buildResponse(statusCode, { 'retry-after': ' 120 ' });
		expect(getRequestedDelayMs(response)).toBe(120_000);
	});

	it.each([429, 503])('of a %i is until the date of Retry-After by its clock', (statusCode) => {
		const headers = {
			date: 'Fri, 31 Dec 1999 23:59:00 GMT',
			'retry-after': 'Fri, 31 Dec 1999 23:59:59 GMT',
		};
		expect(getRequestedDelayMs(buildResponse(statusCode, headers))).toBe(59_000);
		const past = { ...headers, 'retry-after': 'Fri, 31 Dec 1999 23:00:00 GMT' };
		expect(getRequestedDelayMs(buildResponse(statusCode, past))).toBe(0);
	});

	it.each([
		'Fri, 31 Dec 1999 23:59:59 GMT',
		'Friday, 31-Dec-99 23:59:59 GMT',
		'Fri Dec 31 23:59:59 1999',
	])(
		'is read from each form of an HTTP date, in any time zone of this machine: %s',
		(retryAfter) => {
			const headers = { date: 'Fri, 31 Dec 1999 23:59:00 GMT', 'retry-after': retryAfter };
			expect(getRequestedDelayMs(buildResponse(503, headers))).toBe(59_000);
		},
	);

	it('is by the clock of this machine if the response has none', () => {
		const at = new Date(Date.now() + MINUTE_MS).toUTCString();
		const ms = getRequestedDelayMs(buildResponse(503, { 'retry-after': at }));
		expect(ms).toBeGreaterThan(MINUTE_MS - 2_000);
		expect(ms).toBeLessThanOrEqual(MINUTE_MS);
	});

	it.each<Record<string, string>>([
		{},
		{ 'ratelimit-reset': 'soon' },
		{ 'ratelimit-reset': '' },
		{ 'retry-after': 'soon' },
		{ 'retry-after': '1e9' },
		{ 'retry-after': '0x10' },
		{ 'retry-after': '2026-13' },
		{ 'retry-after': '2026-11-30T10:00:00Z' },
		{ 'retry-after': '1,000' },
		{ 'retry-after': 'Infinity' },
	])('is unknown for a 429 with headers %j', (headers) => {
		expect(getRequestedDelayMs(buildResponse(429, headers))).toBeUndefined();
	});

	it.each([200, 403, 408, 500, 502])('is unknown for %i, even with a reset', (statusCode) => {
		const response = buildResponse(statusCode, { 'ratelimit-reset': '7', 'retry-after': '7' });
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

	it('grows while a limit is met again and again', () => {
		const response = buildResponse(429, { 'ratelimit-reset': '0' });
		const delaysMs = [2, 3, 4, 20].map((failed) => getRetryDelayMs('rateLimit', response, failed));
		expect(delaysMs).toEqual([1_000, 2_000, 4_000, 32_000]);
	});

	it('is what an unavailable Persona asks for, if that is longer than the back-off', () => {
		const response = buildResponse(503, { 'retry-after': '5' });
		expect(getRetryDelayMs('transient', response, 1)).toBe(5_000);
		expect(getRetryDelayMs('transient', response, 4)).toBe(8_000);
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
		[0, 7 / 6],
		[2, 15],
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
		expect(checks).toBe(13);
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
