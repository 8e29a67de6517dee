import { waitFor } from '../../../tools/n8n/n8nClient.mts';
import type { StoredObject } from '../../../sandbox/sandbox.mts';
import { TRIGGER, type Ground } from './lifecycleEnvironment.mts';

const addressed = (address: string) => ({ N8N_WEBHOOK_URL: address, WEBHOOK_URL: address });

/** What a restart of n8n leaves in Persona, in another environment too. */
export function restarting(ground: () => Ground) {
	const client = () => ground().stage.client;

	it('a test webhook of an n8n that broke down is taken over by the next test', async () => {
		const workflow = await ground().listener('Broken down');
		await client().publish(workflow.id);
		await client().runWorkflow(workflow.id, TRIGGER);
		const both = await ground().settled(workflow, 2);
		ground().kill();
		await ground().restart();
		expect(ground().standing(workflow)).toEqual(both);
		await client().runWorkflow(workflow.id, TRIGGER);
		expect(ground().standing(workflow)).toEqual(both);
		await client().stopListening(workflow.id);
		const [left] = await ground().settled(workflow, 1);
		expect(left.attributes).toMatchObject({
			status: 'enabled',
			url: expect.stringContaining('/webhook/'),
		});
		await ground().started(workflow, ground().happen());
	});

	it('an address that Persona cannot reach is refused, and what stands is left alone', async () => {
		const { listener, registered, standing, restart, stage } = ground();
		const other = await listener('Standing');
		await client().publish(other.id);
		const before = structuredClone(standing(other));
		const { requests } = stage.sandbox.control;
		const asked = requests.length;
		await restart(addressed('http://192.168.1.5:5678/'));
		const workflow = await listener('Inside');
		const { status, triggers } = await client().publish(workflow.id);
		expect(status).toBe('failed');
		const [{ errorMessage }] = triggers ?? [];
		expect(errorMessage).toContain('Persona cannot reach this n8n at 192.168.1.5.');
		expect(errorMessage).toContain('N8N_WEBHOOK_URL');
		await expect(client().runWorkflow(workflow.id, TRIGGER)).rejects.toThrow('N8N_WEBHOOK_URL');
		expect(registered(workflow)).toEqual([]);
		expect(standing(other)).toEqual(before);
		expect(requests).toHaveLength(asked);
	});

	it('an n8n that looks after its webhooks at a start moves and mends them in place', async () => {
		const { listener, standing, restart, stage, happen, started } = ground();
		await restart();
		const moved = await listener('Moved');
		const archived = await listener('Archived in Persona');
		const disabled = await listener('Disabled in Persona');
		for (const { id } of [moved, archived, disabled]) await client().publish(id);
		const [webhook] = standing(moved);
		const [silent] = standing(disabled);
		standing(archived)[0].attributes.status = 'archived';
		silent.attributes.status = 'disabled';

		// n8n before 2.40 does so always.
		const publishing = { N8N_USE_WORKFLOW_PUBLICATION_SERVICE: 'false' };
		const address = stage.n8n.url.replace('127.0.0.1', 'localhost');
		await restart({ ...addressed(address), ...publishing });
		const enabled = ({ attributes: { status, url } }: StoredObject) =>
			status === 'enabled' && String(url).startsWith(address);
		await waitFor('one webhook of each stands at the new address', async () =>
			[moved, archived, disabled].every((one) => standing(one).filter(enabled).length === 1),
		);
		expect(standing(moved)).toEqual([webhook]);
		expect(standing(disabled)).toEqual([silent]);
		expect(standing(archived)).toHaveLength(1);
		await started(moved, happen());
	});
}
