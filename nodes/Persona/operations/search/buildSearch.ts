import { choice, json, notice, buildProperty, text } from '../../fields/kinds';
import type { Field } from '../../fields/types';
import type { Operation } from '../../engine/types';
import { CALENDAR_PERIODS, PERIOD_RULE } from '../../utils/calendarPeriod';
import {
	buildSearchBody,
	DURING,
	isTime,
	MAX_CLAUSES,
	OPERATORS,
	type SearchGrammar,
} from './buildSearchBody';

/** A value of an attribute with its label, e.g. Needs Review for needs_review. */
const toOption = (value: string) => [
	value,
	value.replace(/(?:^|_)[a-z]/g, (start) => start.replace('_', ' ').toUpperCase()),
];

const MATCH = { and: 'All Conditions', or: 'Any Condition' };
const DIRECTIONS = { asc: 'Ascending', desc: 'Descending' };

/** The name of an attribute that the panel does not offer. */
const buildCustomAttribute = (others: string[]) =>
	text(
		'Attribute Name',
		`Name of the attribute in snake case: ${others.join(', ')}. Fields must be searchable in Persona.`,
		'fields.name_first',
	);

const TIME_OPERATORS = { ...OPERATORS, [DURING]: 'Is During' };

const periodField = choice(
	'Period',
	`The period that the time is in. ${PERIOD_RULE}`,
	CALENDAR_PERIODS,
	{ default: 'lastWeek' },
);

const OTHER = 'other';

/** An example for each attribute whose values are the same in all searches. */
const SAMPLES: Record<string, string> = {
	account_id: 'act_ABC123',
	assignee: 'user_ABC123',
	case_queue: 'cqueue_ABC123',
	event_id: 'evt_ABC123',
	event_name: 'inquiry.completed',
	inquiry_id: 'inq_ABC123',
	inquiry_template_id: 'itmpl_ABC123',
	reference_id: 'user-42',
	related_object_ids: 'inq_ABC123',
	resolver: 'user_ABC123',
	template: 'ctmpl_ABC123',
	type: 'acttp_ABC123',
	webhook_event_id: 'wbhe_ABC123',
	webhook_id: 'wbh_ABC123',
};

/** The field for the value of an attribute: a time, one of `values`, or a text with an example. */
function buildValueProperty(attribute: string, label: string, sample: string, values?: string[]) {
	const description = `${label} to look for`;
	if (values) {
		const field = choice('Value', description, Object.fromEntries(values.map(toOption)));
		return buildProperty('value', field, { attribute: [attribute] });
	}
	const field = isTime(attribute)
		? text(
				'Value',
				'A date or time to compare with. Without an offset, it is in the time zone of the workflow.',
				'2025-06-30',
			)
		: text('Value', description, sample);
	return buildProperty('value', field, {
		attribute: [attribute],
		...(isTime(attribute) && { operator: Object.keys(OPERATORS) }),
	});
}

const otherValueField = text(
	'Value',
	'A text, a number or true or false to compare with. A date or time is compared as it is written here: write it as the field has it, e.g. 1994-04-12, and a time with its offset, e.g. 2025-06-30T10:00:00Z.',
	'18',
);

function buildConditionsField(
	{ attributes, offered, others, values }: SearchGrammar,
	status: string,
): Field {
	const names = Object.keys(attributes);
	const choosable: Record<string, string[]> = { ...offered, ...values };
	const times = names.filter(isTime);
	const buildOperator = (operators: Record<string, string>, shown: string[]) =>
		buildProperty('operator', choice('Operator', 'How to compare', operators, { default: 'eq' }), {
			attribute: shown,
		});
	return {
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
						choice(
							'Attribute',
							'What to compare',
							{ ...attributes, ...(others && { [OTHER]: 'Other' }) },
							{ default: 'status' },
						),
					),
					...(others
						? [
								buildProperty('customAttribute', buildCustomAttribute(others), {
									attribute: [OTHER],
								}),
							]
						: []),
					buildOperator(TIME_OPERATORS, times),
					...(others ? [buildOperator(OPERATORS, [OTHER])] : []),
					buildOperator(
						{ eq: OPERATORS.eq },
						names.filter((name) => !isTime(name)),
					),
					buildProperty('period', periodField, { attribute: times, operator: [DURING] }),
					...names.map((name) =>
						buildValueProperty(name, attributes[name], SAMPLES[name] ?? status, choosable[name]),
					),
					...(others ? [buildProperty('value', otherValueField, { attribute: [OTHER] })] : []),
				],
			},
		],
	};
}

/**
 * Row members of a search: a form over these attributes, with an example of a status, and the request
 * body built from it.
 */
export const buildSearch = (
	attributes: Record<string, string>,
	status: string,
	{ offered, onlyOrdered, unsorted = [], ...more }: Omit<SearchGrammar, 'attributes'> = {},
): Pick<Operation, 'nodeFields' | 'search'> => ({
	search: {
		attributes,
		...more,
		known: [...Object.keys(attributes), ...(more.others ?? [])].join(', '),
		buildBody: (context) =>
			buildSearchBody(context, {
				attributes,
				offered,
				onlyOrdered,
				samples: { ...SAMPLES, status },
				...more,
			}),
	},
	nodeFields: {
		searchNotice: {
			...notice('A search finds a change only after about a minute.'),
			topLevel: true,
		},
		match: choice('Must Match', 'How many of the conditions an object must meet', MATCH, {
			topLevel: true,
		}),
		conditions: buildConditionsField({ attributes, offered, ...more }, status),
		query: json(
			'Query (JSON)',
			'A query in the search syntax of Persona with and, or, not, at most two levels deep. Replaces the conditions.',
			`{"and": [{"attribute": "status", "operator": "eq", "value": "${status}"}]}`,
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
