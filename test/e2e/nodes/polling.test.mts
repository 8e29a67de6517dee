import { waitFor } from '../../../tools/n8n/n8nClient.mts';
import type { StoredObject } from '../../../sandbox/sandbox.mts';
import { selectCredential, buildNode } from '../buildNode.mts';
import { account } from '../account.mts';
import { startTestEnvironment, type TestEnvironment } from '../testEnvironment.mts';

/** n8n polls no more often than every minute, and once when a workflow starts to listen. */
const A_POLL_MS = 75_000;

/** More than one poll passes on at once. */
const MANY = 2_000;

describe('the polling trigger in n8n', () => {
	let environment: TestEnvironment;

	beforeAll(async () => {
		environment = await startTestEnvironment();
	});
	afterAll(async () => await environment?.close());

	const happen = (name: string) => {
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
					{
						pollTimes: { item: [{ mode: 'everyMinute' }] },
						events: ['inquiry.completed'],
					},
					selectCredential(environment),
				),
				buildNode('n8n-nodes-base.noOp', 'Done', {}),
			],
			connections: { Persona: { main: [[{ node: 'Done', type: 'main', index: 0 }]] } },
		});
		expect(await environment.client.publish(id)).toMatchObject({ status: 'published' });
		return id;
	};

	/** IDs of the events that have started a workflow, in the order in which they did. */
	const started = async (workflowId: string) => {
		const executions = await environment.client.fetchExecutions(workflowId);
		const runs = await Promise.all(
			executions.map(({ id }) => environment.client.fetchExecution(id)),
		);
		return runs
			.sort((one, other) => Number(one.id) - Number(other.id))
			.flatMap(({ runs: { Persona } }) => Persona?.[0].data?.main[0] ?? [])
			.map(({ json }) => json.eventId);
	};

	const restart = async () => {
		await environment.n8n.restart();
		await environment.client.signIn(account);
	};

	it('starts the workflow once for each event since it was published, also over a restart', async () => {
		happen('inquiry.completed');
		const id = await publish('Polling');
		const first = happen('inquiry.completed');
		happen('inquiry.failed');
		const polled = async (count: number) => (await started(id)).length >= count;
		await waitFor('the event is polled', () => polled(1), A_POLL_MS);
		await restart();
		const second = happen('inquiry.completed');
		await waitFor('the next event is polled', () => polled(2), A_POLL_MS);
		expect(await started(id)).toEqual([first, second]);
		await environment.client.unpublish(id);
	}, 240_000);

	it('gives 2,000 events once and in order: ties, shifting pages, an error on page 7, restarts', async () => {
		const { control } = environment.sandbox;
		const id = await publish('Many');
		const events: string[] = [];
		const more = setInterval(() => events.push(happen('inquiry.completed')), 200);
		try {
			let time: string | undefined;
			for (let count = 0; count < MANY; count++) {
				const eventId = happen('inquiry.completed');
				const { attributes } = control.store.getCollection('event').get(eventId) as StoredObject;
				// Three at a time happen at the same moment.
				if (time && count % 3 > 0) attributes['created-at'] = time;
				time = String(attributes['created-at']);
				events.push(eventId);
			}
			// Six pages come through; the seventh fails as often as it is tried.
			control.addFault({ path: '/events', kind: 'stall', stallMs: 1, times: 6 });
			control.addFault({ path: '/events', kind: 'status', status: 500, times: 3 });
			await waitFor(
				'a poll has failed',
				async () => control.requests.filter(({ status }) => status === 500).length === 3,
				A_POLL_MS,
			);
			expect(await started(id)).toEqual([]);
			await restart();
			await waitFor(
				'the first part is passed on',
				async () => (await started(id)).length > 0,
				A_POLL_MS,
			);
			await restart();
		} finally {
			clearInterval(more);
		}
		await waitFor(
			'all are passed on',
			async () => (await started(id)).length >= events.length,
			2 * A_POLL_MS,
		);
		expect(await started(id)).toEqual(events);
		console.log(`${events.length} events, each once and in order`);
	}, 480_000);
});
