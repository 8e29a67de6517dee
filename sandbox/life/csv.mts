/** Thrown by a text that is no CSV. */
export class CsvError extends Error {}

/** A table as a CSV file holds it. */
export interface CsvTable {
	columns: string[];
	/** Texts by column. */
	records: Record<string, string>[];
}

/**
 * Reads a CSV file (RFC 4180) whose first line names its columns. Throws `NoCsv` where
 * bytes are no UTF-8, a quote is left open or a record has another number of values than there are columns.
 */
export function parseCsv(bytes: Buffer): CsvTable {
	const [columns, ...lines] = linesOf(textOf(bytes));
	if (!columns || columns.includes('') || new Set(columns).size < columns.length) {
		throw new CsvError('The first line must name every column once');
	}
	const records = lines.map((values, index) => {
		if (values.length !== columns.length) throw new CsvError(`Record ${index + 1} has gaps`);
		return Object.fromEntries(values.map((value, column) => [columns[column], value]));
	});
	return { columns, records };
}

function textOf(bytes: Buffer): string {
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
	} catch {
		throw new CsvError('The file is no text in UTF-8');
	}
}

/** The values line by line; empty lines are none. */
function linesOf(text: string): string[][] {
	const lines: string[][] = [];
	let values: string[] = [];
	// One value, quoted or plain, and what ends it.
	const pattern = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;
	while (pattern.lastIndex < text.length || values.length > 0) {
		const found = pattern.exec(text);
		if (!found) throw new CsvError('A quote is left open or stands inside a value');
		const [, quoted, plain, end] = found;
		values.push((quoted?.replaceAll('""', '"') ?? plain).trim());
		if (end === ',') continue;
		if (values.some((value) => value !== '')) lines.push(values);
		values = [];
	}
	return lines;
}
