import type { IDataObject } from 'n8n-workflow';
import { choice, json, notice, property, text } from '../../engine/fields';
import type { Field, Operation } from '../../engine/types';
import type { Session } from '../../engine/itemContext';
import { jsonOf, textOf } from '../../engine/values';

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

type Condition = Record<'attribute' | 'customAttribute' | 'operator' | 'value', unknown>;

const otherAttribute = text(
	'Attribute Name',
	'Name of the attribute in snake case, as Persona spells it in a search',
	'fields.name_first',
);

const conditions = (attributes: Record<string, string>): Field => ({
	displayName: 'Conditions',
	form: 'json',
	shown: true,
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add Condition',
	default: {},
	description: `Up to ${MAX_CLAUSES} comparisons; every object is found without any`,
	options: [
		{
			displayName: 'Condition',
			name: 'condition',
			values: [
				property(
					'attribute',
					choice('Attribute', 'What to compare', { ...attributes, other: 'Other' }),
				),
				property('customAttribute', otherAttribute, { attribute: ['other'] }),
				property('operator', choice('Operator', 'How to compare', OPERATORS, { default: 'eq' })),
				property(
					'value',
					text('Value', 'Text, a number or a date such as 2025-06-30 to compare with', 'approved'),
				),
			],
		},
	],
});

/** The form of a search over these attributes: conditions that must all hold, or one of them. */
export const search = (attributes: Record<string, string>): Pick<Operation, 'own' | 'search'> => ({
	search: { attributes, body: (session) => bodyOf(session, Object.keys(attributes)) },
	own: {
		searchNotice: { ...notice('Persona finds what changed about a minute later'), shown: true },
		match: choice('Must Match', 'How many conditions an object has to meet', MATCH, {
			shown: true,
		}),
		conditions: conditions(attributes),
		query: json(
			'Query (JSON)',
			'A query in the words of Persona with and, or, not, two levels deep at most, e.g. {"and": [{"attribute": "status", "operator": "eq", "value": "approved"}]}. Replaces the conditions.',
		),
		sortBy: choice('Sort By', 'The attribute to sort by', attributes),
		sortDirection: choice('Sort Direction', 'Which end to begin with', DIRECTIONS),
	},
});

/** One comparison as Persona has it. */
function clauseOf({ attribute, customAttribute, operator, value }: Condition, { refuse }: Session) {
	const filled = (label: string, given: unknown) => {
		const text = textOf(given ?? '', label, refuse).trim();
		return text || refuse(`'${label}' is empty`, 'Each condition needs one.');
	};
	const other = attribute === 'other';
	const compared = typeof value === 'boolean' || Number.isFinite(value);
	return {
		attribute: other ? filled('Attribute Name', customAttribute) : filled('Attribute', attribute),
		operator: filled('Operator', operator),
		value: (compared ? value : filled('Value', value)) as string | number | boolean,
	};
}

/** The body of a search without its page, as Persona's grammar has it. */
function bodyOf(session: Session, attributes: string[]): IDataObject {
	const { refuse } = session;
	const option = (name: string) => session.parameter<unknown>(`options.${name}`, '') ?? '';
	const { condition = [] } = session.parameter<{ condition?: Condition[] }>('conditions', {});
	if (condition.length > MAX_CLAUSES) {
		refuse(
			`'Conditions' has more than ${MAX_CLAUSES} entries`,
			`Persona compares up to ${MAX_CLAUSES} at once. Split the search.`,
		);
	}
	const clauses = condition.map((one) => clauseOf(one, session));
	const match = session.parameter<string>('match', 'and');
	if (!Object.keys(MATCH).includes(match)) {
		refuse("'Must Match' is not known", "It has to be 'and' or 'or'.");
	}
	const query = option('query');
	const own = query === '' ? {} : jsonOf(query, 'Query (JSON)', refuse);
	const attribute = textOf(option('sortBy'), 'Sort By', refuse).trim();
	const direction = textOf(option('sortDirection'), 'Sort Direction', refuse).trim();
	return {
		...(clauses.length > 0 && { query: { [match]: clauses } }),
		...(Object.keys(own).length > 0 && { query: own }),
		...((attribute || direction) && {
			sort: { attribute: attribute || attributes[0], direction: direction || 'desc' },
		}),
	};
}
