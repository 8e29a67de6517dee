import type { N8n } from '../../tools/n8n/startN8n.mts';
import type { StoredObject } from '../../sandbox/sandbox.mts';
import type { Listener } from './createListener.mts';
import type { PollingWorkflow } from './testPolling.mts';
import type { QueueEnvironment } from './queueEnvironment.mts';

/** What the tests of queue mode share. */
export interface QueueContext {
	environment: QueueEnvironment;
	/** The two processes that receive, with the names they are reported by. */
	receivers: [name: string, n8n: N8n][];
	/** The published workflow that most deliveries go to. */
	listener: Listener;
	polling: PollingWorkflow;
	/** Lines to print in the end. */
	measured: string[];
}

/** Lets an event happen to a new inquiry and gives the event's ID. */
export function emitEvent({ sandbox }: QueueEnvironment, name: string): string {
	const [id] = sandbox.control.seedInquiries(1);
	return sandbox.control.emitEvent(name, sandbox.control.find(id) as StoredObject);
}

/** The requests that Persona's stand-in has received for a path. */
export const findRequests = ({ sandbox }: QueueEnvironment, method: string, path: string) =>
	sandbox.control.requests.filter((one) => one.method === method && one.path.endsWith(path));

/** Seconds since a time, to one decimal. */
export const formatSecondsSince = (ms: number) => ((Date.now() - ms) / 1000).toFixed(1);
