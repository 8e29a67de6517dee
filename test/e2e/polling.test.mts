import { setTimeout as sleep } from 'node:timers/promises';
import { eventually } from '../../demo/n8n/client.mts';
import { credentialsOf, node } from './nodes.mts';
import { account, setStage, type Stage } from './stage.mts';

/** n8n polls no more often than every minute, unless the seconds are named one by one. */
const EVERY_FIVE_SECONDS = '0,5,10,15,20,25,30,35,40,45,50,55 * * * * *';

const TWO_POLLS = 11_000;

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
						pollTimes: { item: [{ mode: 'custom', cronExpression: EVERY_FIVE_SECONDS }] },
						events: ['inquiry.completed'],
					},
					credentialsOf(stage),
				),
				node('n8n-nodes-base.noOp', 'Done', {}),
			],
			connections: { Persona: { main: [[{ node: 'Done', type: 'main', index: 0 }]] } },
		});
		expect(await client.publish(workflow.id)).toMatchObject({ status: 'published' });
		await sleep(TWO_POLLS);
		expect(await started()).toEqual([]);

		const first = happen('inquiry.completed');
		happen('inquiry.failed');
		await eventually('the event is polled', async () => (await started()).length > 0);
		await n8n.restart();
		await client.signIn(account);
		await sleep(TWO_POLLS);
		const second = happen('inquiry.completed');
		await eventually('the next event is polled', async () => (await started()).length > 1);
		await sleep(TWO_POLLS);
		expect((await started()).map(({ eventId }) => eventId).sort()).toEqual([first, second].sort());
	}, 180_000);
});
