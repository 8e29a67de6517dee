import type { ApiResponse } from './apiResponse';

/*
 * Every wait of this package: after a failed attempt, for a rate limit, and between two checks of
 * something that takes a while. Only the length is computed here; whoever waits does so itself.
 */

/** A rate limit that resets later than this is reported, not waited for. */
export const MAX_RESET_DELAY_MS = 60 * 60 * 1000;

/** How long to wait where Persona rate limits without saying until when. */
export const DEFAULT_RESET_DELAY_MS = 5_000;

/**
 * How long to wait before the next attempt, in milliseconds, by the number of failed ones: 1, 2, 4,
 * 8 seconds, each up to a quarter shorter or longer, so that clients do not retry in step.
 */
export const getBackOffMs = (failedAttempts: number) =>
	1000 * 2 ** (failedAttempts - 1) * (0.75 + Math.random() / 2);

/** Milliseconds until the rate limit or quota resets; undefined where the headers do not say. */
export function getResetDelayMs({ headers }: Pick<ApiResponse, 'headers'>): number | undefined {
	const seconds = Number(headers['ratelimit-reset'] ?? headers['quota-reset']);
	return Number.isNaN(seconds) ? undefined : seconds * 1000;
}

/**
 * How long a response asks its client to wait before the next request, in milliseconds; undefined
 * where it does not ask. `Retry-After` belongs here, before all others and for every status.
 */
export function getRequestedDelayMs(response: Omit<ApiResponse, 'body'>): number | undefined {
	return response.statusCode === 429 ? getResetDelayMs(response) : undefined;
}

/** How long to wait after a response before its request is sent again, in milliseconds. */
export const getRetryDelayMs = (
	response: Omit<ApiResponse, 'body'>,
	failedAttempts: number,
): number => getRequestedDelayMs(response) ?? getBackOffMs(failedAttempts);

/** How long to wait before Persona is asked again for a result, which is due soon or takes long. */
export const getResultPollDelayMs = (waitedMs: number) =>
	Math.min(Math.max(1_000, waitedMs / 20), 15_000);

/** Time between two such requests of a run: five a second, however many items wait. */
export const RESULT_POLL_SPACING_MS = 200;

/** How far the clock of a timer and that of the program may differ. */
export const CLOCK_TOLERANCE_MS = 500;

/**
 * How long an execution that waits for a person sleeps before it checks the inquiry by itself, for
 * somebody who closes the window at the end does not return: a quarter of an hour, later half of
 * the time it has waited, which makes a dozen checks in a day.
 */
export const getPersonCheckDelayMs = (waitedMs: number) => Math.max(15 * 60_000, waitedMs / 2);

/** Waits before each check of an inquiry whose person has returned: Persona may be completing it. */
export const RETURN_CHECK_DELAYS_MS = [0, 1_000, 2_000, 3_000];

/** Waits before each attempt to resume an execution: n8n may still be storing it. */
export const RESUME_DELAYS_MS = [CLOCK_TOLERANCE_MS, 2_000, 5_000];

/** Waits before each attempt to deliver a missed event: n8n may be starting, or Persona be down. */
export const SELF_DELIVERY_DELAYS_MS = [0, 1_000, 2_000, 4_000, 8_000, 15_000, 30_000];

/**
 * Shortest time between two requests for the secrets of a webhook, in milliseconds. Forged deliveries
 * must not use up the rate limit that all share; after an outage Persona delivers again in 3 seconds,
 * and by then it should have been asked again.
 */
export const getSecretRefreshIntervalMs = (afterOutage: boolean) => (afterOutage ? 2_000 : 10_000);
