import type { Browser, Page } from 'playwright-core';
import { openBrowser, openEditor } from '../../../tools/n8n/browser.mts';
import { waitFor, type Execution, type N8nClient } from '../../../tools/n8n/n8nClient.mts';
import { account } from '../account.mts';

/** A form with a spreadsheet, opened by a user who is signed in to n8n. */
export interface SpreadsheetForm {
	url: string;
	page: Page;
	/**
	 * Uploads a file as the page does. Resolves once the execution waits to show its last page, or has
	 * ended.
	 */
	upload(file: string | Buffer, values?: string[]): Promise<Execution>;
	/** The same, without waiting. Returns the ID of the execution. */
	startUpload(file: string | Buffer, values?: string[]): Promise<string>;
	waitForPage(executionId: string): Promise<Execution>;
	close(): Promise<void>;
}

/** A file of 10,000 rows takes some seconds. */
const TIMEOUT_MS = 120_000;

/** Opens the form at this path of a published workflow. The caller closes it. */
export async function openSpreadsheetForm(
	client: N8nClient,
	path: string,
): Promise<SpreadsheetForm> {
	const url = `${client.url}/form/${path}`;
	const browser: Browser = await openBrowser();
	const { page } = await openEditor(browser, client.url, account);
	await page.goto(url);
	await page.getByTestId('consent-allow-button').click();
	await page.locator('#submit-btn').waitFor();
	// The page sends it with the form, as proof that the user is signed in.
	const [, token] = /const authToken = '([^']+)'/.exec(await page.content()) ?? ['', ''];

	const startUpload = async (file: string | Buffer, values: string[] = []) => {
		const body = new FormData();
		const isExcel = typeof file !== 'string' && file.subarray(0, 2).toString() === 'PK';
		body.append(
			'field-0',
			new Blob([Uint8Array.from(Buffer.from(file as string))]),
			isExcel ? 'list.xlsx' : 'list.csv',
		);
		for (const [index, value] of values.entries()) body.append(`field-${index + 1}`, value);
		const headers = { 'x-auth-token': token };
		const response = await fetch(url, { method: 'POST', body, headers });
		const text = await response.text();
		const [, id] = /form-waiting\/(\d+)/.exec(text) ?? [];
		if (!id) throw new Error(`The upload failed with ${response.status}: ${text.slice(0, 500)}`);
		return id;
	};
	const waitForPage = async (id: string) => await client.waitForExecution(id, TIMEOUT_MS);
	return {
		url,
		page,
		startUpload,
		waitForPage,
		upload: async (file, values) => await waitForPage(await startUpload(file, values)),
		close: async () => await browser.close(),
	};
}

/** Returns what a node of an execution has put out first. Throws if it has not run. */
export function readOutput<T>({ runs, error, status }: Execution, node: string): T {
	const item = runs[node]?.at(-1)?.data?.main?.flat()[0];
	if (!item) throw new Error(`"${node}" has no output; ${status}: ${error?.message}`);
	return item.json as T;
}

/** Returns functions for the rows of n8n's data tables, by the name of the table. */
export function openDataTables(client: N8nClient) {
	const findPath = async (name: string) => {
		// Without "take", n8n lists only ten.
		const { data } = await client.request<{
			data: { id: string; projectId: string; name: string }[];
		}>('GET', '/rest/data-tables-global?take=250');
		const table = data.find((each) => each.name === name);
		if (!table) throw new Error(`There is no data table "${name}"`);
		return `/rest/projects/${table.projectId}/data-tables/${table.id}`;
	};
	return {
		/** Reads all rows, oldest first. */
		async fetch<Row extends object>(name: string): Promise<(Row & { id: number })[]> {
			const path = await findPath(name);
			const rows: (Row & { id: number })[] = [];
			for (;;) {
				const page = `/rows?sortBy=id:asc&take=100&skip=${rows.length}`;
				const { data } = await client.request<{ data: typeof rows }>('GET', path + page);
				if (data.length === 0) return rows;
				rows.push(...data);
			}
		},
		async insert(name: string, rows: object[]) {
			const path = await findPath(name);
			for (let start = 0; start < rows.length; start += 1_000) {
				await client.request('POST', `${path}/insert`, { data: rows.slice(start, start + 1_000) });
			}
		},
		/** Changes the rows in which a column has this value, as somebody does in n8n's page. */
		async update(name: string, column: string, value: string | number, data: object) {
			const filters = [{ columnName: column, condition: 'eq', value }];
			const filter = { type: 'and', filters };
			await client.request('PATCH', `${await findPath(name)}/rows`, { filter, data });
		},
		/** Waits until a row fits, and returns it. */
		async waitForRow<Row extends object>(name: string, fits: (row: Row) => boolean) {
			return await waitFor(`"${name}" has the row`, async () =>
				(await this.fetch<Row>(name)).find(fits),
			);
		},
	};
}
