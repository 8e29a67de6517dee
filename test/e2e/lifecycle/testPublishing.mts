import { randomUUID } from 'node:crypto';
import type { IDataObject, INode } from 'n8n-workflow';
import { waitFor } from '../../../tools/n8n/n8nClient.mts';
import { TRIGGER, type Ground } from './lifecycleEnvironment.mts';

/** What publishing, changing and taking back a workflow leaves in Persona. */
export function publishing(ground: () => Ground) {
	const client = () => ground().stage.client;

	const publish = async ({ id }: { id: string }, nodes?: INode[]) => {
		if (nodes) await client().updateWorkflow(id, { nodes });
		return await client().publish(id);
	};

	it('publishing again without a change keeps the one webhook', async () => {
		const { listener, standing } = ground();
		const workflow = await listener('Unchanged');
		expect(await publish(workflow)).toMatchObject({ status: 'published' });
		const [webhook] = standing(workflow);
		expect(await publish(workflow)).toMatchObject({ status: 'published' });
		expect(standing(workflow)).toEqual([webhook]);
		expect(webhook.attributes.status).toBe('enabled');
	});

	it('other events and options reach a new webhook, and the old one is archived', async () => {
		const { listener, trigger, registered } = ground();
		const before = trigger();
		const workflow = await listener('Changed', before);
		await publish(workflow);
		const parameters = { events: ['inquiry.approved'], options: { fileLinkLifetime: 1 } };
		expect(await publish(workflow, [{ ...before, parameters }])).toMatchObject({
			status: 'published',
		});
		expect(registered(workflow).map(({ attributes }) => attributes)).toEqual([
			expect.objectContaining({ status: 'archived', 'enabled-events': ['inquiry.completed'] }),
			expect.objectContaining({
				status: 'enabled',
				'enabled-events': ['inquiry.approved'],
				'file-access-token-expires-in': 3600,
			}),
		]);
	});

	it('a renamed trigger has one webhook, which still starts the workflow', async () => {
		const { listener, trigger, standing, happen, started } = ground();
		const before = trigger();
		const workflow = await listener('Renamed', before);
		await publish(workflow);
		await publish(workflow, [{ ...before, name: 'When an inquiry is completed' }]);
		expect(standing(workflow).map(({ attributes }) => attributes.status)).toEqual(['enabled']);
		await started(workflow, happen());
	});

	it('a copy gets a webhook of its own and gives up no other', async () => {
		const { listener, standing, settled } = ground();
		const workflow = await listener('Original');
		await publish(workflow);
		const [original] = standing(workflow);
		const copy = await client().copyWorkflow(workflow.id);
		expect(standing(copy)).toEqual([]);
		await publish(copy);
		const [own] = await settled(copy, 1);
		expect(own.attributes.url).not.toBe(original.attributes.url);
		await client().unpublish(copy.id);
		expect(standing(copy)).toEqual([]);
		expect(standing(workflow)).toEqual([original]);
		expect(original.attributes.status).toBe('enabled');
	});

	it('a copy with the address of the original is refused by n8n and touches nothing', async () => {
		const { listener, standing, trigger } = ground();
		const shared = trigger();
		const workflow = await listener('Original', shared);
		await publish(workflow);
		const before = structuredClone(standing(workflow));
		const copy = await listener('Copy', { ...shared, id: randomUUID() });
		await expect(publish(copy)).rejects.toThrow('409');
		expect(standing(copy)).toEqual([]);
		expect(standing(workflow)).toEqual(before);
	});

	it('a workflow imported with what another remembers leaves the webhook of the other alone', async () => {
		const { listener, standing, trigger } = ground();
		const workflow = await listener('Exported');
		await publish(workflow);
		const before = structuredClone(standing(workflow));
		const { rawApiKey } = await client().request<{ rawApiKey: string }>('POST', '/rest/api-keys', {
			label: 'Import',
			expiresAt: null,
			scopes: ['workflow:create', 'workflow:read'],
		});
		const { staticData } = await client().request<{ staticData: IDataObject }>(
			'GET',
			`/rest/workflows/${workflow.id}`,
		);
		expect(staticData).toMatchObject({ [`node:${TRIGGER}`]: { webhookId: before[0].id } });
		const imported = await client().request<{ id: string }>(
			'POST',
			'/api/v1/workflows',
			{ name: 'Imported', nodes: [trigger()], connections: {}, settings: {}, staticData },
			{ 'X-N8N-API-KEY': rawApiKey },
		);
		await publish(imported);
		expect(standing(workflow)).toEqual(before);
		expect(standing(imported)).toHaveLength(1);
		await client().unpublish(imported.id);
		expect(standing(workflow)).toEqual(before);
		expect(standing(imported)).toEqual([]);
	});

	it('two triggers in one workflow have a webhook each', async () => {
		const { listener, trigger, standing, settled, happen, started } = ground();
		const completed = trigger();
		const approved = trigger({ events: ['inquiry.approved'] }, { name: 'Second' });
		const workflow = await listener('Two', completed, approved);
		expect(await publish(workflow)).toMatchObject({ status: 'published' });
		const both = await settled(workflow, 2);
		expect(both.map(({ attributes }) => attributes['enabled-events']).sort()).toEqual([
			['inquiry.approved'],
			['inquiry.completed'],
		]);
		await started(workflow, happen('inquiry.approved'));
		await publish(workflow, [completed]);
		const [left, ...others] = standing(workflow);
		expect(others).toEqual([]);
		expect(left.attributes['enabled-events']).toEqual(['inquiry.completed']);
	});

	it.each(['byHand', 'workflow'])('nothing is registered where it receives %s', async (receive) => {
		const { listener, trigger, standing } = ground();
		const workflow = await listener('By hand', trigger({ receive }));
		expect(await publish(workflow)).toMatchObject({ status: 'published' });
		expect(standing(workflow)).toEqual([]);
	});

	it.each(['byHand', 'workflow'])(
		'changing the way to %s gives up the webhook, and back makes one',
		async (receive) => {
			const { listener, trigger, standing } = ground();
			const automatic = trigger();
			const workflow = await listener('Way', automatic);
			await publish(workflow);
			expect(standing(workflow)).toHaveLength(1);
			const parameters = { ...automatic.parameters, receive };
			expect(await publish(workflow, [{ ...automatic, parameters }])).toMatchObject({
				status: 'published',
			});
			expect(standing(workflow)).toEqual([]);
			await publish(workflow, [automatic]);
			expect(standing(workflow)).toHaveLength(1);
		},
	);

	it('archiving and deleting a workflow in n8n archives its webhook', async () => {
		const { listener, settled } = ground();
		const [archived, deleted] = [await listener('Archived'), await listener('Deleted')];
		for (const workflow of [archived, deleted]) {
			await publish(workflow);
			await settled(workflow, 1);
			await client().archiveWorkflow(workflow.id);
		}
		await settled(archived, 0);
		await waitFor('n8n deletes it', async () => {
			await client()
				.request('DELETE', `/rest/workflows/${deleted.id}`)
				.catch(() => undefined);
			return (await client().fetchWorkflows()).every(({ id }) => id !== deleted.id);
		});
		await settled(deleted, 0);
	});

	it.each(['archived', 'disabled'])(
		'a webhook that was %s in Persona stands again when the workflow is published anew',
		async (status) => {
			const { listener, trigger, standing, happen, started } = ground();
			const own = trigger();
			const workflow = await listener('Meddled', own);
			const enabled = () =>
				standing(workflow).filter(({ attributes }) => attributes.status === 'enabled');
			await publish(workflow);
			const meddle = () => Object.assign(standing(workflow)[0].attributes, { status });

			meddle();
			const { requests } = ground().stage.sandbox.control;
			const asked = requests.length;
			await publish(workflow);
			// n8n asks a node nothing that has not changed.
			expect(requests).toHaveLength(asked);
			const parameters = { events: ['inquiry.completed', 'inquiry.failed'] };
			await publish(workflow, [{ ...own, parameters }]);
			expect(enabled()).toHaveLength(1);

			meddle();
			await client().unpublish(workflow.id);
			expect(standing(workflow)).toEqual([]);
			await publish(workflow);
			expect(enabled()).toHaveLength(1);
			await started(workflow, happen());
		},
	);
}
