import type { IDataObject } from 'n8n-workflow';

const NEEDS_QUOTES = /[",\r\n]|^\s|\s$/;

function formatCell(value: unknown): string {
	const text = String(value ?? '');
	return NEEDS_QUOTES.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Formats records as a CSV file (RFC 4180); the first line has the names of all members. */
export function formatCsv(records: IDataObject[]): string {
	const columns = [...new Set(records.flatMap(Object.keys))];
	const lines = records.map((record) => columns.map((column) => formatCell(record[column])));
	return [columns.map(formatCell), ...lines].map((line) => `${line.join(',')}\r\n`).join('');
}
