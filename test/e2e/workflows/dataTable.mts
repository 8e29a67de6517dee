import type { IDataObject } from 'n8n-workflow';
import type { N8nClient } from '../../../tools/n8n/n8nClient.mts';

/** Returns the path of a data table in the API, of n8n's only one if no name is given. */
export async function fetchDataTablePath(client: N8nClient, name?: string): Promise<string> {
	const tables = await client.fetchDataTables();
	const table = name === undefined ? tables[0] : tables.find((each) => each.name === name);
	if (!table) throw new Error(`There is no data table "${name ?? ''}"`);
	return table.path;
}

/** Reads every row of a data table, oldest first, of n8n's only one if no name is given. */
export async function fetchRows<Row extends { id: number }>(
	client: N8nClient,
	name?: string,
): Promise<Row[]> {
	const path = `${await fetchDataTablePath(client, name)}/rows`;
	const rows: Row[] = [];
	let page: { data: Row[] };
	do {
		page = await client.request('GET', `${path}?sortBy=id:asc&take=100&skip=${rows.length}`);
		rows.push(...page.data);
	} while (page.data.length > 0);
	return rows;
}

const buildFilter = (match: IDataObject) => ({
	type: 'and',
	filters: Object.entries(match).map(([columnName, value]) => ({
		columnName,
		condition: 'eq',
		value,
	})),
});

/** Adds rows to a data table, as its page in n8n does. */
export async function addRows(client: N8nClient, name: string, rows: object[]) {
	const path = `${await fetchDataTablePath(client, name)}/insert`;
	for (let start = 0; start < rows.length; start += 1_000) {
		await client.request('POST', path, { data: rows.slice(start, start + 1_000) });
	}
}

/** Adds a row to a data table, as its page in n8n does. */
export const addRow = async (client: N8nClient, name: string, row: IDataObject) =>
	await addRows(client, name, [row]);

/** Changes the rows of a data table that have these values. */
export async function changeRows(
	client: N8nClient,
	name: string,
	match: IDataObject,
	data: IDataObject,
) {
	const path = `${await fetchDataTablePath(client, name)}/rows`;
	await client.request('PATCH', path, { filter: buildFilter(match), data });
}

/** Deletes the rows of a data table that have these values. */
export async function deleteRows(client: N8nClient, name: string, match: IDataObject) {
	const filter = encodeURIComponent(JSON.stringify(buildFilter(match)));
	const path = `${await fetchDataTablePath(client, name)}/rows`;
	await client.request('DELETE', `${path}?filter=${filter}`);
}
