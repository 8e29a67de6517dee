import { waitFor } from '../../../tools/n8n/n8nClient.mts';
import { KEYS, TRIGGER, type LifecycleEnvironment } from './lifecycleEnvironment.mts';

/** Tests what listening for a test event leaves in Persona. */
export function testListening(getEnvironment: () => LifecycleEnvironment) {
	const getClient = () => getEnvironment().client;
	const getControl = () => getEnvironment().sandbox.control;

	const startListening = async ({ id }: { id: string }) =>
		expect(await getClient().runWorkflow(id, TRIGGER)).toEqual({ waitingForWebhook: true });

	const getUrlKinds = (workflow: { id: string }) =>
		getEnvironment()
			.findActiveWebhooks(workflow)
			.map(({ attributes: { url } }) => String(url).split('/')[3])
			.sort();

	it('a test has its own webhook beside the production one until its event arrives', async () => {
		const workflow = await getEnvironment().createWorkflow('Tested');
		await getClient().publish(workflow.id);
		const [production] = getEnvironment().findActiveWebhooks(workflow);
		await startListening(workflow);
		expect(getUrlKinds(workflow)).toEqual(['webhook', 'webhook-test']);
		const eventId = getEnvironment().emitEvent();
		await waitFor('the event starts a test and an execution', async () => {
			const modes = (await getClient().fetchExecutions(workflow.id)).map(({ mode }) => mode);
			return modes.sort().join() === 'manual,webhook';
		});
		await getEnvironment().waitForStart(workflow, eventId);
		expect(await getEnvironment().waitForWebhooks(workflow, 1)).toEqual([production]);
		expect(production.attributes.status).toBe('enabled');
	});

	it('stopping a test archives its webhook', async () => {
		const workflow = await getEnvironment().createWorkflow('Stopped');
		await startListening(workflow);
		expect(getUrlKinds(workflow)).toEqual(['webhook-test']);
		await getClient().stopListening(workflow.id);
		await getEnvironment().waitForWebhooks(workflow, 0);
	});

	it('a test that cannot listen reports why and leaves nothing', async () => {
		const { createWorkflow, buildTrigger, createCredential, findWebhooks } = getEnvironment();
		const workflow = await createWorkflow(
			'Denied',
			buildTrigger({}, await createCredential(KEYS.readsOnly)),
		);
		await expect(getClient().runWorkflow(workflow.id, TRIGGER)).rejects.toThrow(
			'has the permission webhook.write',
		);
		expect(findWebhooks(workflow)).toEqual([]);
	});

	it('the next test reuses a test webhook that could not be archived', async () => {
		const { createWorkflow, findActiveWebhooks, emitEvent, waitForStart, waitForWebhooks } =
			getEnvironment();
		const workflow = await createWorkflow('Kept');
		await startListening(workflow);
		const [webhook] = findActiveWebhooks(workflow);
		const path = `/webhooks/${webhook.id}/archive`;
		getControl().addFault({ method: 'POST', path, kind: 'status', status: 403, times: 50 });
		await waitForStart(workflow, emitEvent());
		await waitFor('Persona rejects the archiving', async () =>
			getControl().requests.some(
				(request) => request.path.endsWith(path) && request.status === 403,
			),
		);
		getControl().clearFaults();
		expect(findActiveWebhooks(workflow)).toEqual([webhook]);
		await startListening(workflow);
		expect(findActiveWebhooks(workflow)).toEqual([webhook]);
		await getClient().stopListening(workflow.id);
		await waitForWebhooks(workflow, 0);
	});
}
