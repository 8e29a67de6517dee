/** How often a client tries one request, and how long it waits. */
export interface RetryPolicy {
	/** Maximum number of attempts, including the first one, after transient failures. */
	maxAttempts: number;
	/** How long nothing may come of an answer before the attempt counts as having no response. */
	timeoutMs: number;
	/** How long one attempt may take in all, however steadily its answer comes; `timeoutMs` by default. */
	totalMs?: number;
	/** How long a request may wait for a limit, or for the time that a response asks for. */
	maxDelayMs: number;
}

/** For items of an execution: a workflow would rather wait than fail, but not longer than an hour. */
export const DEFAULT_RETRY_POLICY: RetryPolicy = {
	maxAttempts: 5,
	// A graph query that is run at once is answered after a minute.
	timeoutMs: 90_000,
	totalMs: 5 * 60_000,
	maxDelayMs: 60 * 60_000,
};

/** For lists and columns in the editor: a user is waiting for them, so they fail fast. */
export const EDITOR_RETRY_POLICY: RetryPolicy = {
	maxAttempts: 2,
	timeoutMs: 8_000,
	maxDelayMs: 3_000,
};

/** For registering a webhook: n8n allows 84 seconds for all requests of an activation together. */
export const HOOK_RETRY_POLICY: RetryPolicy = {
	maxAttempts: 3,
	timeoutMs: 15_000,
	maxDelayMs: 30_000,
};

/** For handling a delivery: Persona waits 5 seconds for the response and then delivers again. */
export const DELIVERY_RETRY_POLICY: RetryPolicy = {
	maxAttempts: 1,
	timeoutMs: 3_000,
	maxDelayMs: 0,
};

/** For reading missed events: after a failure, one of the next events resumes the catch-up. */
export const CATCH_UP_RETRY_POLICY: RetryPolicy = {
	maxAttempts: 3,
	timeoutMs: 30_000,
	maxDelayMs: 60 * 60_000,
};

/** For a poll: n8n repeats a failed one at its next scheduled time. */
export const POLL_RETRY_POLICY: RetryPolicy = {
	maxAttempts: 3,
	timeoutMs: 30_000,
	maxDelayMs: 2 * 60_000,
};

/** For a manual test of the polling trigger: a user is waiting, and can run it again. */
export const MANUAL_POLL_RETRY_POLICY: RetryPolicy = {
	maxAttempts: 1,
	timeoutMs: 60_000,
	maxDelayMs: 0,
};

/** For a person who returns from Persona: their browser is waiting for the page. */
export const RETURN_RETRY_POLICY: RetryPolicy = {
	maxAttempts: 2,
	timeoutMs: 10_000,
	maxDelayMs: 5_000,
};

/** For a file, at least this long in all: a large one on a slow line takes its time. */
export const FILE_TOTAL_MS = 30 * 60_000;

/**
 * The most that is kept of one answer, in bytes. Our own choice: Persona's largest page has a hundred objects,
 * and V8 makes about a gigabyte of objects out of a hundred megabytes of JSON.
 */
export const MAX_ANSWER_BYTES = { json: 100_000_000, file: 500_000_000 };
