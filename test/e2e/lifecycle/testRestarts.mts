import { waitFor, type StoredWorkflow } from '../../../tools/n8n/n8nClient.mts';
import type { StoredObject } from '../../../sandbox/sandbox.mts';
import { TRIGGER, type LifecycleEnvironment } from './lifecycleEnvironment.mts';

const buildWebhookUrlEnv = (address: string) => ({
	N8N_WEBHOOK_URL: address,
	WEBHOOK_URL: address,
});

/** Tests what a restart of n8n leaves in Persona, also with another environment. */
export function testRestarts(getEnvironment: () => LifecycleEnvironment) {
	const getClient = () => getEnvironment().client;
	let unchanged: StoredWorkflow;
	let archived: StoredWorkflow;
	let disabled: StoredWorkflow;

	// While n8n runs as usual: each restart takes long.
	beforeAll(async () => {
		const { createWorkflow } = getEnvironment();
		unchanged = await createWorkflow('Unchanged');
		archived = await createWorkflow('Archived in Persona');
		disabled = await createWorkflow('Disabled in Persona');
		for (const { id } of [unchanged, archived, disabled]) await getClient().publish(id);
	});
	// n8n deletes a workflow only with the publication service that has published it.
	afterAll(async () => await getEnvironment().n8n.restart());

	it('after a crash of n8n the next test reuses the test webhook', async () => {
		const workflow = await getEnvironment().createWorkflow('Crashed');
		await getClient().publish(workflow.id);
		await getClient().runWorkflow(workflow.id, TRIGGER);
		const both = await getEnvironment().waitForWebhooks(workflow, 2);
		getEnvironment().killN8n();
		await getEnvironment().n8n.restart();
		expect(getEnvironment().findActiveWebhooks(workflow)).toEqual(both);
		await getClient().runWorkflow(workflow.id, TRIGGER);
		expect(getEnvironment().findActiveWebhooks(workflow)).toEqual(both);
		await getClient().stopListening(workflow.id);
		const [webhook] = await getEnvironment().waitForWebhooks(workflow, 1);
		expect(webhook.attributes).toMatchObject({
			status: 'enabled',
			url: expect.stringContaining('/webhook/'),
		});
		await getEnvironment().waitForStart(workflow, getEnvironment().emitEvent());
	});

	it('an address that Persona cannot reach is rejected, and other webhooks stay unchanged', async () => {
		const { createWorkflow, findWebhooks, findActiveWebhooks, n8n, sandbox } = getEnvironment();
		const other = await createWorkflow('Other');
		await getClient().publish(other.id);
		const before = structuredClone(findActiveWebhooks(other));
		const { requests } = sandbox.control;
		const requestCount = requests.length;
		await n8n.restart(buildWebhookUrlEnv('http://192.168.1.5:5678/'));
		const workflow = await createWorkflow('Unreachable');
		const { status, triggers } = await getClient().publish(workflow.id);
		expect(status).toBe('failed');
		const [{ errorMessage }] = triggers ?? [];
		expect(errorMessage).toContain('Persona cannot reach this n8n at 192.168.1.5.');
		expect(errorMessage).toContain('N8N_WEBHOOK_URL');
		await expect(getClient().runWorkflow(workflow.id, TRIGGER)).rejects.toThrow('N8N_WEBHOOK_URL');
		expect(findWebhooks(workflow)).toEqual([]);
		expect(findActiveWebhooks(other)).toEqual(before);
		expect(requests).toHaveLength(requestCount);
	});

	it('an n8n that registers its webhooks at startup repairs them in place; at another address it creates new ones', async () => {
		const { findActiveWebhooks, n8n, emitEvent, waitForStart } = getEnvironment();
		const all = [unchanged, archived, disabled];
		const [webhook] = findActiveWebhooks(unchanged);
		const [disabledWebhook] = findActiveWebhooks(disabled);
		findActiveWebhooks(archived)[0].attributes.status = 'archived';
		disabledWebhook.attributes.status = 'disabled';

		const waitForOneEach = async (address: string) => {
			const isEnabled = ({ attributes: { status, url } }: StoredObject) =>
				status === 'enabled' && String(url).startsWith(address);
			await waitFor(`each workflow has one webhook at ${address}`, async () =>
				all.every((one) => findActiveWebhooks(one).filter(isEnabled).length === 1),
			);
		};
		// n8n before 2.40 always registers them at startup.
		const startupEnv = { N8N_USE_WORKFLOW_PUBLICATION_SERVICE: 'false' };
		await n8n.restart(startupEnv);
		await waitForOneEach(n8n.url);
		expect(findActiveWebhooks(unchanged)).toEqual([webhook]);
		expect(findActiveWebhooks(disabled)).toEqual([disabledWebhook]);
		expect(findActiveWebhooks(archived)).toHaveLength(1);

		const before = structuredClone(all.flatMap(findActiveWebhooks));
		const address = n8n.url.replace('127.0.0.1', 'localhost');
		await n8n.restart({ ...buildWebhookUrlEnv(address), ...startupEnv });
		await waitForOneEach(address);
		// Whether n8n has moved or is a copy cannot be told.
		expect(all.flatMap(findActiveWebhooks)).toEqual(expect.arrayContaining(before));
		expect(all.flatMap(findActiveWebhooks)).toHaveLength(6);
		await waitForStart(unchanged, emitEvent());
	});
}
