import type { IDataObject } from 'n8n-workflow';

const QUOTED = /[",\r\n]|^\s|\s$/;

function formatCell(value: unknown): string {
	const text = String(value ?? '');
	return QUOTED.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A CSV file (RFC 4180) of records; its first line has the names of all members. */
export function formatCsv(records: IDataObject[]): string {
	const columns = [...new Set(records.flatMap(Object.keys))];
	const lines = records.map((record) => columns.map((column) => formatCell(record[column])));
	return [columns.map(formatCell), ...lines].map((line) => `${line.join(',')}\r\n`).join('');
}
