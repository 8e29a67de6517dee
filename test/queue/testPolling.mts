import { waitFor } from '../../tools/n8n/n8nClient.mts';
import { selectCredential, buildNode } from '../e2e/buildNode.mts';
import { pollOften, POLL_TIMEOUT_MS } from '../e2e/pollOften.mts';
import { readLoggedExecutions } from './createListener.mts';
import type { QueueEnvironment } from './queueEnvironment.mts';
import {
	emitEvent,
	findRequests,
	type PollingWorkflow,
	type QueueContext,
} from './queueContext.mts';

/** No other test uses this event. */
const EVENT = 'inquiry.completed';

const POLLS_PER_MINUTE = pollOften.item.length;

/** Publishes a workflow that polls, and emits its first event at once, since n8n polls later. */
export async function publishPolling(environment: QueueEnvironment): Promise<PollingWorkflow> {
	const trigger = buildNode(
		'n8n-nodes-persona.personaPollingTrigger',
		'Persona',
		{ pollTimes: pollOften, events: [EVENT] },
		selectCredential(environment),
	);
	const file = { name: 'Polling', nodes: [trigger], connections: {} };
	const { id } = await environment.client.createWorkflow(file);
	await environment.client.publish(id);
	return { id, events: [emitEvent(environment, EVENT)] };
}

/** Tests the polling trigger. */
export function testPolling(getContext: () => QueueContext) {
	it('polls in main alone and emits each event once', async () => {
		const { environment, polling, measured } = getContext();
		polling.events.push(emitEvent(environment, EVENT));
		const fetchEvents = async () => {
			const list = await environment.client.fetchExecutions(polling.id);
			const runs = await Promise.all(list.map(({ id }) => environment.client.waitForExecution(id)));
			const events = runs.flatMap(({ id, runs: { Persona } }) =>
				(Persona?.[0].data?.main[0] ?? []).map(({ json }) => ({ id, event: String(json.eventId) })),
			);
			return events.length >= polling.events.length && events;
		};
		const events = await waitFor('both events are polled', fetchEvents, POLL_TIMEOUT_MS);
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
		// Publishing polls once, and then four times a minute. A second process would double that.
		const scheduledPolls = Math.ceil((seconds[seconds.length - 1] / 60) * POLLS_PER_MINUTE);
		expect(seconds.length).toBeLessThanOrEqual(2 + scheduledPolls);
		measured.push(`Persona was polled ${seconds.join(', ')} s after the workflow was published`);
		await environment.client.unpublish(polling.id);
	});
}
