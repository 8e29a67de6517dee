import { waitFor } from '../../../tools/n8n/n8nClient.mts';
import type { StoredObject } from '../../../sandbox/sandbox.mts';
import { TRIGGER, type LifecycleEnvironment } from './lifecycleEnvironment.mts';

const buildWebhookUrlEnv = (address: string) => ({
	N8N_WEBHOOK_URL: address,
	WEBHOOK_URL: address,
});

/** What a restart of n8n leaves in Persona, in another environment too. */
export function testRestarts(getEnvironment: () => LifecycleEnvironment) {
	const client = () => getEnvironment().client;

	it('a test webhook of an n8n that broke down is taken over by the next test', async () => {
		const workflow = await getEnvironment().createWorkflow('Broken down');
		await client().publish(workflow.id);
		await client().runWorkflow(workflow.id, TRIGGER);
		const both = await getEnvironment().waitForWebhooks(workflow, 2);
		getEnvironment().killN8n();
		await getEnvironment().n8n.restart();
		expect(getEnvironment().findActiveWebhooks(workflow)).toEqual(both);
		await client().runWorkflow(workflow.id, TRIGGER);
		expect(getEnvironment().findActiveWebhooks(workflow)).toEqual(both);
		await client().stopListening(workflow.id);
		const [left] = await getEnvironment().waitForWebhooks(workflow, 1);
		expect(left.attributes).toMatchObject({
			status: 'enabled',
			url: expect.stringContaining('/webhook/'),
		});
		await getEnvironment().waitForStart(workflow, getEnvironment().emitEvent());
	});

	it('an address that Persona cannot reach is refused, and what stands is left alone', async () => {
		const { createWorkflow, findWebhooks, findActiveWebhooks, n8n, sandbox } = getEnvironment();
		const other = await createWorkflow('Standing');
		await client().publish(other.id);
		const before = structuredClone(findActiveWebhooks(other));
		const { requests } = sandbox.control;
		const asked = requests.length;
		await n8n.restart(buildWebhookUrlEnv('http://192.168.1.5:5678/'));
		const workflow = await createWorkflow('Inside');
		const { status, triggers } = await client().publish(workflow.id);
		expect(status).toBe('failed');
		const [{ errorMessage }] = triggers ?? [];
		expect(errorMessage).toContain('Persona cannot reach this n8n at 192.168.1.5.');
		expect(errorMessage).toContain('N8N_WEBHOOK_URL');
		await expect(client().runWorkflow(workflow.id, TRIGGER)).rejects.toThrow('N8N_WEBHOOK_URL');
		expect(findWebhooks(workflow)).toEqual([]);
		expect(findActiveWebhooks(other)).toEqual(before);
		expect(requests).toHaveLength(asked);
	});

	it('an n8n that looks after its webhooks at a start moves and mends them in place', async () => {
		const { createWorkflow, findActiveWebhooks, n8n, emitEvent, waitForStart } = getEnvironment();
		await n8n.restart();
		const moved = await createWorkflow('Moved');
		const archived = await createWorkflow('Archived in Persona');
		const disabled = await createWorkflow('Disabled in Persona');
		for (const { id } of [moved, archived, disabled]) await client().publish(id);
		const [webhook] = findActiveWebhooks(moved);
		const [silent] = findActiveWebhooks(disabled);
		findActiveWebhooks(archived)[0].attributes.status = 'archived';
		silent.attributes.status = 'disabled';

		// n8n before 2.40 does so always.
		const publishing = { N8N_USE_WORKFLOW_PUBLICATION_SERVICE: 'false' };
		const address = n8n.url.replace('127.0.0.1', 'localhost');
		await n8n.restart({ ...buildWebhookUrlEnv(address), ...publishing });
		const enabled = ({ attributes: { status, url } }: StoredObject) =>
			status === 'enabled' && String(url).startsWith(address);
		await waitFor('one webhook of each stands at the new address', async () =>
			[moved, archived, disabled].every(
				(one) => findActiveWebhooks(one).filter(enabled).length === 1,
			),
		);
		expect(findActiveWebhooks(moved)).toEqual([webhook]);
		expect(findActiveWebhooks(disabled)).toEqual([silent]);
		expect(findActiveWebhooks(archived)).toHaveLength(1);
		await waitForStart(moved, emitEvent());
	});
}
