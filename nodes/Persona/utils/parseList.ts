import { isBlank } from './isBlank';
import { trimText } from './values/trimText';

/**
 * What is wrong with a list: it begins with `[` but is not valid JSON (`invalidJson`), or something in
 * it is neither a text nor a number nor a boolean (`notText`).
 */
export type ListProblem = 'invalidJson' | 'notText';

/** The entries of a list, trimmed and without blank ones, or what is wrong with it. */
export type ParsedList = { entries: string[] } | { problem: ListProblem };

/** What an object becomes if an expression puts it into a text. It never means anything. */
export const OBJECT_AS_TEXT = '[object Object]';

/**
 * Parses a list that is given as an array, as text with commas (`vip, mobile`) or as the text of a
 * JSON array (`["vip", "mobile"]`). Lists in a list are opened. The entries of an array are not split
 * at commas, so that an entry can contain one. Never throws.
 */
export function parseList(value: unknown): ParsedList {
	if (typeof value !== 'string') return parseEntries([value]);
	const text = trimText(value);
	if (text.includes(OBJECT_AS_TEXT)) return { problem: 'notText' };
	const json = parseJson(text);
	if (json !== undefined) return parseEntries([json]);
	return text.startsWith('[') ? { problem: 'invalidJson' } : parseEntries(text.split(','));
}

/** Parses the text of a JSON array or object; undefined for any other text. */
function parseJson(text: string): object | undefined {
	if (!/^[[{]/.test(text)) return undefined;
	try {
		return JSON.parse(text) as object;
	} catch {
		return undefined;
	}
}

function parseEntries(values: unknown[]): ParsedList {
	const entries: string[] = [];
	for (const value of values) {
		const parsed = parseEntry(value);
		if ('problem' in parsed) return parsed;
		entries.push(...parsed.entries);
	}
	return { entries };
}

function parseEntry(value: unknown): ParsedList {
	if (value === undefined || value === null) return { entries: [] };
	if (Array.isArray(value)) return parseEntries(value);
	const isText = ['string', 'boolean', 'bigint'].includes(typeof value) || Number.isFinite(value);
	if (!isText) return { problem: 'notText' };
	const entry = trimText(String(value));
	if (entry.includes(OBJECT_AS_TEXT)) return { problem: 'notText' };
	const json = parseJson(entry);
	if (json !== undefined) return parseEntry(json);
	return { entries: isBlank(entry) ? [] : [entry] };
}
