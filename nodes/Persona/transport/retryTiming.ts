import type { ApiResponse } from './apiResponse';

/*
 * All waits of this package: after a failed attempt, for a rate limit, and between two checks of
 * something that takes a while. This file only computes how long; the caller waits.
 */

/** Why a request is sent again. */
export type RetryReason = 'rateLimit' | 'staleObject' | 'transient';

type ResponseTiming = Pick<ApiResponse, 'statusCode' | 'headers'>;

/** A rate limit that resets later than this is reported instead of waited for. */
export const MAX_RESET_DELAY_MS = 60 * 60 * 1000;

/** How long to wait for a rate limit if Persona does not say when it resets, or it is too long. */
const DEFAULT_RESET_DELAY_MS = 5_000;

/** How long to wait for a rate limit that is said to reset sooner. */
const MIN_RESET_DELAY_MS = 100;

/**
 * How long to wait before the next attempt, in milliseconds, by the number of failed ones: 1, 2, 4
 * and 8 seconds, each up to a quarter shorter or longer so that clients do not retry at the same
 * moment.
 */
export const getBackOffMs = (failedAttempts: number): number =>
	1000 * 2 ** (failedAttempts - 1) * (0.75 + Math.random() / 2);

/** Milliseconds until the rate limit or the quota resets; undefined if the headers do not say. */
function parseResetDelayMs({ headers }: Pick<ApiResponse, 'headers'>): number | undefined {
	const seconds = Number(headers['ratelimit-reset'] ?? headers['quota-reset']);
	return Number.isNaN(seconds) ? undefined : seconds * 1000;
}

/**
 * How long a response asks to wait before the next request, in milliseconds; undefined if it does
 * not. If Persona ever sends `Retry-After`, read it here first, for every status.
 */
export function getRequestedDelayMs(response: ResponseTiming): number | undefined {
	return response.statusCode === 429 ? parseResetDelayMs(response) : undefined;
}

/** How long to wait after a response before its request is sent again, in milliseconds. */
export function getRetryDelayMs(
	reason: RetryReason,
	response: ResponseTiming,
	failedAttempts: number,
): number {
	// The rate limiter holds back all requests of the run until the limit resets.
	if (reason === 'rateLimit') return 0;
	if (reason === 'staleObject') return 0;
	return getRequestedDelayMs(response) ?? getBackOffMs(failedAttempts);
}

/** How long the rate limiter starts no request after a 429, in milliseconds. */
export const getBlockedMs = (response: ResponseTiming): number =>
	Math.max(limitResetDelay(getRequestedDelayMs(response)), MIN_RESET_DELAY_MS);

/** Milliseconds until the window of the rate limit ends, according to any other response. */
export const getWindowRemainingMs = (response: ResponseTiming): number =>
	limitResetDelay(parseResetDelayMs(response));

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
 * of the time waited so far, which results in a dozen checks a day.
 */
export const getPersonCheckDelayMs = (waitedMs: number): number =>
	Math.max(15 * 60_000, waitedMs / 2);

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
