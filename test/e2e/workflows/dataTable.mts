import type { N8nClient } from '../../../tools/n8n/n8nClient.mts';

/** Where n8n has the only data table of its workflows. */
export async function fetchDataTablePath(client: N8nClient): Promise<string> {
	const { data } = await client.request<{ data: { id: string; projectId: string }[] }>(
		'GET',
		'/rest/data-tables-global',
	);
	const [{ id, projectId }] = data;
	return `/rest/projects/${projectId}/data-tables/${id}`;
}

/** What is in the only data table, the oldest row first. */
export async function fetchRows<Row extends { id: number }>(client: N8nClient): Promise<Row[]> {
	const path = `${await fetchDataTablePath(client)}/rows?take=100`;
	const { data } = await client.request<{ data: Row[] }>('GET', path);
	return data.sort((one, other) => one.id - other.id);
}
