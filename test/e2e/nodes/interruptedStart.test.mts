import { waitFor } from '../../../tools/n8n/n8nClient.mts';
import { buildNode, selectCredential } from '../buildNode.mts';
import { runSql } from '../runSql.mts';
import { startTestEnvironment, type TestEnvironment } from '../testEnvironment.mts';

const TRIGGER = 'Persona Trigger';

/** Longer than the test: it asks for each delivery itself. */
const RETRY_SECONDS = [3_600];

describe('an event whose execution n8n has stored, but not begun, when it is stopped', () => {
	let environment: TestEnvironment;

	beforeAll(async () => {
		environment = await startTestEnvironment({ webhookRetrySeconds: RETRY_SECONDS });
	});
	afterAll(async () => {
		await runSql(environment.n8n, 'DROP TRIGGER IF EXISTS stop_between');
		await environment?.close();
	});

	it('runs the workflow once, although Persona delivers it again', async () => {
		const { client, n8n, sandbox } = environment;
		const { control } = sandbox;
		const { id } = await client.createWorkflow({
			name: 'Interrupted start',
			nodes: [
				buildNode(
					'n8n-nodes-persona.personaTrigger',
					TRIGGER,
					{ events: ['inquiry.completed'] },
					{ ...selectCredential(environment), webhookId: '7a3e0c58-1d9b-4c26-8f4e-92b6d0a7c513' },
				),
			],
			connections: {},
		});
		expect(await client.publish(id)).toMatchObject({ status: 'published' });
		const waitForDeliveries = async (count: number) =>
			await waitFor('the response to a delivery', async () => {
				const statuses = control.deliveries.map(({ status }) => status);
				return statuses.length === count && statuses;
			});
		const waitForExecutions = async (count: number) =>
			await waitFor(
				`execution ${count} is over`,
				async () => {
					const all = await client.fetchExecutions(id);
					return all.filter(({ status }) => status === 'success').length >= count && all;
				},
				60_000,
			);

		// The same fails if n8n closes its database here, as it does when it is stopped.
		await runSql(
			n8n,
			`CREATE TRIGGER stop_between BEFORE UPDATE OF status ON execution_entity
			WHEN NEW.status = 'running' BEGIN SELECT RAISE(ABORT, 'stopped'); END`,
		);
		const [inquiry] = control.seedInquiries(1);
		const eventId = control.emitEvent('inquiry.completed', inquiry);
		expect(await waitForDeliveries(1)).toEqual([500]);
		await runSql(n8n, 'DROP TRIGGER stop_between');
		await n8n.restart();
		await waitForExecutions(1);

		control.redeliver(eventId);
		expect(await waitForDeliveries(2)).toEqual([500, 200]);
		// Somebody asks for this one. It also shows that the one before has started nothing.
		control.redeliver(eventId);
		expect(await waitForDeliveries(3)).toEqual([500, 200, 200]);
		const executions = await waitForExecutions(2);
		const items = await Promise.all(
			executions.map(async (one) => (await client.fetchExecution(one.id)).runs[TRIGGER][0].data),
		);
		expect(items.map((data) => data?.main[0]?.[0].json).reverse()).toMatchObject([
			{ eventId, attempt: 1 },
			{ eventId, attempt: 3 },
		]);
	}, 300_000);
});
