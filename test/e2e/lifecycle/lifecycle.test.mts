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
const LISTENING_TIMEOUT_MS = 150_000;

describe('the webhooks in Persona over the lifetime of a workflow', () => {
	let environment: LifecycleEnvironment;
	let abandoned: StoredWorkflow;

	beforeAll(async () => {
		environment = await startLifecycleEnvironment();
		abandoned = await environment.createWorkflow(
			'Abandoned',
			environment.buildTrigger({ events: ['sar.filed'] }),
		);
		await environment.client.runWorkflow(abandoned.id, TRIGGER);
	});
	afterAll(() => environment?.close());

	const getEnvironment = () => environment;
	const findActiveWebhooks = () =>
		environment.sandbox.control.store
			.getCollection('webhook')
			.findAll(({ attributes }) => attributes.status !== 'archived');

	describe('when it is published and changed', () => testPublishing(getEnvironment));
	describe('when it listens for a test event', () => testListening(getEnvironment));

	describe('when Persona or the key rejects a request', () => testFailures(getEnvironment));

	// After two minutes of other tests there is little left to wait for.
	it('n8n ends an abandoned test, and its webhook is archived', async () => {
		expect(environment.findWebhooks(abandoned)).toHaveLength(1);
		await environment.waitForWebhooks(abandoned, 0, LISTENING_TIMEOUT_MS);
		expect(await environment.client.fetchExecutions(abandoned.id)).toEqual([]);
	});

	it('no webhook is left in Persona when all workflows are unpublished', async () => {
		const { client } = environment;
		expect(findActiveWebhooks()).not.toEqual([]);
		for (const { id, active } of await client.fetchWorkflows())
			if (active) await client.unpublish(id);
		expect(findActiveWebhooks()).toEqual([]);
	});

	describe('when n8n restarts', () => testRestarts(getEnvironment));
});
