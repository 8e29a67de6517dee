import type { ApiResponse } from './apiResponse';

/*
 * All waits of this package: after a failed attempt, for a rate limit, and between two checks of
 * something that takes a while. This file only computes how long; the caller waits.
 */

/** Why a request is sent again. */
export type RetryReason = 'rateLimit' | 'staleObject' | 'transient';

/** A limit that resets later than this is not what the rate limiter waits for. */
const MAX_RESET_DELAY_MS = 60 * 60 * 1000;

/** How long to wait for a rate limit if Persona does not say when it resets, or it is too long. */
const DEFAULT_RESET_DELAY_MS = 5_000;

/** How long to wait for a rate limit that is said to reset sooner. */
const MIN_RESET_DELAY_MS = 100;

/** A request does not wait longer than this because it has met a limit again and again. */
const MAX_LIMIT_BACK_OFF_FAILURES = 6;

/**
 * How long to wait before the next attempt, in milliseconds, by the number of failed ones: 1, 2, 4
 * and 8 seconds, each up to a quarter shorter or longer so that clients do not retry at the same
 * moment.
 */
export const getBackOffMs = (failedAttempts: number): number =>
	1000 * 2 ** (failedAttempts - 1) * (0.75 + Math.random() / 2);

/** Milliseconds in a header that counts seconds; undefined if it is missing or something else. */
function parseSecondsMs({ headers }: Pick<ApiResponse, 'headers'>, name: string) {
	const text = headers[name]?.trim();
	return text && /^-?\d+(\.\d+)?$/.test(text) ? Math.max(0, Number(text) * 1000) : undefined;
}

/**
 * Parses an HTTP date in any of its three forms, in milliseconds since 1970; NaN for another text. One
 * of them does not say that it is in GMT (RFC 9110, 5.6.7).
 */
function parseHttpDate(text = ''): number {
	// It begins with a day of the week; JavaScript would also take other texts for dates.
	if (!/^\s*[A-Z][a-z]{2}/.test(text)) return NaN;
	return Date.parse(/GMT|UTC/.test(text) ? text : `${text} GMT`);
}

/**
 * Milliseconds that the header `Retry-After` asks to wait: seconds, or a time by the clock of the
 * response (RFC 9110, 10.2.3). Undefined if it is missing or something else.
 */
function parseRetryAfterMs(response: Pick<ApiResponse, 'headers'>): number | undefined {
	const { 'retry-after': retryAfter, date } = response.headers;
	const seconds = parseSecondsMs(response, 'retry-after');
	if (seconds !== undefined) return seconds;
	const delayMs = parseHttpDate(retryAfter) - (parseHttpDate(date) || Date.now());
	return Number.isNaN(delayMs) ? undefined : Math.max(0, delayMs);
}

/**
 * Whether Persona refuses because a quota of a product is used up, and not the limit of all requests.
 * It says so in the title or the details, e.g. "Quota exceeded". A proxy has quotas of its own.
 */
export function isQuota({ statusCode, body, headers, foreignStatus }: ApiResponse): boolean {
	if (foreignStatus !== undefined || (statusCode !== 429 && statusCode !== 403)) return false;
	if (/quota (has been |is )?exceeded|quota limit/i.test(JSON.stringify(body ?? ''))) return true;
	return statusCode === 429 && !('ratelimit-reset' in headers) && 'quota-reset' in headers;
}

/**
 * How long a response asks to wait before the next request, in milliseconds; undefined if it does
 * not. The limit of all requests and a quota have a reset of their own
 * (https://docs.withpersona.com/rate-limiting). Of two times, the later one counts.
 */
export function getRequestedDelayMs(response: ApiResponse): number | undefined {
	const { statusCode } = response;
	const isLimit = statusCode === 429 || isQuota(response);
	if (!isLimit && statusCode !== 503) return undefined;
	const resetHeader = isQuota(response) ? 'quota-reset' : 'ratelimit-reset';
	const resetMs = isLimit ? parseSecondsMs(response, resetHeader) : undefined;
	const delaysMs = [parseRetryAfterMs(response), resetMs].filter(
		(delayMs) => delayMs !== undefined,
	);
	return delaysMs.length > 0 ? Math.max(...delaysMs) : undefined;
}

/** How long to wait after a response before its request is sent again, in milliseconds. */
export function getRetryDelayMs(
	reason: RetryReason,
	response: ApiResponse,
	failedAttempts: number,
): number {
	if (reason === 'staleObject') return 0;
	if (reason === 'rateLimit') {
		// The rate limiter holds back all requests of the run until the limit resets. A limit that has
		// not reset by then is met again ever more rarely.
		const failures = Math.min(failedAttempts - 1, MAX_LIMIT_BACK_OFF_FAILURES);
		return failures > 0 ? getBackOffMs(failures) : 0;
	}
	return Math.max(getRequestedDelayMs(response) ?? 0, getBackOffMs(failedAttempts));
}

/** How long the rate limiter starts no request after a 429, in milliseconds. */
export const getBlockedMs = (response: ApiResponse): number =>
	Math.max(limitResetDelay(getRequestedDelayMs(response)), MIN_RESET_DELAY_MS);

/** Milliseconds until the window of the rate limit ends, according to any response. */
export const getWindowRemainingMs = (response: Pick<ApiResponse, 'headers'>): number =>
	limitResetDelay(parseSecondsMs(response, 'ratelimit-reset'));

const limitResetDelay = (delayMs = Infinity): number =>
	delayMs <= MAX_RESET_DELAY_MS ? delayMs : DEFAULT_RESET_DELAY_MS;

/**
 * How long to wait before Persona is asked again for a result, in milliseconds: a twentieth of the
 * time waited so far, since most results take seconds and some take hours.
 */
export const getResultPollDelayMs = (waitedMs: number): number =>
	Math.min(Math.max(1_000, waitedMs / 20), 15_000);

/** Time between two such requests of a run: five per second, however many items wait. */
export const RESULT_POLL_SPACING_MS = 200;

/** How far a timer and the clock of the process may differ. */
export const CLOCK_TOLERANCE_MS = 500;

/**
 * How long an execution that waits for a person sleeps before it checks the inquiry on its own,
 * since a person who closes the window at the end does not return: a quarter of an hour, later half
 * of the time waited so far, which results in a dozen checks a day. The first check is soon, for a
 * person who was back before n8n had stored the execution; n8n keeps a wait of 65 seconds or more.
 */
export const getPersonCheckDelayMs = (waitedMs: number): number =>
	waitedMs < 60_000 ? 70_000 : Math.max(15 * 60_000, waitedMs / 2);

/**
 * Waits before each check of an inquiry whose person has returned: Persona may be completing it.
 */
export const RETURN_CHECK_DELAYS_MS = [0, 1_000, 2_000, 3_000];

/** Waits before each attempt to resume an execution: n8n may still be storing it. */
export const RESUME_DELAYS_MS = [CLOCK_TOLERANCE_MS, 2_000, 5_000];

/**
 * Waits before each attempt to deliver a missed event: n8n may be starting, or Persona unavailable.
 */
export const SELF_DELIVERY_DELAYS_MS = [0, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000];

/**
 * Shortest time between two requests for the secrets of a webhook, in milliseconds. Forged
 * deliveries must not use up the rate limit that everything shares. After an outage it is shorter,
 * since Persona delivers again after 3 seconds and the secrets should be readable by then.
 */
export const getSecretRefreshIntervalMs = (afterOutage: boolean): number =>
	afterOutage ? 2_000 : 10_000;
