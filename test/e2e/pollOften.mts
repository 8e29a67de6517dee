/**
 * Poll times of a polling trigger, four times a minute. n8n rejects a cron expression with several
 * seconds, but accepts several expressions.
 */
export const pollOften = {
	item: [2, 17, 32, 47].map((second) => ({
		mode: 'custom',
		cronExpression: `${second} * * * * *`,
	})),
};

/** Enough for two polls, also on a busy machine. */
export const POLL_TIMEOUT_MS = 60_000;
