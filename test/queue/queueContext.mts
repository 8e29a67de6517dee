import type { N8n } from '../../tools/n8n/startN8n.mts';
import type { StoredObject } from '../../sandbox/sandbox.mts';
import type { Listener } from './createListener.mts';
import type { QueueEnvironment } from './queueEnvironment.mts';

/** A published workflow that polls, and the IDs of the events since then. */
export interface PollingWorkflow {
	id: string;
	events: string[];
}

/** What the tests of queue mode share. */
export interface QueueContext {
	environment: QueueEnvironment;
	/** The two processes that receive deliveries, with their names in the report. */
	receivers: [name: string, n8n: N8n][];
	/** The workflow that receives most deliveries. */
	listener: Listener;
	polling: PollingWorkflow;
	/** Lines to print at the end. */
	measured: string[];
}

/** Emits an event about a new inquiry and returns its ID. */
export function emitEvent({ sandbox }: QueueEnvironment, name: string): string {
	const [id] = sandbox.control.seedInquiries(1);
	return sandbox.control.emitEvent(name, sandbox.control.find(id) as StoredObject);
}

/** Finds the requests for a path that the sandbox has received. */
export const findRequests = ({ sandbox }: QueueEnvironment, method: string, path: string) =>
	sandbox.control.requests.filter((one) => one.method === method && one.path.endsWith(path));

/** Formats the seconds since a time, with one decimal. */
export const formatSecondsSince = (startMs: number) => ((Date.now() - startMs) / 1000).toFixed(1);
