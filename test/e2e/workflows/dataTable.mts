import type { N8nClient } from '../../../tools/n8n/n8nClient.mts';

/** Returns the path of n8n's only data table in the API. */
export async function fetchDataTablePath(client: N8nClient): Promise<string> {
	const [path] = await client.fetchDataTablePaths();
	return path;
}

/** Reads every row of the only data table, oldest first. */
export async function fetchRows<Row extends { id: number }>(client: N8nClient): Promise<Row[]> {
	const path = `${await fetchDataTablePath(client)}/rows`;
	const rows: Row[] = [];
	let page: { data: Row[] };
	do {
		page = await client.request('GET', `${path}?sortBy=id:asc&take=100&skip=${rows.length}`);
		rows.push(...page.data);
	} while (page.data.length > 0);
	return rows;
}
