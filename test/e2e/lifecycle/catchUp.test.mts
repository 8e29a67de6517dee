import { setTimeout as sleep } from 'node:timers/promises';
import type { IDataObject } from 'n8n-workflow';
import { waitFor } from '../../../tools/n8n/n8nClient.mts';
import { selectCredential, buildNode } from '../buildNode.mts';
import { account } from '../account.mts';
import { startTestEnvironment, type TestEnvironment } from '../testEnvironment.mts';

const TRIGGER = 'Persona Trigger';

describe('a workflow that was off, in n8n', () => {
	let environment: TestEnvironment;

	beforeAll(async () => {
		environment = await startTestEnvironment({
			rateLimit: { maxRequests: 10_000, windowSeconds: 60 },
		});
	});
	afterAll(async () => await environment?.close());

	const happen = () => {
		const [id] = environment.sandbox.control.seedInquiries(1);
		return environment.sandbox.control.emitEvent('inquiry.completed', id);
	};

	it('gets what it missed when it is published again, each event once but for one that a restart interrupts', async () => {
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
		const started = async (): Promise<IDataObject[]> => {
			const executions = await client.fetchExecutions(id, 250);
			const runs = await Promise.all(executions.map((one) => client.fetchExecution(one.id)));
			return runs.flatMap(({ runs: { [TRIGGER]: run } }) =>
				(run?.[0].data?.main[0] ?? []).map(({ json }) => json),
			);
		};
		expect(await client.publish(id)).toMatchObject({ status: 'published' });
		await client.unpublish(id);
		const missed = Array.from({ length: 60 }, happen);
		expect(await client.publish(id)).toMatchObject({ status: 'published' });
		await waitFor('some are caught up on', async () => (await started()).length > 10, 60_000);
		await n8n.restart();
		await client.signIn(account);
		// The node itself takes so long to know that nobody works on it any more.
		await sleep(125_000);
		const live = happen();
		const items = await waitFor(
			'all have started the workflow',
			async () => {
				const found = await started();
				const events = new Set(found.map(({ eventId }) => eventId));
				return events.size > missed.length && found;
			},
			120_000,
		);
		const late = items.filter(({ caughtUp }) => caughtUp).map(({ eventId }) => eventId);
		expect([...new Set(late)].sort()).toEqual([...missed].sort());
		// Its execution may have begun before the node could note that.
		expect(late.length - missed.length).toBeLessThanOrEqual(1);
		expect(items.filter(({ caughtUp }) => !caughtUp).map(({ eventId }) => eventId)).toEqual([live]);
		expect(sandbox.control.deliveries.filter(({ status }) => status !== 200)).toEqual([]);
	}, 400_000);
});
