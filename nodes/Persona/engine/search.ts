import type { IDataObject, INodeProperties } from 'n8n-workflow';
import { choice, json, notice, property, text } from './fields';
import type { Fields, Operation } from './operation';
import type { Session } from './session';
import { jsonOf } from './values';

/** Persona allows no more clauses beside each other. */
const MAX_CLAUSES = 20;

const OPERATORS = {
	eq: 'Is Equal To',
	gt: 'Is Greater Than',
	gte: 'Is Greater Than or Equal To',
	lt: 'Is Less Than',
	lte: 'Is Less Than or Equal To',
};

const MATCH = { and: 'All Conditions', or: 'Any Condition' };

const DIRECTIONS = { asc: 'Ascending', desc: 'Descending' };

interface Condition {
	attribute: string;
	customAttribute?: string;
	operator: string;
	value: string | number | boolean;
}

const condition = (attributes: Record<string, string>): Fields => ({
	attribute: choice('Attribute', 'What to compare', { ...attributes, other: 'Other' }),
	operator: choice('Operator', 'How to compare', OPERATORS, { default: 'eq' }),
	value: text('Value', 'Text, a number or a date such as 2025-06-30 to compare with', 'approved'),
});

const otherAttribute = text(
	'Attribute Name',
	'Name of the attribute in snake case, as Persona spells it in a search',
	'fields.name_first',
);

/** The form of a search: conditions that must all hold, or of which one must. */
export function searchParameters(attributes: Record<string, string>): INodeProperties[] {
	const { attribute, operator, value } = condition(attributes);
	return [
		property('searchNotice', notice('Persona finds what changed about a minute later')),
		property('match', choice('Must Match', 'How many conditions an object has to meet', MATCH)),
		{
			...property(
				'conditions',
				json('Conditions', `Up to ${MAX_CLAUSES} comparisons; every object is found without any`),
			),
			type: 'fixedCollection',
			typeOptions: { multipleValues: true },
			placeholder: 'Add Condition',
			default: {},
			options: [
				{
					displayName: 'Condition',
					name: 'condition',
					values: [
						property('attribute', attribute),
						property('customAttribute', otherAttribute, { attribute: ['other'] }),
						property('operator', operator),
						property('value', value),
					],
				},
			],
		},
	];
}

/** Entries of the Options collection that only a search has. */
export const searchOptions = (attributes: Record<string, string>): Fields => ({
	query: json(
		'Query (JSON)',
		'A query in the words of Persona with and, or, not, two levels deep at most. Replaces the conditions.',
	),
	sortBy: choice('Sort By', 'The attribute to sort by', attributes),
	sortDirection: choice('Sort Direction', 'Which end to begin with', DIRECTIONS),
});

/** The body of a search without its page, as Persona's grammar has it. */
export function searchBody(session: Session, { search }: Operation): IDataObject {
	const attributes = Object.keys(search ?? {});
	const { query, sortBy, sortDirection } = session.parameter<IDataObject>('options', {});
	const own = jsonOf(query ?? {}, 'Query (JSON)', session.refuse);
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
