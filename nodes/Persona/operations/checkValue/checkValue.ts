import type { INodeExecutionData } from 'n8n-workflow';
import { required, text } from '../../engine/fields';
import type { Operation } from '../../engine/types';
import type { Run, Session } from '../../engine/itemContext';
import { textOf } from '../../engine/values';
import type { Document, PersonaObject, Reference } from '../../transport/jsonApi';
import { camelCase, simplified } from '../../transport/simplify';
import { comparisons } from './listMatching';

type Comparison = (typeof comparisons)[string];

/** A list as it is compared with any number of values. */
interface Known {
	list: PersonaObject;
	/** The type of the list without `list/`. */
	kind: string;
	comparison?: Comparison;
	find?: ReturnType<Comparison['among']>;
	/** How many of its items are compared. */
	count: number;
	/** How many items Persona did not give with the list. */
	missing: number;
}

/** Each list is read once in a run, however many items ask about it. */
const listsOf = new WeakMap<Run, Map<string, Promise<Known>>>();

function knownList(session: Session): Promise<Known> {
	const { run } = session;
	const id = session.id('list-id');
	const lists = listsOf.get(run) ?? new Map<string, Promise<Known>>();
	listsOf.set(run, lists);
	const list = lists.get(id) ?? read(session, id);
	lists.set(id, list);
	return list;
}

async function read(session: Session, id: string): Promise<Known> {
	const query = { include: 'list-items' };
	const document: Document = await session.send({ method: 'GET', path: `/lists/${id}`, query });
	const list = document.data as PersonaObject;
	const [, kind] = list.type.split('/');
	const comparison = Object.hasOwn(comparisons, kind) ? comparisons[kind] : undefined;
	const refs = (list.relationships?.['list-items']?.data ?? []) as Reference[];
	const items = (document.included ?? []).filter(({ type }) => type === `list-item/${kind}`);
	const inUse = items.filter(({ attributes }) => attributes?.status !== 'archived');
	return {
		list,
		kind,
		comparison,
		find: comparison?.among(inUse),
		count: inUse.filter(isActive).length,
		missing: refs.length - items.length,
	};
}

const isActive = ({ attributes }: PersonaObject) => attributes?.status === 'active';

/** What somebody has to know to trust the answer. */
function noteOn({ list: { attributes = {} } }: Known): string | undefined {
	if (attributes.status === 'archived') return 'The list is archived, so nothing matches it';
	if (attributes['allow-fuzzy-name-first'] !== true) return undefined;
	return 'In inquiries Persona also matches first names that are alike; here only the same ones do';
}

/** Compares one value with the items of a list, as far as Persona says how that is done. */
async function check(session: Session): Promise<INodeExecutionData[]> {
	const given = textOf(session.parameter('value', ''), 'Value', session.refuse).trim();
	if (given === '') session.refuse("'Value' is empty", 'Give the value to look for.');
	const hints = {
		countryCode: session.setting<string>('countryCode'),
		idClass: session.setting<string>('idClass'),
	};
	const known = await knownList(session);
	const { list, kind, comparison, find, count, missing } = known;
	if (!comparison || !find) {
		return session.refuse(
			`Lists of the type '${list.type}' cannot be compared`,
			'Read the list with its items and compare them yourself.',
		);
	}
	const found = find(given, hints);
	if (!found) return session.refuse("'Value' does not fit the list", `Give ${comparison.expects}.`);
	const archived = list.attributes?.status === 'archived';
	const matches = archived ? [] : found.filter(isActive);
	// A match is certain; that there is none would not be.
	if (missing > 0 && matches.length === 0 && !archived) {
		session.refuse(
			`Persona gave only some items of the list: ${missing} are missing`,
			"The value matches none of those it gave. Look for it in Lists in Persona's dashboard.",
		);
	}
	const flat = session.setting<boolean>('simplify');
	const json = {
		onList: matches.length > 0,
		listId: list.id,
		listName: list.attributes?.name ?? null,
		listType: camelCase(kind),
		value: given,
		matches: matches.map((match) => (flat ? simplified(match) : match)),
		checked: archived ? 0 : count,
		pending: archived ? 0 : found.length - matches.length,
		note: noteOn(known) ?? null,
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
	own: {
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
	plain: true,
	returns: 'item',
	execute: check,
};
