import { waitFor } from '../../../tools/n8n/n8nClient.mts';
import { KEYS, TRIGGER, type LifecycleEnvironment } from './lifecycleEnvironment.mts';

/** What listening for a test event leaves in Persona. */
export function testListening(getEnvironment: () => LifecycleEnvironment) {
	const client = () => getEnvironment().client;
	const control = () => getEnvironment().sandbox.control;

	const listen = async ({ id }: { id: string }) =>
		expect(await client().runWorkflow(id, TRIGGER)).toEqual({ waitingForWebhook: true });

	const addresses = (workflow: { id: string }) =>
		getEnvironment()
			.findActiveWebhooks(workflow)
			.map(({ attributes: { url } }) => String(url).split('/')[3])
			.sort();

	it('a test has its own webhook beside that of production until its event arrives', async () => {
		const workflow = await getEnvironment().createWorkflow('Tested');
		await client().publish(workflow.id);
		const [production] = getEnvironment().findActiveWebhooks(workflow);
		await listen(workflow);
		expect(addresses(workflow)).toEqual(['webhook', 'webhook-test']);
		const eventId = getEnvironment().emitEvent();
		await waitFor('the event starts a test and an execution', async () => {
			const modes = (await client().fetchExecutions(workflow.id)).map(({ mode }) => mode);
			return modes.sort().join() === 'manual,webhook';
		});
		await getEnvironment().waitForStart(workflow, eventId);
		expect(await getEnvironment().waitForWebhooks(workflow, 1)).toEqual([production]);
		expect(production.attributes.status).toBe('enabled');
	});

	it('a test that is stopped takes its webhook along', async () => {
		const workflow = await getEnvironment().createWorkflow('Stopped');
		await listen(workflow);
		expect(addresses(workflow)).toEqual(['webhook-test']);
		await client().stopListening(workflow.id);
		await getEnvironment().waitForWebhooks(workflow, 0);
	});

	it('a test that cannot listen says why and leaves nothing', async () => {
		const { createWorkflow, buildTrigger, createCredential, findWebhooks } = getEnvironment();
		const workflow = await createWorkflow(
			'Refused',
			buildTrigger({}, await createCredential(KEYS.readsOnly)),
		);
		await expect(client().runWorkflow(workflow.id, TRIGGER)).rejects.toThrow(
			'has the permission webhook.write',
		);
		expect(findWebhooks(workflow)).toEqual([]);
	});

	it('a test webhook that Persona does not archive is taken over by the next test', async () => {
		const { createWorkflow, findActiveWebhooks, emitEvent, waitForStart, waitForWebhooks } =
			getEnvironment();
		const workflow = await createWorkflow('Kept');
		await listen(workflow);
		const [left] = findActiveWebhooks(workflow);
		const path = `/webhooks/${left.id}/archive`;
		control().addFault({ method: 'POST', path, kind: 'status', status: 403, times: 50 });
		await waitForStart(workflow, emitEvent());
		await waitFor('Persona refuses to archive it', async () =>
			control().requests.some((request) => request.path.endsWith(path) && request.status === 403),
		);
		control().clearFaults();
		expect(findActiveWebhooks(workflow)).toEqual([left]);
		await listen(workflow);
		expect(findActiveWebhooks(workflow)).toEqual([left]);
		await client().stopListening(workflow.id);
		await waitForWebhooks(workflow, 0);
	});
}
