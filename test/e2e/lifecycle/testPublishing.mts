import { randomUUID } from 'node:crypto';
import type { IDataObject, INode } from 'n8n-workflow';
import { waitFor } from '../../../tools/n8n/n8nClient.mts';
import { TRIGGER, type LifecycleEnvironment } from './lifecycleEnvironment.mts';

/** What publishing, changing and taking back a workflow leaves in Persona. */
export function testPublishing(getEnvironment: () => LifecycleEnvironment) {
	const client = () => getEnvironment().client;

	const publish = async ({ id }: { id: string }, nodes?: INode[]) => {
		if (nodes) await client().updateWorkflow(id, { nodes });
		return await client().publish(id);
	};

	it('publishing again without a change keeps the one webhook', async () => {
		const { createWorkflow, findActiveWebhooks } = getEnvironment();
		const workflow = await createWorkflow('Unchanged');
		expect(await publish(workflow)).toMatchObject({ status: 'published' });
		const [webhook] = findActiveWebhooks(workflow);
		expect(await publish(workflow)).toMatchObject({ status: 'published' });
		expect(findActiveWebhooks(workflow)).toEqual([webhook]);
		expect(webhook.attributes.status).toBe('enabled');
	});

	it('other events and options reach a new webhook, and the old one is archived', async () => {
		const { createWorkflow, buildTrigger, findWebhooks } = getEnvironment();
		const before = buildTrigger();
		const workflow = await createWorkflow('Changed', before);
		await publish(workflow);
		const parameters = { events: ['inquiry.approved'], options: { fileLinkLifetime: 1 } };
		expect(await publish(workflow, [{ ...before, parameters }])).toMatchObject({
			status: 'published',
		});
		expect(findWebhooks(workflow).map(({ attributes }) => attributes)).toEqual([
			expect.objectContaining({ status: 'archived', 'enabled-events': ['inquiry.completed'] }),
			expect.objectContaining({
				status: 'enabled',
				'enabled-events': ['inquiry.approved'],
				'file-access-token-expires-in': 3600,
			}),
		]);
	});

	it('a renamed trigger has one webhook, which still starts the workflow', async () => {
		const { createWorkflow, buildTrigger, findActiveWebhooks, emitEvent, waitForStart } =
			getEnvironment();
		const before = buildTrigger();
		const workflow = await createWorkflow('Renamed', before);
		await publish(workflow);
		await publish(workflow, [{ ...before, name: 'When an inquiry is completed' }]);
		expect(findActiveWebhooks(workflow).map(({ attributes }) => attributes.status)).toEqual([
			'enabled',
		]);
		await waitForStart(workflow, emitEvent());
	});

	it('a copy gets a webhook of its own and gives up no other', async () => {
		const { createWorkflow, findActiveWebhooks, waitForWebhooks } = getEnvironment();
		const workflow = await createWorkflow('Original');
		await publish(workflow);
		const [original] = findActiveWebhooks(workflow);
		const copy = await client().copyWorkflow(workflow.id);
		expect(findActiveWebhooks(copy)).toEqual([]);
		await publish(copy);
		const [own] = await waitForWebhooks(copy, 1);
		expect(own.attributes.url).not.toBe(original.attributes.url);
		await client().unpublish(copy.id);
		expect(findActiveWebhooks(copy)).toEqual([]);
		expect(findActiveWebhooks(workflow)).toEqual([original]);
		expect(original.attributes.status).toBe('enabled');
	});

	it('a copy with the address of the original is refused by n8n and touches nothing', async () => {
		const { createWorkflow, findActiveWebhooks, buildTrigger } = getEnvironment();
		const shared = buildTrigger();
		const workflow = await createWorkflow('Original', shared);
		await publish(workflow);
		const before = structuredClone(findActiveWebhooks(workflow));
		const copy = await createWorkflow('Copy', { ...shared, id: randomUUID() });
		await expect(publish(copy)).rejects.toThrow('409');
		expect(findActiveWebhooks(copy)).toEqual([]);
		expect(findActiveWebhooks(workflow)).toEqual(before);
	});

	it('a workflow imported with what another remembers leaves the webhook of the other alone', async () => {
		const { createWorkflow, findActiveWebhooks, buildTrigger } = getEnvironment();
		const workflow = await createWorkflow('Exported');
		await publish(workflow);
		const before = structuredClone(findActiveWebhooks(workflow));
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
			{ name: 'Imported', nodes: [buildTrigger()], connections: {}, settings: {}, staticData },
			{ 'X-N8N-API-KEY': rawApiKey },
		);
		await publish(imported);
		expect(findActiveWebhooks(workflow)).toEqual(before);
		expect(findActiveWebhooks(imported)).toHaveLength(1);
		await client().unpublish(imported.id);
		expect(findActiveWebhooks(workflow)).toEqual(before);
		expect(findActiveWebhooks(imported)).toEqual([]);
	});

	it('two triggers in one workflow have a webhook each', async () => {
		const {
			createWorkflow,
			buildTrigger,
			findActiveWebhooks,
			waitForWebhooks,
			emitEvent,
			waitForStart,
		} = getEnvironment();
		const completed = buildTrigger();
		const approved = buildTrigger({ events: ['inquiry.approved'] }, { name: 'Second' });
		const workflow = await createWorkflow('Two', completed, approved);
		expect(await publish(workflow)).toMatchObject({ status: 'published' });
		const both = await waitForWebhooks(workflow, 2);
		expect(both.map(({ attributes }) => attributes['enabled-events']).sort()).toEqual([
			['inquiry.approved'],
			['inquiry.completed'],
		]);
		await waitForStart(workflow, emitEvent('inquiry.approved'));
		await publish(workflow, [completed]);
		const [left, ...others] = findActiveWebhooks(workflow);
		expect(others).toEqual([]);
		expect(left.attributes['enabled-events']).toEqual(['inquiry.completed']);
	});

	it.each(['byHand', 'workflow'])('nothing is registered where it receives %s', async (receive) => {
		const { createWorkflow, buildTrigger, findActiveWebhooks } = getEnvironment();
		const workflow = await createWorkflow('By hand', buildTrigger({ receive }));
		expect(await publish(workflow)).toMatchObject({ status: 'published' });
		expect(findActiveWebhooks(workflow)).toEqual([]);
	});

	it.each(['byHand', 'workflow'])(
		'changing the way to %s gives up the webhook, and back makes one',
		async (receive) => {
			const { createWorkflow, buildTrigger, findActiveWebhooks } = getEnvironment();
			const automatic = buildTrigger();
			const workflow = await createWorkflow('Way', automatic);
			await publish(workflow);
			expect(findActiveWebhooks(workflow)).toHaveLength(1);
			const parameters = { ...automatic.parameters, receive };
			expect(await publish(workflow, [{ ...automatic, parameters }])).toMatchObject({
				status: 'published',
			});
			expect(findActiveWebhooks(workflow)).toEqual([]);
			await publish(workflow, [automatic]);
			expect(findActiveWebhooks(workflow)).toHaveLength(1);
		},
	);

	it('archiving and deleting a workflow in n8n archives its webhook', async () => {
		const { createWorkflow, waitForWebhooks } = getEnvironment();
		const [archived, deleted] = [await createWorkflow('Archived'), await createWorkflow('Deleted')];
		for (const workflow of [archived, deleted]) {
			await publish(workflow);
			await waitForWebhooks(workflow, 1);
			await client().archiveWorkflow(workflow.id);
		}
		await waitForWebhooks(archived, 0);
		await waitFor('n8n deletes it', async () => {
			await client()
				.request('DELETE', `/rest/workflows/${deleted.id}`)
				.catch(() => undefined);
			return (await client().fetchWorkflows()).every(({ id }) => id !== deleted.id);
		});
		await waitForWebhooks(deleted, 0);
	});

	it.each(['archived', 'disabled'])(
		'a webhook that was %s in Persona stands again when the workflow is published anew',
		async (status) => {
			const { createWorkflow, buildTrigger, findActiveWebhooks, emitEvent, waitForStart } =
				getEnvironment();
			const own = buildTrigger();
			const workflow = await createWorkflow('Meddled', own);
			const enabled = () =>
				findActiveWebhooks(workflow).filter(({ attributes }) => attributes.status === 'enabled');
			await publish(workflow);
			const meddle = () => Object.assign(findActiveWebhooks(workflow)[0].attributes, { status });

			meddle();
			const { requests } = getEnvironment().sandbox.control;
			const asked = requests.length;
			await publish(workflow);
			// n8n asks a node nothing that has not changed.
			expect(requests).toHaveLength(asked);
			const parameters = { events: ['inquiry.completed', 'inquiry.failed'] };
			await publish(workflow, [{ ...own, parameters }]);
			expect(enabled()).toHaveLength(1);

			meddle();
			await client().unpublish(workflow.id);
			expect(findActiveWebhooks(workflow)).toEqual([]);
			await publish(workflow);
			expect(enabled()).toHaveLength(1);
			await waitForStart(workflow, emitEvent());
		},
	);
}
