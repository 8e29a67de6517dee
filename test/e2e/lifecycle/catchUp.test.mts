import type { IDataObject } from 'n8n-workflow';
import { waitFor, type Execution } from '../../../tools/n8n/n8nClient.mts';
import { buildNode, selectCredential } from '../buildNode.mts';
import { runSql } from '../runSql.mts';
import { startTestEnvironment, type TestEnvironment } from '../testEnvironment.mts';

const TRIGGER = 'Persona Trigger';

const MISSED_EVENTS = 60;

/** After this time the trigger takes an interrupted catch-up for abandoned. */
const STALE_AFTER_MS = 2 * 60_000;

describe('a workflow that was unpublished, in n8n', () => {
	let environment: TestEnvironment;

	beforeAll(async () => {
		environment = await startTestEnvironment({
			rateLimit: { maxRequests: 10_000, windowSeconds: 60 },
		});
	});
	afterAll(async () => await environment?.close());

	const emitEvent = () => {
		const [id] = environment.sandbox.control.seedInquiries(1);
		return environment.sandbox.control.emitEvent('inquiry.completed', id);
	};

	/**
	 * Ages what the trigger has stored about its catch-up, as if nothing had happened for two minutes.
	 * n8n's API does not change static data without publishing the workflow.
	 */
	const ageCatchUp = async (workflowId: string) => {
		const { client, n8n } = environment;
		const { staticData } = await client.fetchWorkflow(workflowId);
		const { missed } = staticData?.[`node:${TRIGGER}`] as { missed: { at: number }[] };
		for (const range of missed) range.at -= STALE_AFTER_MS;
		const statement = 'UPDATE workflow_entity SET staticData = ? WHERE id = ?';
		await runSql(n8n, statement, JSON.stringify(staticData), workflowId);
	};

	it('receives all missed events when it is published again; only the one that a restart interrupts may come twice', async () => {
		const { client, n8n, sandbox } = environment;
		const { id } = await client.createWorkflow({
			name: 'Catching up',
			nodes: [
				buildNode(
					'n8n-nodes-persona.personaTrigger',
					TRIGGER,
					{ events: ['inquiry.completed'], options: { catchUp: 24 } },
					{ ...selectCredential(environment), webhookId: '6d1f2b54-7c83-4f6e-9a0e-3f4b0a8c1d28' },
				),
			],
			connections: {},
		});
		const ended = new Map<string, Execution>();
		const fetchItems = async (): Promise<IDataObject[]> => {
			for (const execution of await client.fetchExecutions(id, 250)) {
				if (ended.has(execution.id) || execution.status === 'running') continue;
				ended.set(execution.id, await client.fetchExecution(execution.id));
			}
			return [...ended.values()].flatMap(({ runs: { [TRIGGER]: run } }) =>
				(run?.[0].data?.main[0] ?? []).map(({ json }) => json),
			);
		};
		expect(await client.publish(id)).toMatchObject({ status: 'published' });
		await client.unpublish(id);
		const missed = Array.from({ length: MISSED_EVENTS }, emitEvent);
		expect(await client.publish(id)).toMatchObject({ status: 'published' });
		const countExecutions = async () => (await client.fetchExecutions(id, 250)).length;
		await waitFor('some events are received', async () => (await countExecutions()) > 10, 60_000);
		await n8n.restart();
		await ageCatchUp(id);
		const liveEvent = emitEvent();
		const items = await waitFor(
			'all events are received',
			async () => {
				if ((await countExecutions()) <= missed.length) return false;
				const found = await fetchItems();
				const eventIds = new Set(found.map(({ eventId }) => eventId));
				return eventIds.size > missed.length && found;
			},
			120_000,
		);
		const getEventIds = (isCaughtUp: boolean) =>
			items
				.filter(({ caughtUp }) => Boolean(caughtUp) === isCaughtUp)
				.map(({ eventId }) => eventId);
		const caughtUp = getEventIds(true);
		expect([...new Set(caughtUp)].sort()).toEqual([...missed].sort());
		// Its execution may have started before the trigger could store that.
		expect(caughtUp.length - missed.length).toBeLessThanOrEqual(1);
		expect(getEventIds(false)).toEqual([liveEvent]);
		expect(sandbox.control.deliveries.filter(({ status }) => status !== 200)).toEqual([]);
	}, 400_000);
});
