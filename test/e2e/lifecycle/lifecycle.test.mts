import type { StoredWorkflow } from '../../../tools/n8n/n8nClient.mts';
import { failing } from './testFailures.mts';
import { setGround, TRIGGER, type Ground } from './lifecycleEnvironment.mts';
import { listening } from './testListening.mts';
import { publishing } from './testPublishing.mts';
import { restarting } from './testRestarts.mts';

/** n8n ends a test after two minutes, and no setting shortens that. */
const A_TEST_MS = 150_000;

describe('the webhooks in Persona through the life of a workflow', () => {
	let ground: Ground;
	let unanswered: StoredWorkflow;

	beforeAll(async () => {
		ground = await setGround();
		unanswered = await ground.listener('Unanswered', ground.trigger({ events: ['sar.filed'] }));
		await ground.stage.client.runWorkflow(unanswered.id, TRIGGER);
	});
	afterAll(() => ground?.close());

	const here = () => ground;
	const kept = () =>
		ground.stage.sandbox.control.store
			.getCollection('webhook')
			.findAll(({ attributes }) => attributes.status !== 'archived');

	describe('when it is published and changed', () => publishing(here));
	describe('when it listens for a test event', () => listening(here));

	it('a test that nobody ends is ended by n8n, and its webhook archived', async () => {
		expect(ground.registered(unanswered)).toHaveLength(1);
		await ground.settled(unanswered, 0, A_TEST_MS);
		expect(await ground.stage.client.fetchExecutions(unanswered.id)).toEqual([]);
	});

	// Afterwards, for nobody could archive it while Persona is made to refuse.
	describe('when Persona or the key does not play along', () => failing(here));

	it('nothing is left in Persona when all workflows are taken back', async () => {
		const { client } = ground.stage;
		expect(kept()).not.toEqual([]);
		for (const { id, active } of await client.fetchWorkflows())
			if (active) await client.unpublish(id);
		expect(kept()).toEqual([]);
	});

	describe('when n8n starts again', () => restarting(here));
});
