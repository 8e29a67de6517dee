import { waitFor } from '../../../tools/n8n/n8nClient.mts';
import type { StoredObject } from '../../../sandbox/sandbox.mts';
import { buildNode, selectCredential } from '../buildNode.mts';
import { pollOften, POLL_TIMEOUT_MS } from '../pollOften.mts';
import { startTestEnvironment, type TestEnvironment } from '../testEnvironment.mts';

/** More events than one poll returns. */
const MANY_EVENTS = 2_000;

describe('the polling trigger in n8n', () => {
	let environment: TestEnvironment;

	beforeAll(async () => {
		environment = await startTestEnvironment();
	});
	afterAll(async () => await environment?.close());

	const emitEvent = (name: string) => {
		const { control } = environment.sandbox;
		const [id] = control.seedInquiries(1);
		return control.emitEvent(name, id);
	};

	const publish = async (name: string) => {
		const { id } = await environment.client.createWorkflow({
			name,
			settings: { executionOrder: 'v1' },
			nodes: [
				buildNode(
					'n8n-nodes-persona.personaPollingTrigger',
					'Persona',
					{ pollTimes: pollOften, events: ['inquiry.completed'] },
					selectCredential(environment),
				),
				buildNode('n8n-nodes-base.noOp', 'Done', {}),
			],
			connections: { Persona: { main: [[{ node: 'Done', type: 'main', index: 0 }]] } },
		});
		expect(await environment.client.publish(id)).toMatchObject({ status: 'published' });
		return id;
	};

	/** Returns the IDs of the events that have started a workflow, in the order of the executions. */
	const fetchEventIds = async (workflowId: string) => {
		const executions = await environment.client.fetchExecutions(workflowId);
		const runs = await Promise.all(
			executions.map(({ id }) => environment.client.fetchExecution(id)),
		);
		return runs
			.sort((a, b) => Number(a.id) - Number(b.id))
			.flatMap(({ runs: { Persona } }) => Persona?.[0].data?.main[0] ?? [])
			.map(({ json }) => json.eventId);
	};

	it('starts the workflow once for each event since it was published, also after a restart', async () => {
		emitEvent('inquiry.completed');
		const id = await publish('Polling');
		const first = emitEvent('inquiry.completed');
		emitEvent('inquiry.failed');
		const hasPolled = async (count: number) => (await fetchEventIds(id)).length >= count;
		await waitFor('the event is polled', () => hasPolled(1), POLL_TIMEOUT_MS);
		await environment.n8n.restart();
		const second = emitEvent('inquiry.completed');
		await waitFor('the next event is polled', () => hasPolled(2), POLL_TIMEOUT_MS);
		expect(await fetchEventIds(id)).toEqual([first, second]);
		await environment.client.unpublish(id);
	}, 240_000);

	it('emits 2,000 events once and in order: ties, shifting pages, an error on page 7, restarts', async () => {
		const { control } = environment.sandbox;
		const id = await publish('Many');
		const eventIds: string[] = [];
		const emitter = setInterval(() => eventIds.push(emitEvent('inquiry.completed')), 200);
		try {
			let time: string | undefined;
			for (let count = 0; count < MANY_EVENTS; count++) {
				const eventId = emitEvent('inquiry.completed');
				const { attributes } = control.store.getCollection('event').get(eventId) as StoredObject;
				// Three events each have the same time.
				if (time && count % 3 > 0) attributes['created-at'] = time;
				time = String(attributes['created-at']);
				eventIds.push(eventId);
			}
			// Six pages succeed; the seventh fails in all attempts.
			control.addFault({ path: '/events', kind: 'stall', stallMs: 1, times: 6 });
			control.addFault({ path: '/events', kind: 'status', status: 500, times: 3 });
			await waitFor(
				'a poll has failed',
				async () => control.requests.filter(({ status }) => status === 500).length === 3,
				POLL_TIMEOUT_MS,
			);
			expect(await fetchEventIds(id)).toEqual([]);
			await environment.n8n.restart();
			await waitFor(
				'the first part is emitted',
				async () => (await fetchEventIds(id)).length > 0,
				POLL_TIMEOUT_MS,
			);
			await environment.n8n.restart();
		} finally {
			clearInterval(emitter);
		}
		await waitFor(
			'all events are emitted',
			async () => (await fetchEventIds(id)).length >= eventIds.length,
			2 * POLL_TIMEOUT_MS,
		);
		expect(await fetchEventIds(id)).toEqual(eventIds);
		console.log(`${eventIds.length} events, each once and in order`);
	}, 480_000);
});
