import type { N8nClient } from '../../../tools/n8n/n8nClient.mts';

/** Returns the path of n8n's only data table in the API. */
export async function fetchDataTablePath(client: N8nClient): Promise<string> {
	const [path] = await client.fetchDataTablePaths();
	return path;
}

/** Reads the only data table, oldest row first. */
export async function fetchRows<Row extends { id: number }>(client: N8nClient): Promise<Row[]> {
	const path = `${await fetchDataTablePath(client)}/rows?take=100`;
	const { data } = await client.request<{ data: Row[] }>('GET', path);
	return data.sort((a, b) => a.id - b.id);
}
