import { randomUUID } from 'node:crypto';
import type { IDataObject, INode } from 'n8n-workflow';
import { waitFor } from '../../../tools/n8n/n8nClient.mts';
import { TRIGGER, type LifecycleEnvironment } from './lifecycleEnvironment.mts';

/** Tests what publishing, changing and unpublishing a workflow leaves in Persona. */
export function testPublishing(getEnvironment: () => LifecycleEnvironment) {
	const getClient = () => getEnvironment().client;

	const publish = async ({ id }: { id: string }, nodes?: INode[]) => {
		if (nodes) await getClient().updateWorkflow(id, { nodes });
		return await getClient().publish(id);
	};

	it('publishing again without a change keeps the webhook', async () => {
		const { createWorkflow, findActiveWebhooks } = getEnvironment();
		const workflow = await createWorkflow('Unchanged');
		expect(await publish(workflow)).toMatchObject({ status: 'published' });
		const [webhook] = findActiveWebhooks(workflow);
		expect(await publish(workflow)).toMatchObject({ status: 'published' });
		expect(findActiveWebhooks(workflow)).toEqual([webhook]);
		expect(webhook.attributes.status).toBe('enabled');
	});

	it('changed events and options create a new webhook and archive the old one', async () => {
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

	it('a copy gets its own webhook and archives no other', async () => {
		const { createWorkflow, findActiveWebhooks, waitForWebhooks } = getEnvironment();
		const workflow = await createWorkflow('Original');
		await publish(workflow);
		const [original] = findActiveWebhooks(workflow);
		const copy = await getClient().copyWorkflow(workflow.id);
		expect(findActiveWebhooks(copy)).toEqual([]);
		await publish(copy);
		const [own] = await waitForWebhooks(copy, 1);
		expect(own.attributes.url).not.toBe(original.attributes.url);
		await getClient().unpublish(copy.id);
		expect(findActiveWebhooks(copy)).toEqual([]);
		expect(findActiveWebhooks(workflow)).toEqual([original]);
		expect(original.attributes.status).toBe('enabled');
	});

	it('n8n rejects a copy with the webhook path of the original, and no webhook changes', async () => {
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

	it('a workflow imported with the static data of another leaves the other webhook alone', async () => {
		const { createWorkflow, findActiveWebhooks, buildTrigger } = getEnvironment();
		const workflow = await createWorkflow('Exported');
		await publish(workflow);
		const before = structuredClone(findActiveWebhooks(workflow));
		const { rawApiKey } = await getClient().request<{ rawApiKey: string }>(
			'POST',
			'/rest/api-keys',
			{
				label: 'Import',
				expiresAt: null,
				scopes: ['workflow:create', 'workflow:read'],
			},
		);
		const { staticData } = await getClient().request<{ staticData: IDataObject }>(
			'GET',
			`/rest/workflows/${workflow.id}`,
		);
		expect(staticData).toMatchObject({ [`node:${TRIGGER}`]: { webhookId: before[0].id } });
		const imported = await getClient().request<{ id: string }>(
			'POST',
			'/api/v1/workflows',
			{ name: 'Imported', nodes: [buildTrigger()], connections: {}, settings: {}, staticData },
			{ 'X-N8N-API-KEY': rawApiKey },
		);
		await publish(imported);
		expect(findActiveWebhooks(workflow)).toEqual(before);
		expect(findActiveWebhooks(imported)).toHaveLength(1);
		await getClient().unpublish(imported.id);
		expect(findActiveWebhooks(workflow)).toEqual(before);
		expect(findActiveWebhooks(imported)).toEqual([]);
	});

	it('two triggers in one workflow have one webhook each', async () => {
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
		const [webhook, ...others] = findActiveWebhooks(workflow);
		expect(others).toEqual([]);
		expect(webhook.attributes['enabled-events']).toEqual(['inquiry.completed']);
	});

	it.each(['byHand', 'workflow'])(
		'no webhook is registered with the receive mode %s',
		async (receive) => {
			const { createWorkflow, buildTrigger, findActiveWebhooks } = getEnvironment();
			const workflow = await createWorkflow('Not registered', buildTrigger({ receive }));
			expect(await publish(workflow)).toMatchObject({ status: 'published' });
			expect(findActiveWebhooks(workflow)).toEqual([]);
		},
	);

	it.each(['byHand', 'workflow'])(
		'changing the receive mode to %s archives the webhook, and changing it back creates one',
		async (receive) => {
			const { createWorkflow, buildTrigger, findActiveWebhooks } = getEnvironment();
			const automatic = buildTrigger();
			const workflow = await createWorkflow('Receive mode', automatic);
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
			await getClient().archiveWorkflow(workflow.id);
		}
		await waitForWebhooks(archived, 0);
		await waitFor('n8n deletes it', async () => {
			await getClient()
				.request('DELETE', `/rest/workflows/${deleted.id}`)
				.catch(() => undefined);
			return (await getClient().fetchWorkflows()).every(({ id }) => id !== deleted.id);
		});
		await waitForWebhooks(deleted, 0);
	});

	it.each(['archived', 'disabled'])(
		'a webhook that was %s in Persona is enabled again when the workflow is published again',
		async (status) => {
			const { createWorkflow, buildTrigger, findActiveWebhooks, emitEvent, waitForStart } =
				getEnvironment();
			const own = buildTrigger();
			const workflow = await createWorkflow('Changed in Persona', own);
			const findEnabledWebhooks = () =>
				findActiveWebhooks(workflow).filter(({ attributes }) => attributes.status === 'enabled');
			await publish(workflow);
			const changeStatus = () =>
				Object.assign(findActiveWebhooks(workflow)[0].attributes, { status });

			changeStatus();
			const { requests } = getEnvironment().sandbox.control;
			const before = requests.length;
			await publish(workflow);
			// n8n does not call a node that has not changed.
			expect(requests).toHaveLength(before);
			const parameters = { events: ['inquiry.completed', 'inquiry.failed'] };
			await publish(workflow, [{ ...own, parameters }]);
			expect(findEnabledWebhooks()).toHaveLength(1);

			changeStatus();
			await getClient().unpublish(workflow.id);
			expect(findActiveWebhooks(workflow)).toEqual([]);
			await publish(workflow);
			expect(findEnabledWebhooks()).toHaveLength(1);
			await waitForStart(workflow, emitEvent());
		},
	);
}
