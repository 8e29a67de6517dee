import type { IDataObject } from 'n8n-workflow';
import { choice, json, notice, buildProperty, text } from '../../engine/fields';
import type { Field, ItemContext, Operation } from '../../engine/types';
import { toJsonObject, toText } from '../../engine/values';

/** Persona allows no more clauses at one level of a query. */
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

type SearchCondition = Record<'attribute' | 'customAttribute' | 'operator' | 'value', unknown>;

const customAttributeField = text(
	'Attribute Name',
	'Name of the attribute in snake case, as Persona spells it in a search',
	'fields.name_first',
);

const buildConditionsField = (attributes: Record<string, string>): Field => ({
	displayName: 'Conditions',
	encoding: 'json',
	topLevel: true,
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add Condition',
	default: {},
	description: `Up to ${MAX_CLAUSES} comparisons. Without conditions, all objects are found.`,
	options: [
		{
			displayName: 'Condition',
			name: 'condition',
			values: [
				buildProperty(
					'attribute',
					choice('Attribute', 'What to compare', { ...attributes, other: 'Other' }),
				),
				buildProperty('customAttribute', customAttributeField, { attribute: ['other'] }),
				buildProperty(
					'operator',
					choice('Operator', 'How to compare', OPERATORS, { default: 'eq' }),
				),
				buildProperty(
					'value',
					text('Value', 'Text, a number or a date such as 2025-06-30 to compare with', 'approved'),
				),
			],
		},
	],
});

/** Row members of a search: a form over these attributes, and the request body built from it. */
export const buildSearch = (
	attributes: Record<string, string>,
): Pick<Operation, 'nodeFields' | 'search'> => ({
	search: { attributes, buildBody: (context) => buildBody(context, Object.keys(attributes)) },
	nodeFields: {
		searchNotice: {
			...notice('Changes appear in search results after about a minute'),
			topLevel: true,
		},
		match: choice('Must Match', 'How many of the conditions an object must meet', MATCH, {
			topLevel: true,
		}),
		conditions: buildConditionsField(attributes),
		query: json(
			'Query (JSON)',
			'A query in the search syntax of Persona with and, or, not, at most two levels deep, e.g. {"and": [{"attribute": "status", "operator": "eq", "value": "approved"}]}. Replaces the conditions.',
		),
		sortBy: choice('Sort By', 'The attribute to sort by', attributes),
		sortDirection: choice('Sort Direction', 'Order of the results', DIRECTIONS),
	},
});

/** One comparison in Persona's search syntax. Throws where a value is missing. */
function buildClause(
	{ attribute, customAttribute, operator, value }: SearchCondition,
	{ fail }: ItemContext,
) {
	const requireText = (label: string, given: unknown) => {
		const text = toText(given ?? '', label, fail).trim();
		return text || fail(`'${label}' is empty`, 'Each condition needs a value here.');
	};
	const isOther = attribute === 'other';
	const isTyped = typeof value === 'boolean' || Number.isFinite(value);
	return {
		attribute: isOther
			? requireText('Attribute Name', customAttribute)
			: requireText('Attribute', attribute),
		operator: requireText('Operator', operator),
		value: (isTyped ? value : requireText('Value', value)) as string | number | boolean,
	};
}

/** The body of a search in Persona's search syntax, without its page. */
function buildBody(context: ItemContext, attributes: string[]): IDataObject {
	const { fail } = context;
	const readOption = (name: string) => context.readParameter<unknown>(`options.${name}`, '') ?? '';
	const { condition = [] } = context.readParameter<{ condition?: SearchCondition[] }>(
		'conditions',
		{},
	);
	if (condition.length > MAX_CLAUSES) {
		fail(
			`'Conditions' has more than ${MAX_CLAUSES} entries`,
			`Persona allows up to ${MAX_CLAUSES} in one search. Split the search.`,
		);
	}
	const clauses = condition.map((entry) => buildClause(entry, context));
	const match = context.readParameter<string>('match', 'and');
	if (!Object.keys(MATCH).includes(match)) {
		fail("'Must Match' has an unknown value", "It must be 'and' or 'or'.");
	}
	const customQuery = readOption('query');
	const query = customQuery === '' ? {} : toJsonObject(customQuery, 'Query (JSON)', fail);
	const attribute = toText(readOption('sortBy'), 'Sort By', fail).trim();
	const direction = toText(readOption('sortDirection'), 'Sort Direction', fail).trim();
	return {
		...(clauses.length > 0 && { query: { [match]: clauses } }),
		...(Object.keys(query).length > 0 && { query }),
		...((attribute || direction) && {
			sort: { attribute: attribute || attributes[0], direction: direction || 'desc' },
		}),
	};
}
