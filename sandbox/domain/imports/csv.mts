/** A file is not valid CSV. */
export class CsvError extends Error {}

/** The content of a CSV file. */
export interface CsvTable {
	columns: string[];
	/** Values by column. */
	records: Record<string, string>[];
}

/**
 * Parses a CSV file (RFC 4180) whose first line names the columns. Throws `CsvError` for bytes that are
 * not UTF-8, unclosed quotes, and records with too many or too few values.
 */
export function parseCsv(bytes: Buffer): CsvTable {
	const [columns, ...lines] = splitRecords(decodeUtf8(bytes));
	if (!columns || columns.includes('') || new Set(columns).size < columns.length) {
		throw new CsvError('The first line must name every column once');
	}
	const records = lines.map((values, index) => {
		if (values.length !== columns.length) throw new CsvError(`Record ${index + 1} has gaps`);
		return Object.fromEntries(values.map((value, column) => [columns[column], value]));
	});
	return { columns, records };
}

function decodeUtf8(bytes: Buffer): string {
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
	} catch {
		throw new CsvError('The file is not UTF-8 text');
	}
}

/** The values of each line, without empty lines. */
function splitRecords(text: string): string[][] {
	const lines: string[][] = [];
	let values: string[] = [];
	// One value, quoted or plain, and its end.
	const pattern = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r?\n|$)/y;
	while (pattern.lastIndex < text.length || values.length > 0) {
		const match = pattern.exec(text);
		if (!match) throw new CsvError('A quote is not closed or is inside a value');
		const [, quoted, plain, end] = match;
		values.push((quoted?.replaceAll('""', '"') ?? plain).trim());
		if (end === ',') continue;
		if (values.some((value) => value !== '')) lines.push(values);
		values = [];
	}
	return lines;
}
