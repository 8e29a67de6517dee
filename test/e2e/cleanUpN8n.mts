import { N8nRequestError, waitFor, type N8nClient } from '../../tools/n8n/n8nClient.mts';

/** Deletes what a test file has left in n8n, so that the next one finds an empty n8n. */
export async function cleanUpN8n(client: N8nClient): Promise<void> {
	await deleteWorkflows(client);
	const credentials = await client.fetchCredentials();
	await Promise.all(
		credentials.map(({ id }) => client.request('DELETE', `/rest/credentials/${id}`)),
	);
	for (const { path } of await client.fetchDataTables()) await client.request('DELETE', path);
	const tags = await client.request<{ id: string }[]>('GET', '/rest/tags');
	for (const { id } of tags) await client.request('DELETE', `/rest/tags/${id}`);
	const { items } = await client.request<{ items: { id: string }[] }>('GET', '/rest/api-keys');
	for (const { id } of items) await client.request('DELETE', `/rest/api-keys/${id}`);
}

async function deleteWorkflows(client: N8nClient) {
	for (;;) {
		const workflows = await client.fetchWorkflows();
		if (workflows.length === 0) return;
		await Promise.all(
			workflows.map(async ({ id, active, isArchived }) => {
				if (active) await client.unpublish(id);
				await stopExecutions(client, id);
				if (!isArchived) await client.archiveWorkflow(id);
				await deleteArchivedWorkflow(client, id);
			}),
		);
	}
}

/** n8n rejects the deletion with 409 while it still unpublishes the workflow. */
async function deleteArchivedWorkflow(client: N8nClient, id: string) {
	await waitFor(`workflow ${id} is deleted`, async () => {
		try {
			await client.request('DELETE', `/rest/workflows/${id}`);
			return true;
		} catch (error) {
			if (error instanceof N8nRequestError && error.status === 409) return false;
			throw error;
		}
	});
}

/** n8n would try to resume a waiting execution that is deleted with its workflow. */
async function stopExecutions(client: N8nClient, workflowId: string) {
	const executions = await client.fetchExecutions(workflowId, 250);
	const unfinished = executions.filter(({ status }) =>
		['new', 'running', 'waiting'].includes(status),
	);
	await Promise.all(
		unfinished.map(({ id }) =>
			// It may have ended meanwhile.
			client.request('POST', `/rest/executions/${id}/stop`).catch(() => undefined),
		),
	);
}
