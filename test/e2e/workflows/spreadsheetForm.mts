import type { IDataObject } from 'n8n-workflow';
import type { Browser, Page } from 'playwright-core';
import { openBrowser, openEditor } from '../../../tools/n8n/browser.mts';
import { waitFor, type Execution, type N8nClient } from '../../../tools/n8n/n8nClient.mts';
import { account } from '../account.mts';
import { openProtectedForm } from '../openProtectedForm.mts';
import { addRows, changeRows, fetchRows } from './dataTable.mts';

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
	const token = await openProtectedForm(page, url);

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
	return {
		/** Reads all rows, oldest first. */
		fetch: async <Row extends object>(name: string) =>
			await fetchRows<Row & { id: number }>(client, name),
		insert: async (name: string, rows: object[]) => await addRows(client, name, rows),
		/** Changes the rows in which a column has this value, as somebody does in n8n's page. */
		update: async (name: string, column: string, value: string | number, data: IDataObject) =>
			await changeRows(client, name, { [column]: value }, data),
		/** Waits until a row fits, and returns it. */
		waitForRow: async <Row extends object>(name: string, fits: (row: Row) => boolean) =>
			await waitFor(`"${name}" has the row`, async () =>
				(await fetchRows<Row & { id: number }>(client, name)).find(fits),
			),
	};
}
