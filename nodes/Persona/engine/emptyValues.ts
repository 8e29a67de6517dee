import type { IDataObject } from 'n8n-workflow';
import { isBlank } from '../utils/isBlank';
import { hasEmptyEntry, parseList } from '../utils/parseList';
import { isUpdate } from './operationRules';
import type { Encoding, Field } from '../fields/types';
import type { Operation } from './types';
import { isPlainObject } from '../values/plainValues';
import { readDuration } from '../fields/encodeValue';

/*
 * What an empty value means. `NodeItemContext.resolveEmpty` decides by these rules, for all fields:
 *
 * - A field that is shown directly and that nobody touched was not given.
 * - Any other empty value was given: the user added its filter, field or option, or its expression
 *   found nothing. It fails the item, so that it never widens what happens.
 * - In an update, an empty text or list removes what Persona has, as the hint of the field says. Null,
 *   undefined, an object and a list of empty entries do not: an expression that found nothing has not
 *   decided anything.
 * - An empty entry among others fails in a list. Between commas it is left out, except in a list that
 *   replaces what Persona has, or protects something.
 * - In the tool of an AI agent, an empty value of a field that is sent in the body was not given, since
 *   a model fills in every field. An empty filter or option fails there too.
 * - A filter, a list, a reference ID, a cursor or an idempotency key fails as well if only a part of it
 *   is empty because an expression in it found nothing.
 * - An undefined member of JSON fails by its name. In a tool, it is removed from a map as the model left
 *   it empty.
 */

/** Encodings whose value is a list of texts. */
export const LISTS: Encoding[] = ['words', 'commaList', 'files'];

const JSON_TYPES: Encoding[] = ['json', 'jsonList', 'map', 'fileMap'];

/** An update cannot remove a value of these, although they are written as text. */
const NOT_CLEARABLE: Encoding[] = ['commaList', 'date', 'dateTime', 'file', 'files'];

/**
 * Whether there is nothing in a value of a field: nothing at all, blanks, or a list or an object of
 * nothing. If Persona requires a map, it also accepts an empty one, except where that is of no use: there,
 * a map whose members are all empty is empty too.
 */
export function isEmptyValue(value: unknown, field: Field): boolean {
	if (value === undefined || value === null) return true;
	const { encoding, neverEmpty, required } = field;
	if (encoding === 'duration') {
		return isEmptyValue(readDuration(value).amount, { ...field, encoding: 'number' });
	}
	if (encoding === 'map' && required && !neverEmpty && isEmptyObject(value)) return false;
	if (encoding === 'map' && neverEmpty && hasOnlyEmptyMembers(value)) return true;
	if (typeof value === 'string') return isEmptyText(value, encoding);
	if (Array.isArray(value)) return value.every((entry) => isEmptyValue(entry, field));
	return isEmptyObject(value);
}

function isEmptyText(text: string, encoding: Encoding): boolean {
	if (isBlank(text)) return true;
	if (JSON_TYPES.includes(encoding)) return /^\s*(\{\s*\}|\[\s*\]|null)\s*$/.test(text);
	if (!LISTS.includes(encoding)) return false;
	const list = parseList(text);
	return 'entries' in list && list.entries.length === 0;
}

const isEmptyObject = (value: unknown): boolean =>
	typeof value === 'string'
		? /^\s*\{\s*\}\s*$/.test(value)
		: isPlainObject(value) && Object.keys(value).length === 0;

type ClearingValue = null | '' | never[] | undefined;

/**
 * Returns what an update sends to remove the value that Persona has; undefined if this field of this
 * row cannot be emptied.
 */
export function getClearingValue(
	{ clearable, encoding, neverEmpty, replaces, required, type }: Field,
	row: Operation,
): ClearingValue {
	if (!(replaces ?? isUpdate(row)) || neverEmpty || required) return undefined;
	if (encoding === 'words') return [];
	if (type === 'resourceLocator') return clearable && null;
	if (type !== 'string' || NOT_CLEARABLE.includes(encoding)) return undefined;
	return clearable ? null : '';
}

/**
 * Whether an empty value decides nothing, since an expression found nothing: anything but a blank text
 * and an empty list.
 */
export const isMissing = (value: unknown): boolean =>
	typeof value === 'string' ? !isBlank(value) && hasEmptyEntry(value) : !isEmptyList(value);

const isEmptyList = (value: unknown) => Array.isArray(value) && !hasEmptyEntry(value);

/**
 * Removes from a map what a model left empty: blank texts, null, and lists and objects of nothing, at
 * any depth.
 */
export const removeEmptyMembers = (map: IDataObject): IDataObject =>
	(removeEmpty(map) ?? {}) as IDataObject;

function removeEmpty(value: unknown): unknown {
	if (value === undefined || value === null) return undefined;
	if (typeof value === 'string') return isBlank(value) ? undefined : value;
	if (Array.isArray(value)) {
		const entries = value.map(removeEmpty).filter((entry) => entry !== undefined);
		return entries.length > 0 ? entries : undefined;
	}
	if (!isPlainObject(value)) return value;
	const members = Object.entries(value)
		.map(([key, member]) => [key, removeEmpty(member)] as const)
		.filter(([, member]) => member !== undefined);
	return members.length > 0 ? Object.fromEntries(members) : undefined;
}

/** Whether a map, or its JSON text, has no member that says anything. */
function hasOnlyEmptyMembers(value: unknown): boolean {
	if (typeof value !== 'string') return isPlainObject(value) && removeEmpty(value) === undefined;
	try {
		return removeEmpty(JSON.parse(value)) === undefined;
	} catch {
		return false;
	}
}

/** Where an empty value was given, for the sentence that says how to fix it. */
export interface EmptyPlace {
	/** The parameter of the collection that the field was added to; undefined if it is shown directly. */
	group?: string;
	/** It selects what is returned, so that without it everything is. */
	isFilter: boolean;
	isTool: boolean;
	/** What an update would send to remove what Persona has; undefined if it cannot be removed. */
	clearing: ClearingValue;
}

/** Says how to fix an empty value that was given. */
export function explainEmpty(
	{ required }: Field,
	{ group, isFilter, isTool, clearing }: EmptyPlace,
): string {
	if (required) return 'A value is required here.';
	if (isTool) return "Call this tool again with a value: an empty one does not mean 'any'.";
	const kind = { filters: 'filter', options: 'option' }[group ?? ''] ?? 'field';
	const action = group === undefined ? 'clear the field' : `remove the ${kind}`;
	const fix = `Enter a value, or ${action}${isFilter ? ' to get all' : ''}.`;
	if (clearing === undefined) return fix;
	const [noun, sample] = Array.isArray(clearing) ? ['list', '[]'] : ['text', "''"];
	return `${fix} To remove what Persona has, use an empty ${noun}: {{ ${sample} }}`;
}
