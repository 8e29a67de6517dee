import type { INodeExecutionData } from 'n8n-workflow';
import { required, text } from '../../engine/fields';
import type { Operation } from '../../engine/types';
import type { Run, NodeItemContext } from '../../engine/itemContext';
import { toText } from '../../engine/values';
import type { JsonApiDocument, PersonaObject, ResourceIdentifier } from '../../transport/jsonApi';
import { toCamelCase, simplifyObject } from '../../transport/simplify';
import { COMPARISONS } from './listMatching';

type Comparison = (typeof COMPARISONS)[string];

/** A list as it is compared with any number of values. */
interface LoadedList {
	list: PersonaObject;
	/** The type of the list without `list/`. */
	kind: string;
	comparison?: Comparison;
	find?: ReturnType<Comparison['createFinder']>;
	/** How many of its items are compared. */
	count: number;
	/** How many items Persona did not give with the list. */
	missing: number;
}

/** Each list is read once in a run, however many items ask about it. */
const listsByRun = new WeakMap<Run, Map<string, Promise<LoadedList>>>();

function getList(session: NodeItemContext): Promise<LoadedList> {
	const { run } = session;
	const id = session.getId('list-id');
	const lists = listsByRun.get(run) ?? new Map<string, Promise<LoadedList>>();
	listsByRun.set(run, lists);
	const list = lists.get(id) ?? fetchList(session, id);
	lists.set(id, list);
	return list;
}

async function fetchList(session: NodeItemContext, id: string): Promise<LoadedList> {
	const query = { include: 'list-items' };
	const document: JsonApiDocument = await session.requestDocument({
		method: 'GET',
		path: `/lists/${id}`,
		query,
	});
	const list = document.data as PersonaObject;
	const [, kind] = list.type.split('/');
	const comparison = Object.hasOwn(COMPARISONS, kind) ? COMPARISONS[kind] : undefined;
	const refs = (list.relationships?.['list-items']?.data ?? []) as ResourceIdentifier[];
	const items = (document.included ?? []).filter(({ type }) => type === `list-item/${kind}`);
	const inUse = items.filter(({ attributes }) => attributes?.status !== 'archived');
	return {
		list,
		kind,
		comparison,
		find: comparison?.createFinder(inUse),
		count: inUse.filter(isActive).length,
		missing: refs.length - items.length,
	};
}

const isActive = ({ attributes }: PersonaObject) => attributes?.status === 'active';

/** What somebody has to know to trust the answer. */
function describeLimits({ list: { attributes = {} } }: LoadedList): string | undefined {
	if (attributes.status === 'archived') return 'The list is archived, so nothing matches it';
	if (attributes['allow-fuzzy-name-first'] !== true) return undefined;
	return 'In inquiries Persona also matches first names that are alike; here only the same ones do';
}

/** Compares one value with the items of a list, as far as Persona says how that is done. */
async function executeCheck(session: NodeItemContext): Promise<INodeExecutionData[]> {
	const given = toText(session.getParameter('value', ''), 'Value', session.fail).trim();
	if (given === '') session.fail("'Value' is empty", 'Give the value to look for.');
	const hints = {
		countryCode: session.getSetting<string>('countryCode'),
		idClass: session.getSetting<string>('idClass'),
	};
	const known = await getList(session);
	const { list, kind, comparison, find, count, missing } = known;
	if (!comparison || !find) {
		return session.fail(
			`Lists of the type '${list.type}' cannot be compared`,
			'Read the list with its items and compare them yourself.',
		);
	}
	const found = find(given, hints);
	if (!found) return session.fail("'Value' does not fit the list", `Give ${comparison.expects}.`);
	const archived = list.attributes?.status === 'archived';
	const matches = archived ? [] : found.filter(isActive);
	// A match is certain; that there is none would not be.
	if (missing > 0 && matches.length === 0 && !archived) {
		session.fail(
			`Persona gave only some items of the list: ${missing} are missing`,
			"The value matches none of those it gave. Look for it in Lists in Persona's dashboard.",
		);
	}
	const flat = session.getSetting<boolean>('simplify');
	const json = {
		onList: matches.length > 0,
		listId: list.id,
		listName: list.attributes?.name ?? null,
		listType: toCamelCase(kind),
		value: given,
		matches: matches.map((match) => (flat ? simplifyObject(match) : match)),
		checked: archived ? 0 : count,
		pending: archived ? 0 : found.length - matches.length,
		note: describeLimits(known) ?? null,
	};
	return [{ json }];
}

/** Tells whether a value is on a list. */
export const checkValue: Operation = {
	name: 'Check Value',
	action: 'Check whether a value is among list items',
	description:
		'Tell whether a value is on a list; case, accents and notation make no difference to names, numbers and addresses, but what is only alike does not match',
	route: 'GET /lists/{list-id}',
	nodeFields: {
		value: required(
			text(
				'Value',
				'Value to look for, of the kind that the list has: an email address, a phone number with its country code, an IP address, a text, first and last name of a person, or latitude and longitude with a comma between them',
				'jane.doe@example.com',
			),
		),
		countryCode: text(
			'Country Code of Phone Number',
			'Country code to which phone numbers belong that are given without one; without it they are compared digit by digit',
			'49',
		),
		idClass: text(
			'ID Class',
			'Kind of government ID that a number has to be of to match: pp is a passport, dl a driver license; any when empty',
			'pp',
		),
	},
	noSelection: true,
	returns: 'item',
	execute: executeCheck,
};
