import type { Client } from '../../../tools/n8n/client.mts';

/** Where n8n has the only data table of its workflows. */
export async function dataTable(client: Client): Promise<string> {
	const { data } = await client.call<{ data: { id: string; projectId: string }[] }>(
		'GET',
		'/rest/data-tables-global',
	);
	const [{ id, projectId }] = data;
	return `/rest/projects/${projectId}/data-tables/${id}`;
}

/** What is in the only data table, the oldest row first. */
export async function rowsOfTable<Row extends { id: number }>(client: Client): Promise<Row[]> {
	const path = `${await dataTable(client)}/rows?take=100`;
	const { data } = await client.call<{ data: Row[] }>('GET', path);
	return data.sort((one, other) => one.id - other.id);
}
