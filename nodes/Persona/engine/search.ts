import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { optionsOf } from './fields';
import type { Operation } from './operation';
import type { Session } from './session';

/** Persona allows no more clauses beside each other. */
const MAX_CLAUSES = 20;

const OPERATORS = {
	eq: 'Is Equal To',
	gt: 'Is Greater Than',
	gte: 'Is Greater Than or Equal To',
	lt: 'Is Less Than',
	lte: 'Is Less Than or Equal To',
};

interface Condition {
	attribute: string;
	customAttribute?: string;
	operator: string;
	value: string | number | boolean;
}

const attributeSelect = (attributes: Record<string, string>): INodeProperties => ({
	displayName: 'Attribute',
	name: 'attribute',
	type: 'options',
	options: [...optionsOf(attributes), { name: 'Other', value: 'other' }].sort((a, b) =>
		a.name.localeCompare(b.name),
	),
	default: Object.keys(attributes)[0],
	description: 'What to compare',
});

const otherAttribute: INodeProperties = {
	displayName: 'Attribute Name',
	name: 'customAttribute',
	type: 'string',
	default: '',
	placeholder: 'e.g. fields.name_first',
	description: 'Name of the attribute in snake case, as Persona spells it in a search',
	displayOptions: { show: { attribute: ['other'] } },
};

/** The form of a search: conditions that must all hold, or of which one must. */
export const searchParameters = (attributes: Record<string, string>): INodeProperties[] => [
	{
		displayName: 'Persona finds an object about a minute after it was created or changed',
		name: 'searchNotice',
		type: 'notice',
		default: '',
	},
	{
		displayName: 'Must Match',
		name: 'match',
		type: 'options',
		options: [
			{ name: 'All Conditions', value: 'and' },
			{ name: 'Any Condition', value: 'or' },
		],
		default: 'and',
		description: 'How many of the conditions an object has to meet',
	},
	{
		displayName: 'Conditions',
		name: 'conditions',
		type: 'fixedCollection',
		typeOptions: { multipleValues: true },
		placeholder: 'Add Condition',
		default: {},
		description: `Up to ${MAX_CLAUSES} comparisons; without any, every object is found`,
		options: [
			{
				displayName: 'Condition',
				name: 'condition',
				values: [
					attributeSelect(attributes),
					otherAttribute,
					{
						displayName: 'Operator',
						name: 'operator',
						type: 'options',
						options: optionsOf(OPERATORS),
						default: 'eq',
						description: 'How to compare',
					},
					{
						displayName: 'Value',
						name: 'value',
						type: 'string',
						default: '',
						placeholder: 'e.g. approved',
						description: 'Text, a number, or a date such as 2025-06-30 to compare with',
					},
				],
			},
		],
	},
];

/** Entries of the Options collection that only a search has. */
export const searchOptions = (attributes: Record<string, string>): INodeProperties[] => [
	{
		displayName: 'Query (JSON)',
		name: 'query',
		type: 'json',
		default: '{}',
		description:
			'A query in the words of Persona with and, or, not, two levels deep at most. Replaces the conditions.',
	},
	{
		displayName: 'Sort By',
		name: 'sortBy',
		type: 'options',
		options: optionsOf(attributes),
		default: Object.keys(attributes)[0],
		description: 'The attribute to sort by',
	},
	{
		displayName: 'Sort Direction',
		name: 'sortDirection',
		type: 'options',
		options: [
			{ name: 'Ascending', value: 'asc' },
			{ name: 'Descending', value: 'desc' },
		],
		default: 'desc',
		description: 'Which end to begin with',
	},
];

/** The body of a search without its page, as Persona's grammar has it. */
export function searchBody(session: Session, { search }: Operation): IDataObject {
	const attributes = Object.keys(search ?? {});
	const { query, sortBy, sortDirection } = session.parameter<IDataObject>('options', {});
	const own = query === undefined ? {} : session.json('Query (JSON)', query);
	const { condition = [] } = session.parameter<{ condition?: Condition[] }>('conditions', {});
	if (condition.length > MAX_CLAUSES) {
		session.refuse(
			`'Conditions' has more than ${MAX_CLAUSES} entries`,
			`Persona compares up to ${MAX_CLAUSES} at once. Split the search.`,
		);
	}
	const clauses = condition.map(({ attribute, customAttribute, operator, value }) => {
		const name = attribute === 'other' ? (customAttribute ?? '').trim() : attribute;
		if (name === '') session.refuse("'Attribute Name' is empty", 'Give its name in snake case.');
		return { attribute: name, operator, value };
	});
	const form = clauses.length > 0 ? { [session.parameter('match', 'and')]: clauses } : undefined;
	return {
		...(Object.keys(own).length > 0 ? { query: own } : form && { query: form }),
		...((sortBy || sortDirection) && {
			sort: { attribute: sortBy ?? attributes[0], direction: sortDirection ?? 'desc' },
		}),
	};
}
