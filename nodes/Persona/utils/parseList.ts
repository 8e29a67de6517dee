import { isBlank } from './isBlank';
import { findBrokenText, findRoundedNumber, type ValueProblem } from './values/brokenText';
import { trimText } from './values/trimText';

/** The trimmed entries of a list, none of them blank, or what is wrong with it. */
export type ParsedList = { entries: string[] } | { problem: ValueProblem };

const HOW_TO_WRITE = 'Write it as vip, mobile or as ["vip", "mobile"].';

/** What is wrong with an array that has entries, of which one is empty. */
export const EMPTY_ENTRY: ValueProblem = {
	finding: 'has an empty entry',
	advice:
		'Enter a value for it, or remove it. If it comes from an expression, the expression found nothing.',
};

const INVALID_JSON: ValueProblem = {
	finding: 'begins with [ but is not a JSON list',
	advice: HOW_TO_WRITE,
};

const IN_BRACES: ValueProblem = {
	finding: 'is in braces, as databases write lists',
	advice: HOW_TO_WRITE,
};

const NOT_TEXT: ValueProblem = {
	finding: 'must be a list of texts',
	advice:
		'Write it as vip, mobile or as ["vip", "mobile"]. Of objects, use one member, e.g. {{ $json.users.map((user) => user.id) }}.',
};

/**
 * Parses a list that is given as an array, as text with commas (`vip, mobile`) or as the text of a
 * JSON array (`["vip", "mobile"]`). Lists in a list are opened. The entries of an array are not split
 * at commas, so that an entry can contain one. What is empty between commas is left out; an empty entry
 * of an array was meant to be something, so it is a problem unless all are empty. Never throws.
 */
export function parseList(value: unknown): ParsedList {
	if (typeof value !== 'string') return parseArray([value]);
	const text = trimText(value);
	const problem = findBrokenText(text);
	if (problem) return { problem };
	const json = parseJson(text);
	if (json !== undefined) return parseArray([json]);
	if (text.startsWith('[')) return { problem: INVALID_JSON };
	// Otherwise Postgres's {vip,mobile} would become "{vip" and "mobile}".
	return /^{.*,.*}$/s.test(text) ? { problem: IN_BRACES } : parseEntries(text.split(','));
}

function parseArray(values: unknown[]): ParsedList {
	const list = parseEntries(values);
	const hasEntries = 'entries' in list && list.entries.length > 0;
	return hasEntries && values.some(isHole) ? { problem: EMPTY_ENTRY } : list;
}

/** Whether any entry of a list is empty, in whatever form the list is given. */
export function hasEmptyEntry(value: unknown): boolean {
	if (typeof value !== 'string') return isHole(value);
	const json = parseJson(trimText(value));
	return json === undefined ? value.split(',').some(isBlank) : isHole(json);
}

/** Whether an entry of an array is empty, or has such an entry. Texts in an array are not split. */
function isHole(value: unknown): boolean {
	if (Array.isArray(value)) return value.some(isHole);
	if (typeof value !== 'string') return value === undefined || value === null;
	const json = parseJson(trimText(value));
	return isBlank(value) || (json !== undefined && isHole(json));
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
	if (!isText) return { problem: NOT_TEXT };
	const entry = trimText(String(value));
	const problem = findRoundedNumber(value) ?? findBrokenText(entry);
	if (problem) return { problem };
	const json = parseJson(entry);
	if (json !== undefined) return parseEntry(json);
	return { entries: isBlank(entry) ? [] : [entry] };
}
