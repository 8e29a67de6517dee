import { choice, json, notice, buildProperty, text } from '../../engine/fields';
import type { Field, Operation } from '../../engine/types';
import {
	buildSearchBody,
	MAX_CLAUSES,
	OPERATORS,
	type SearchGrammar,
} from '../../operations/buildSearchBody';

const MATCH = { and: 'All Conditions', or: 'Any Condition' };
const DIRECTIONS = { asc: 'Ascending', desc: 'Descending' };

const customAttributeField = text(
	'Attribute Name',
	'Name of the attribute in snake case, as Persona spells it in a search',
	'fields.name_first',
);

const buildConditionsField = (attributes: Record<string, string>, hasOthers: boolean): Field => ({
	displayName: 'Conditions',
	encoding: 'json',
	topLevel: true,
	type: 'fixedCollection',
	typeOptions: { multipleValues: true },
	placeholder: 'Add Condition',
	default: {},
	description: `Up to ${MAX_CLAUSES} comparisons. If you add no condition, all objects are found.`,
	options: [
		{
			displayName: 'Condition',
			name: 'condition',
			values: [
				buildProperty(
					'attribute',
					choice('Attribute', 'What to compare', {
						...attributes,
						...(hasOthers && { other: 'Other' }),
					}),
				),
				...(hasOthers
					? [buildProperty('customAttribute', customAttributeField, { attribute: ['other'] })]
					: []),
				buildProperty(
					'operator',
					choice('Operator', 'How to compare', OPERATORS, { default: 'eq' }),
				),
				buildProperty(
					'value',
					text(
						'Value',
						'A text such as approved, a number, or a date or time to compare with. Without an offset, a date or time is in the time zone of the workflow.',
						'2025-06-30',
					),
				),
			],
		},
	],
});

/** Row members of a search: a form over these attributes, and the request body built from it. */
export const buildSearch = (
	attributes: Record<string, string>,
	{ onlyOrdered, unsorted = [] }: Omit<SearchGrammar, 'attributes'> = {},
): Pick<Operation, 'nodeFields' | 'search'> => ({
	search: {
		attributes,
		buildBody: (context) => buildSearchBody(context, { attributes, onlyOrdered }),
	},
	nodeFields: {
		searchNotice: {
			...notice('Changes appear in search results after about a minute'),
			topLevel: true,
		},
		match: choice('Must Match', 'How many of the conditions an object must meet', MATCH, {
			topLevel: true,
		}),
		conditions: buildConditionsField(attributes, onlyOrdered === undefined),
		query: json(
			'Query (JSON)',
			'A query in the search syntax of Persona with and, or, not, at most two levels deep, e.g. {"and": [{"attribute": "status", "operator": "eq", "value": "approved"}]}. Replaces the conditions.',
		),
		...(onlyOrdered === undefined && {
			sortBy: choice(
				'Sort By',
				'The attribute to sort by',
				Object.fromEntries(Object.entries(attributes).filter(([name]) => !unsorted.includes(name))),
			),
		}),
		sortDirection: choice('Sort Direction', 'Order of the results', DIRECTIONS),
	},
});
