import { OUTPUT_MODES } from '../transport/output';
import {
	choice,
	commaList,
	json,
	number,
	required,
	text,
	toggle,
	words,
	expert,
} from '../fields/kinds';
import type { Fields } from '../fields/types';

/** Where a file that is returned is put. */
export const fileField = text('Put Output File in Field', undefined, undefined, {
	default: 'data',
	hint: 'The name of the output binary field to put the file in',
});

/** A choice under "Output" in the tool of an AI agent, where each field costs the model's attention. */
export const SELECTED_FIELDS = {
	name: 'Selected Fields',
	value: 'selectedFields',
	description: 'The ID and the fields that you name',
};

/** Fields that many operations share. Workflows store their names, so never rename one. */
export const commonFields = {
	returnAll: toggle('Return All', 'return all results or only up to a given limit', {
		topLevel: true,
	}),
	limit: number('Limit', 'Max number of results to return', {
		default: 50,
		typeOptions: { minValue: 1 },
		topLevel: true,
	}),
	startAfter: expert(
		text(
			'Start After',
			'Where the list begins: the ID of the last object of an earlier run. Only what follows it is returned, in the order of the list.',
			'inq_ABC123',
		),
	),
	output: choice(
		'Output',
		'How much of each object to return',
		{},
		{
			options: [...OUTPUT_MODES, SELECTED_FIELDS],
			default: 'simplified',
			topLevel: true,
		},
	),
	outputFields: words(
		'Output Fields',
		'Names of the fields to return, separated by commas. A dot leads into an object. An unknown name is answered with those that the output has.',
		'status, accountId, createdAt',
		{ required: true },
	),
	binaryPropertyName: required(fileField),
	include: commaList('Include', 'Names of relationships'),
	fieldsToReturn: words(
		'Fields to Return',
		'Attributes to return, separated by commas. For an included object, put its type and a colon in front.',
		'status, fields.name-first, account:created-at',
	),
	files: json(
		'Files',
		'Files of the item to send as values: a JSON object with the binary field for each key. A list of names becomes a list of files, and an object nests them.',
		'{"selfie": "data"}',
		{ encoding: 'fileMap' },
	),
	idempotencyKey: expert(
		text(
			'Idempotency Key',
			'A key of your own, such as an order number. Persona carries out requests with the same key only once in 24 hours, even across executions, and repeats its first response, even a refusal.',
			'order-1234',
		),
	),
	makeIdempotencyKey: expert(
		choice(
			'Make Idempotency Key',
			'How to make the key if you enter none of your own. Per Execution: nothing is done twice when n8n tries the node again. From the Content: the same request is carried out once in 24 hours, even if you start the workflow again or two items are the same. Persona repeats its first response, even a refusal.',
			{ perExecution: 'Per Execution', fromContent: 'From the Content' },
			{ default: 'perExecution' },
		),
	),
	itemsAtATime: expert(
		number(
			'Items at a Time',
			'How many input items to process at the same time, from 1 to 100. The rate limit is respected in any case.',
			{ default: 20, typeOptions: { minValue: 1, maxValue: 100 } },
		),
	),
	allowDecisions: toggle(
		'Allow Decisions and Redactions',
		'let the AI agent do what lets people through or blocks them, returns a secret, or cannot be undone',
		{
			noDataExpression: true,
			topLevel: true,
			hint: 'While it is off, decisions and redactions are refused, and the agent is told that a person must do them',
			builderHint: {
				propertyHint: 'Leave it `false` unless the user wants the agent to decide without a person',
			},
		},
	),
} satisfies Fields;
