import type { StoredWorkflow } from '../../../tools/n8n/n8nClient.mts';
import { testFailures } from './testFailures.mts';
import {
	startLifecycleEnvironment,
	TRIGGER,
	type LifecycleEnvironment,
} from './lifecycleEnvironment.mts';
import { testListening } from './testListening.mts';
import { testPublishing } from './testPublishing.mts';
import { testRestarts } from './testRestarts.mts';

/** n8n ends a test after two minutes, and no setting shortens that. */
const A_TEST_MS = 150_000;

describe('the webhooks in Persona through the life of a workflow', () => {
	let environment: LifecycleEnvironment;
	let unanswered: StoredWorkflow;

	beforeAll(async () => {
		environment = await startLifecycleEnvironment();
		unanswered = await environment.createWorkflow(
			'Unanswered',
			environment.buildTrigger({ events: ['sar.filed'] }),
		);
		await environment.client.runWorkflow(unanswered.id, TRIGGER);
	});
	afterAll(() => environment?.close());

	const getEnvironment = () => environment;
	const findActiveWebhooks = () =>
		environment.sandbox.control.store
			.getCollection('webhook')
			.findAll(({ attributes }) => attributes.status !== 'archived');

	describe('when it is published and changed', () => testPublishing(getEnvironment));
	describe('when it listens for a test event', () => testListening(getEnvironment));

	it('a test that nobody ends is ended by n8n, and its webhook archived', async () => {
		expect(environment.findWebhooks(unanswered)).toHaveLength(1);
		await environment.waitForWebhooks(unanswered, 0, A_TEST_MS);
		expect(await environment.client.fetchExecutions(unanswered.id)).toEqual([]);
	});

	// Afterwards, for nobody could archive it while Persona is made to refuse.
	describe('when Persona or the key does not play along', () => testFailures(getEnvironment));

	it('nothing is left in Persona when all workflows are taken back', async () => {
		const { client } = environment;
		expect(findActiveWebhooks()).not.toEqual([]);
		for (const { id, active } of await client.fetchWorkflows())
			if (active) await client.unpublish(id);
		expect(findActiveWebhooks()).toEqual([]);
	});

	describe('when n8n starts again', () => testRestarts(getEnvironment));
});
