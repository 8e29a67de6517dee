import type { INodeParameters } from 'n8n-workflow';
import { getObjectType } from '../../../nodes/Persona/engine/operationRules.ts';
import type { Operation } from '../../../nodes/Persona/engine/types.ts';
import { OUTPUT_MODES } from '../../../nodes/Persona/transport/output.ts';
import { table } from '../../../nodes/Persona/resources/index.ts';
import type { FilledOperation } from '../completeParameters.mts';
import { buildInput, type ProbeInput } from './probeInput.mts';

/** The condition of other searches: an attribute of the customer's own. */
const searchCondition = {
	attribute: 'other',
	customAttribute: 'fields.age',
	operator: 'gte',
	value: '18',
};

/** The condition of a search that has no other attributes than its own. */
const closedSearchCondition = { attribute: 'updated_at', operator: 'gte', value: '2025-06-30' };

/** Whether a search also takes attributes that the panel does not offer. */
const isOpenSearch = ({ search }: Operation) => search?.others !== undefined;

/** The condition of a search. */
export const buildSearchCondition = (row: Operation) =>
	isOpenSearch(row) ? searchCondition : closedSearchCondition;

const required = true;

/** The query that replaces the conditions of a search. */
export const searchQuery = '{"attribute": "status", "operator": "eq", "value": "failed"}';

/** The input for it. */
export const queryInput = buildInput('Query (JSON)', ['options', 'query'], 'query', [
	'body',
	'query',
]);

/** The inputs of a search: its condition, and how to sort. */
function buildSearchInputs(row: Operation): ProbeInput[] {
	const { search } = row;
	if (!search) return [];
	const path = ['conditions', 'condition', '0'];
	const place = ['body', 'query', 'and', '0'];
	const query = ['body', 'query'];
	const sort = ['body', 'sort'];
	const isOpen = isOpenSearch(row);
	const inputs = [
		buildInput('Must Match', ['match'], 'match', query, { required }),
		isOpen &&
			buildInput('Attribute Name', [...path, 'customAttribute'], 'name', [...place, 'attribute'], {
				required,
				choices: ['fields.age'],
			}),
		buildInput('Operator', [...path, 'operator'], 'name', [...place, 'operator'], {
			required,
			choices: ['eq', 'gt', 'gte', 'lt', 'lte'],
		}),
		buildInput('Value', [...path, 'value'], isOpen ? 'scalar' : 'dateTime', [...place, 'value'], {
			required,
		}),
		row.nodeFields?.sortBy !== undefined &&
			buildInput('Sort By', ['options', 'sortBy'], 'text', [...sort, 'attribute'], {
				choices: Object.keys(search.attributes),
			}),
		buildInput('Sort Direction', ['options', 'sortDirection'], 'text', [...sort, 'direction'], {
			choices: ['asc', 'desc'],
		}),
	];
	return inputs.filter((input) => input !== false);
}

/** The inputs of an operation that are not fields of its row. */
export function buildSettingInputs({ name, row, parameters }: FilledOperation): ProbeInput[] {
	const { include, fieldsToReturn } = parameters.options as INodeParameters;
	const resource = table.resources.find(({ value }) => value === name.split('.')[0]);
	const variant = row.variants?.options[String(parameters[row.variants.name])];
	const choices = OUTPUT_MODES.map(({ value }) => value);
	const page = [row.search ? 'body' : 'query', 'page'];
	const inputs: Record<string, ProbeInput | false> = {
		include:
			String(include ?? '') !== '' &&
			buildInput('Include', ['options', 'include'], 'commaList', ['query', 'include'], {
				choices: row.include ?? resource?.include,
			}),
		fieldsToReturn:
			fieldsToReturn !== undefined &&
			buildInput(
				'Fields to Return',
				['options', 'fieldsToReturn'],
				'fieldsToReturn',
				['query', 'fields'],
				{ type: resource && getObjectType(resource, row, variant) },
			),
		returnAll:
			row.returns === 'list' &&
			!row.unpaged &&
			buildInput('Return All', ['returnAll'], 'returnAll', page),
		limit: row.returns === 'list' && !row.unpaged && buildInput('Limit', ['limit'], 'limit', page),
		output: row.returns?.startsWith('file')
			? buildInput('Put Output File in Field', ['binaryPropertyName'], 'text')
			: buildInput('Output', ['output'], 'text', undefined, { required, choices }),
	};
	return [...buildSearchInputs(row), ...Object.values(inputs).filter((one) => one !== false)];
}

/** Valid values for these inputs, if the operation has none. */
export function buildSettings(
	{ parameters }: FilledOperation,
	inputs: ProbeInput[],
): INodeParameters {
	const values = { returnAll: false, limit: 50, output: 'simplified', binaryPropertyName: 'data' };
	const has = (name: string) => inputs.some(({ path }) => path.at(-1) === name);
	return {
		...Object.fromEntries(Object.entries(values).filter(([name]) => has(name))),
		// Only with a page is there a file.
		...(parameters.operation === 'getMetrics' && { format: 'page' }),
		options: {
			...(parameters.options as INodeParameters),
		},
	};
}
