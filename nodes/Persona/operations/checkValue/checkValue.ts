import type { IDataObject } from 'n8n-workflow';
import { required, text } from '../../engine/fields';
import type { ItemContext, Operation, PreparedItem, Run } from '../../engine/types';
import { toText } from '../../engine/values';
import type { JsonApiDocument, PersonaObject, ResourceIdentifier } from '../../transport/jsonApi';
import { toCamelCase, simplifyObject } from '../../transport/simplify';
import {
	COMPARISONS,
	type FindMatches,
	type ListComparison,
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
	/** How many items Persona did not return with the list. */
	missingItemCount: number;
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
	const document: JsonApiDocument = await context.requestDocument({
		method: 'GET',
		path: `/lists/${id}`,
		query,
	});
	const list = document.data as PersonaObject;
	const [, listType] = list.type.split('/');
	const comparison = Object.hasOwn(COMPARISONS, listType) ? COMPARISONS[listType] : undefined;
	const references = (list.relationships?.['list-items']?.data ?? []) as ResourceIdentifier[];
	const items = (document.included ?? []).filter(({ type }) => type === `list-item/${listType}`);
	const unarchived = items.filter(({ attributes }) => attributes?.status !== 'archived');
	return {
		list,
		listType,
		isArchived: list.attributes?.status === 'archived',
		comparison,
		findMatches: comparison?.createFinder(unarchived),
		activeItemCount: unarchived.filter(isActive).length,
		missingItemCount: references.length - items.length,
	};
}

const isActive = ({ attributes }: PersonaObject) => attributes?.status === 'active';

/** Says where the result may differ from what Persona itself would match. */
function buildNote({ list: { attributes = {} }, isArchived }: LoadedList): string | undefined {
	if (isArchived) return 'The list is archived, so nothing matches it';
	if (attributes['allow-fuzzy-name-first'] !== true) return undefined;
	return 'For inquiries, Persona also matches similar first names. Here, only identical ones match.';
}

/** All items that match the value. Throws where the list or the value cannot be compared. */
function findMatchingItems(
	context: ItemContext,
	{ list, comparison, findMatches }: LoadedList,
	value: string,
	hints: ValueHints,
) {
	if (!comparison || !findMatches) {
		return context.fail(
			`Lists of the type '${list.type}' cannot be compared`,
			'Read the list with its items and compare them yourself.',
		);
	}
	const matches = findMatches(value, hints);
	if (!matches)
		return context.fail(
			"'Value' does not fit the type of the list",
			`Enter ${comparison.expects}.`,
		);
	return matches;
}

/** Compares one value with the items of a list, as far as Persona documents how it does that. */
function prepareCheckValue(context: ItemContext): PreparedItem {
	const value = toText(context.readParameter('value', ''), 'Value', context.fail).trim();
	if (value === '') context.fail("'Value' is empty", 'Enter the value to look for.');
	const hints = {
		countryCode: context.readSetting<string>('countryCode'),
		idClass: context.readSetting<string>('idClass'),
	};
	const id = context.readId('list-id');
	const simplify = context.readSetting<boolean>('simplify');
	const run = async () => {
		const loaded = await getList(context, id);
		return [{ json: compareWithList(context, loaded, value, hints, simplify) }];
	};
	return { run };
}

/** The output for a value: whether it is on the list, and as which items. */
function compareWithList(
	context: ItemContext,
	loaded: LoadedList,
	value: string,
	hints: ValueHints,
	simplify: boolean,
): IDataObject {
	const { list, listType, isArchived, activeItemCount, missingItemCount } = loaded;
	const matches = findMatchingItems(context, loaded, value, hints);
	const activeMatches = isArchived ? [] : matches.filter(isActive);
	// With items missing, a match is certain, but that there is none is not.
	if (missingItemCount > 0 && activeMatches.length === 0 && !isArchived) {
		context.fail(
			`Persona returned only part of the list: ${missingItemCount} items are missing`,
			"The value matches none of the returned items. Look for it in Lists in Persona's dashboard.",
		);
	}
	return {
		onList: activeMatches.length > 0,
		listId: list.id,
		listName: list.attributes?.name ?? null,
		listType: toCamelCase(listType),
		value,
		matches: activeMatches.map((match) => (simplify ? simplifyObject(match) : match)),
		checked: isArchived ? 0 : activeItemCount,
		pending: isArchived ? 0 : matches.length - activeMatches.length,
		note: buildNote(loaded) ?? null,
	};
}

/** Row that checks whether a value is on a list. */
export const checkValue: Operation = {
	name: 'Check Value',
	action: 'Check whether a value is among list items',
	description:
		'Check whether a value is on a list. Case, accents and the format of names, numbers and addresses do not matter. Similar values do not match.',
	route: 'GET /lists/{list-id}',
	nodeFields: {
		value: required(
			text(
				'Value',
				'Value to look for, of the type of the list: an email address, a phone number with country code, an IP address, a text, the first and last name of a person, or latitude and longitude separated by a comma',
				'jane.doe@example.com',
			),
		),
		countryCode: text(
			'Country Code of Phone Number',
			'Country code of phone numbers that have none; if empty, such numbers are compared digit by digit',
			'49',
		),
		idClass: text(
			'ID Class',
			'Type of government ID that a number must belong to: pp for passport, dl for driver license (any when empty)',
			'pp',
		),
	},
	noIncludeAndFields: true,
	returns: 'item',
	prepare: prepareCheckValue,
};
