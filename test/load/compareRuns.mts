import type { DeliveryLogEntry } from '../../sandbox/sandbox.mts';
import type { RecordedExecution } from './readAllExecutions.mts';
import { countValues } from './report.mts';

/** What deliveries and executions say about events, by the events' IDs. */
export interface RunComparison {
	/** Accepted more often than they ran. */
	lost: string[];
	/** Ran more often than they were accepted. */
	twice: string[];
	/**
	 * Ran by the execution of a delivery that n8n did not answer, or with 500: it had stored it, and ran
	 * it at its next start.
	 */
	recovered: string[];
}

/**
 * Compares how often events were accepted with how often they ran. An execution that n8n marks as crashed
 * because it was stopped is a run only if its delivery was accepted.
 */
export function compareRuns(
	events: string[],
	deliveries: DeliveryLogEntry[],
	executions: RecordedExecution[],
): RunComparison {
	const getKey = ({ eventId, attempt }: { eventId: string; attempt: number }) =>
		`${eventId} ${attempt}`;
	const accepted = deliveries.filter(({ status }) => status === 200);
	const acceptedKeys = new Set(accepted.map(getKey));
	const runs = executions.filter(
		(one) => one.status !== 'crashed' || acceptedKeys.has(getKey(one)),
	);
	const timesAccepted = countValues(accepted.map(({ eventId }) => eventId));
	const timesRun = countValues(runs.map(({ eventId }) => eventId));
	const findEvents = (isFound: (accepted: number, run: number) => boolean) =>
		events.filter((eventId) => isFound(timesAccepted[eventId] ?? 0, timesRun[eventId] ?? 0));
	return {
		lost: findEvents((expected, run) => run < expected),
		twice: findEvents((expected, run) => run > expected),
		recovered: runs.filter((one) => !acceptedKeys.has(getKey(one))).map(({ eventId }) => eventId),
	};
}
