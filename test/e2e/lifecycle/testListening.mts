import { waitFor } from '../../../tools/n8n/n8nClient.mts';
import { KEYS, TRIGGER, type Ground } from './lifecycleEnvironment.mts';

/** What listening for a test event leaves in Persona. */
export function listening(ground: () => Ground) {
	const client = () => ground().stage.client;
	const control = () => ground().stage.sandbox.control;

	const listen = async ({ id }: { id: string }) =>
		expect(await client().runWorkflow(id, TRIGGER)).toEqual({ waitingForWebhook: true });

	const addresses = (workflow: { id: string }) =>
		ground()
			.standing(workflow)
			.map(({ attributes: { url } }) => String(url).split('/')[3])
			.sort();

	it('a test has its own webhook beside that of production until its event arrives', async () => {
		const workflow = await ground().listener('Tested');
		await client().publish(workflow.id);
		const [production] = ground().standing(workflow);
		await listen(workflow);
		expect(addresses(workflow)).toEqual(['webhook', 'webhook-test']);
		const eventId = ground().happen();
		await waitFor('the event starts a test and an execution', async () => {
			const modes = (await client().fetchExecutions(workflow.id)).map(({ mode }) => mode);
			return modes.sort().join() === 'manual,webhook';
		});
		await ground().started(workflow, eventId);
		expect(await ground().settled(workflow, 1)).toEqual([production]);
		expect(production.attributes.status).toBe('enabled');
	});

	it('a test that is stopped takes its webhook along', async () => {
		const workflow = await ground().listener('Stopped');
		await listen(workflow);
		expect(addresses(workflow)).toEqual(['webhook-test']);
		await client().stopListening(workflow.id);
		await ground().settled(workflow, 0);
	});

	it('a test that cannot listen says why and leaves nothing', async () => {
		const { listener, trigger, credential, registered } = ground();
		const workflow = await listener('Refused', trigger({}, await credential(KEYS.readsOnly)));
		await expect(client().runWorkflow(workflow.id, TRIGGER)).rejects.toThrow(
			'has the permission webhook.write',
		);
		expect(registered(workflow)).toEqual([]);
	});

	it('a test webhook that Persona does not archive is taken over by the next test', async () => {
		const { listener, standing, happen, started, settled } = ground();
		const workflow = await listener('Kept');
		await listen(workflow);
		const [left] = standing(workflow);
		const path = `/webhooks/${left.id}/archive`;
		control().addFault({ method: 'POST', path, kind: 'status', status: 403, times: 50 });
		await started(workflow, happen());
		await waitFor('Persona refuses to archive it', async () =>
			control().requests.some((request) => request.path.endsWith(path) && request.status === 403),
		);
		control().clearFaults();
		expect(standing(workflow)).toEqual([left]);
		await listen(workflow);
		expect(standing(workflow)).toEqual([left]);
		await client().stopListening(workflow.id);
		await settled(workflow, 0);
	});
}
