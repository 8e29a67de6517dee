import { eventually } from '../../demo/n8n/client.mts';
import { credentialsOf, node } from './nodes.mts';
import { account, setStage, type Stage } from './stage.mts';

/** n8n polls no more often than every minute, and once when a workflow starts to listen. */
const A_POLL_MS = 75_000;

describe('the polling trigger in n8n', () => {
	let stage: Stage;

	beforeAll(async () => {
		stage = await setStage();
	});
	afterAll(async () => await stage?.close());

	it('starts the workflow once for each event since it was published, also over a restart', async () => {
		const { client, n8n, sandbox } = stage;
		const started = async () => {
			const executions = await client.executions(workflow.id);
			const runs = await Promise.all(executions.map(({ id }) => client.execution(id)));
			return runs.flatMap((run) =>
				(run.runs.Persona?.[0].data?.main[0] ?? []).map(({ json }) => json),
			);
		};
		const happen = (name: string) => {
			const [id] = sandbox.control.seedInquiries(1);
			const inquiry = sandbox.control.store.of('inquiry').get(id);
			if (!inquiry) throw new Error('The sandbox has no inquiry');
			return sandbox.control.emit(name, inquiry);
		};
		happen('inquiry.completed');
		const workflow = await client.createWorkflow({
			name: 'Polling',
			settings: { executionOrder: 'v1' },
			nodes: [
				node(
					'n8n-nodes-persona.personaPollingTrigger',
					'Persona',
					{
						pollTimes: { item: [{ mode: 'everyMinute' }] },
						events: ['inquiry.completed'],
					},
					credentialsOf(stage),
				),
				node('n8n-nodes-base.noOp', 'Done', {}),
			],
			connections: { Persona: { main: [[{ node: 'Done', type: 'main', index: 0 }]] } },
		});
		expect(await client.publish(workflow.id)).toMatchObject({ status: 'published' });
		const first = happen('inquiry.completed');
		happen('inquiry.failed');
		const polled = async (count: number) => (await started()).length >= count;
		await eventually('the event is polled', () => polled(1), A_POLL_MS);
		await n8n.restart();
		await client.signIn(account);
		const second = happen('inquiry.completed');
		await eventually('the next event is polled', () => polled(2), A_POLL_MS);
		expect((await started()).map(({ eventId }) => eventId).sort()).toEqual([first, second].sort());
	}, 240_000);
});
