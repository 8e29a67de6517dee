import { waitFor } from '../../tools/n8n/n8nClient.mts';
import { selectCredential, buildNode } from '../e2e/buildNode.mts';
import { readLoggedExecutions } from './createListener.mts';
import type { QueueEnvironment } from './queueEnvironment.mts';
import { emitEvent, findRequests, type QueueContext } from './queueContext.mts';

/** n8n polls no more often than every minute. */
const A_POLL_MS = 75_000;

/** What nothing else in these tests waits for. */
const EVENT = 'inquiry.completed';

/** A published workflow that polls, and the events that have happened since. */
export interface PollingWorkflow {
	id: string;
	events: string[];
}

/** Publishes a workflow that polls; its first event happens at once, since n8n takes its time. */
export async function publishPolling(environment: QueueEnvironment): Promise<PollingWorkflow> {
	const trigger = buildNode(
		'n8n-nodes-persona.personaPollingTrigger',
		'Persona',
		{ pollTimes: { item: [{ mode: 'everyMinute' }] }, events: [EVENT] },
		selectCredential(environment),
	);
	const file = { name: 'Polling', nodes: [trigger], connections: {} };
	const { id } = await environment.client.createWorkflow(file);
	await environment.client.publish(id);
	return { id, events: [emitEvent(environment, EVENT)] };
}

/** The rules of the polling trigger. */
export function testPolling(here: () => QueueContext) {
	it('polls in main alone and passes each event on once', async () => {
		const { environment, polling, measured } = here();
		polling.events.push(emitEvent(environment, EVENT));
		const started = async () => {
			const list = await environment.client.fetchExecutions(polling.id);
			const runs = await Promise.all(list.map(({ id }) => environment.client.waitForExecution(id)));
			const events = runs.flatMap(({ id, runs: { Persona } }) =>
				(Persona?.[0].data?.main[0] ?? []).map(({ json }) => ({ id, event: String(json.eventId) })),
			);
			return events.length >= polling.events.length && events;
		};
		const events = await waitFor('both events are polled', started, A_POLL_MS);
		expect(events.map(({ event }) => event).sort()).toEqual(polling.events.sort());
		const enqueued = await readLoggedExecutions(environment.n8n, 'Enqueued');
		const inWorker = await readLoggedExecutions(environment.worker, 'Worker started');
		for (const { id } of events) {
			expect(enqueued).toContain(id);
			expect(inWorker).toContain(id);
		}
		const times = findRequests(environment, 'GET', '/events')
			.filter(({ query }) => JSON.stringify(query).includes(EVENT))
			.map(({ startedAt }) => startedAt);
		const seconds = times.map((at) => Math.round((at - times[0]) / 1000));
		// Publishing polls once, and every minute from then on; a second process would double that.
		expect(seconds.length).toBeLessThanOrEqual(2 + Math.ceil(seconds[seconds.length - 1] / 60));
		measured.push(`Persona was polled ${seconds.join(', ')} s after the workflow was published`);
		await environment.client.unpublish(polling.id);
	});
}
