import type { IDataObject } from 'n8n-workflow';
import type { ItemContext, PreparedItem, Run } from '../../engine/types';
import { HOW_TO_KEEP_DIGITS } from '../../values/valueFormats';
import { toText } from '../../values/plainValues';
import { getAttributes, getIncluded, type PersonaObject } from '../../transport/jsonApi';
import { toCamelCase } from '../../transport/flatten';
import { toOutput, type Output } from '../../transport/output';
import { formatCount } from '../../utils/formatCount';
import { isBlank } from '../../utils/isBlank';
import { isRecord } from '../../utils/isRecord';
import { isSpreadsheetNumber } from '../../utils/values/idNumber';
import { parseCountryCallingCode } from '../../utils/values/phoneNumber';
import { trimText } from '../../utils/values/trimText';
import {
	COMPARISONS,
	type FindMatches,
	type ListComparison,
	type MatchResult,
	type ValueHints,
} from './listMatching';

/** A list with its items, ready to be compared with any number of values. */
interface LoadedList {
	list: PersonaObject;
	/** The type of the list without `list/`. */
	listType: string;
	isArchived: boolean;
	/** Missing for a type of list that cannot be compared. */
	comparison?: ListComparison;
	findMatches?: FindMatches;
	activeItemCount: number;
	/** How many items Persona did not return with the list; null if it did not say. */
	missingItemCount: number | null;
}

/** Each list is fetched once in a run, however many items ask for it. */
const listsByRun = new WeakMap<Run, Map<string, Promise<LoadedList>>>();

function getList(context: ItemContext, id: string): Promise<LoadedList> {
	const { run } = context;
	const lists = listsByRun.get(run) ?? new Map<string, Promise<LoadedList>>();
	listsByRun.set(run, lists);
	const list = lists.get(id) ?? fetchList(context, id);
	lists.set(id, list);
	return list;
}

async function fetchList(context: ItemContext, id: string): Promise<LoadedList> {
	const query = { include: 'list-items' };
	const document = await context.requestDocument({
		method: 'GET',
		path: `/lists/${id}`,
		query,
	});
	const list = document.data;
	const [, listType] = list.type.split('/');
	const comparison = Object.hasOwn(COMPARISONS, listType) ? COMPARISONS[listType] : undefined;
	const items = getIncluded(document).filter(({ type }) => type.startsWith('list-item/'));
	const unarchived = items.filter((item) => getAttributes(item).status !== 'archived');
	return {
		list,
		listType,
		isArchived: getAttributes(list).status === 'archived',
		comparison,
		findMatches: comparison?.createFinder(unarchived),
		activeItemCount: unarchived.filter(isActive).length,
		missingItemCount: countMissing(list, items),
	};
}

/**
 * Counts the items that the list refers to and that did not come with it. Null where Persona names no
 * items at all, or only a page of them: an empty list has an empty relationship.
 */
function countMissing({ relationships }: PersonaObject, items: PersonaObject[]): number | null {
	const relation = isRecord(relationships) ? relationships['list-items'] : undefined;
	const { data: references, links } = isRecord(relation) ? relation : {};
	const hasNext = isRecord(links) && Boolean(links.next);
	if (!Array.isArray(references) || hasNext) return null;
	const ids = new Set(items.map(({ id }) => id));
	return references.filter((reference) => !isRecord(reference) || !ids.has(String(reference.id)))
		.length;
}

const isActive = (item: PersonaObject) => getAttributes(item).status === 'active';

/** Compares the value with all items. Throws where the list or the value cannot be compared. */
function compareWithItems(
	context: ItemContext,
	{ list, comparison, findMatches }: LoadedList,
	value: string,
	hints: ValueHints,
): MatchResult {
	if (!comparison || !findMatches) {
		return context.fail(
			`Lists of the type '${list.type}' cannot be compared`,
			'Read the list with its items and compare them yourself.',
		);
	}
	const matches = findMatches(value, hints);
	if (matches) return matches;
	const isChanged = /number$/.test(list.type) && isSpreadsheetNumber(value);
	return context.fail(
		"'Value' does not fit the type of the list",
		`${isChanged ? `${HOW_TO_KEEP_DIGITS} ` : ''}Enter ${comparison.expects}.`,
	);
}

/** What is known after the comparison, of active items only. */
interface Findings {
	matches: PersonaObject[];
	possible: PersonaObject[];
	unreadable: number;
	checked: number;
}

/** Says what the answer rests on. */
function buildBasis({ isArchived, missingItemCount }: LoadedList, findings: Findings): string {
	const { matches, possible, checked } = findings;
	if (isArchived) return 'The list is archived';
	if (checked > 0) {
		const same = `${matches.length === 0 ? 'none' : matches.length} of them the same`;
		const perhaps = possible.length > 0 ? `, ${possible.length} perhaps` : '';
		return `Compared with ${formatCount(checked, 'active item', 'active items')}: ${same}${perhaps}`;
	}
	return missingItemCount === 0 && findings.unreadable === 0
		? 'The list has no active items'
		: 'No item could be compared';
}

/** Says what is missing for a certain answer, and where Persona itself may match more. */
function buildNotes(
	{ list, isArchived, comparison, missingItemCount: missing }: LoadedList,
	{ unreadable, possible }: Findings,
): string[] {
	if (isArchived) return ['The list is archived, so nothing matches it'];
	return [
		missing === null && 'Persona returned the list without its items, or with only some of them',
		Boolean(missing) &&
			`Persona returned only part of the list: ${formatCount(missing ?? 0, 'item is', 'items are')} missing`,
		unreadable > 0 && `${formatCount(unreadable, 'item', 'items')} could not be read`,
		possible.length > 0 && comparison?.describePossible(possible.length),
		getAttributes(list)['allow-fuzzy-name-first'] === true &&
			'For inquiries, Persona also matches similar first names. Here, only identical ones match.',
	].filter((note) => typeof note === 'string');
}

/** Whether the value is on the list: null if an item that could not be compared may be the same. */
function isOnList(loaded: LoadedList, { matches, possible, unreadable }: Findings): boolean | null {
	if (loaded.isArchived) return false;
	if (matches.length > 0) return true;
	return loaded.missingItemCount !== 0 || possible.length > 0 || unreadable > 0 ? null : false;
}

function readHints(context: ItemContext): ValueHints {
	const countryCode = context.readSetting<string>('countryCode');
	const code = isBlank(countryCode) ? '' : parseCountryCallingCode(countryCode);
	if (code === undefined) {
		context.fail(
			"'Country Code of Phone Number' is not a country code",
			'Write it in digits, e.g. 49 for Germany.',
		);
	}
	return { countryCode: code, idClass: context.readSetting<string>('idClass') };
}

/** Compares one value with the items of a list, as far as Persona documents how it does that. */
export function prepareCheckValue(context: ItemContext): PreparedItem {
	const value = trimText(
		toText(context.readParameter<unknown>('value', '') ?? '', 'Value', context.fail),
	);
	if (value === '') context.fail("'Value' is empty", 'Enter the value to look for.');
	context.requireComplete('Value', value, context.readRaw('value'));
	const hints = readHints(context);
	const id = context.readId('list-id');
	const output = context.readOutput();
	const run = async () => {
		const loaded = await getList(context, id);
		return [{ json: compareWithList(context, loaded, value, hints, output) }];
	};
	return { run };
}

/** The output for a value: whether it is on the list, as which items, and how that is known. */
function compareWithList(
	context: ItemContext,
	loaded: LoadedList,
	value: string,
	hints: ValueHints,
	output: Output,
): IDataObject {
	const { list, listType, isArchived, activeItemCount, missingItemCount } = loaded;
	const all = compareWithItems(context, loaded, value, hints);
	const unreadable = isArchived ? 0 : all.unreadable.filter(isActive).length;
	const findings: Findings = {
		matches: isArchived ? [] : all.matches.filter(isActive),
		possible: isArchived ? [] : all.possible.filter(isActive),
		unreadable,
		checked: isArchived ? 0 : activeItemCount - unreadable,
	};
	const toOutputObjects = (objects: PersonaObject[]) =>
		objects.map((object) => toOutput({ data: object }, object, output));
	return {
		onList: isOnList(loaded, findings),
		basis: buildBasis(loaded, findings),
		note: buildNotes(loaded, findings).join('. ') || null,
		listId: list.id,
		listName: getAttributes(list).name ?? null,
		listType: toCamelCase(listType),
		value,
		matches: toOutputObjects(findings.matches),
		possible: toOutputObjects(findings.possible),
		checked: findings.checked,
		pending: isArchived ? 0 : all.matches.length - findings.matches.length,
		unreadable,
		missing: missingItemCount,
	};
}
