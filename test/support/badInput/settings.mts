import type { INodeParameters } from 'n8n-workflow';
import type { Operation } from '../../../nodes/Persona/engine/types.ts';
import { table } from '../../../nodes/Persona/resources/index.ts';
import type { Filling } from '../completeParameters.mts';
import { input, type Input } from './input.mts';

/** The condition that searches compare by: an attribute of the user's own. */
export const clause = {
	attribute: 'other',
	customAttribute: 'fields.age',
	operator: 'gte',
	value: '18',
};

const preset = true;

const required = true;

/** What a search has besides: its one condition, and what can stand in place of it. */
function searchInputs({ search }: Operation): Input[] {
	if (!search) return [];
	const path = ['conditions', 'condition', '0'];
	const place = ['body', 'query', 'and', '0'];
	const query = ['body', 'query'];
	const sort = ['body', 'sort'];
	return [
		input('Must Match', ['match'], 'match', query, { required }),
		input('Attribute Name', [...path, 'customAttribute'], 'name', [...place, 'attribute'], {
			required,
		}),
		input('Operator', [...path, 'operator'], 'name', [...place, 'operator'], { required }),
		input('Value', [...path, 'value'], 'scalar', [...place, 'value'], { required }),
		input('Query (JSON)', ['options', 'query'], 'json', query, { preset }),
		input('Sort By', ['options', 'sortBy'], 'name', [...sort, 'attribute'], { preset }),
		input('Sort Direction', ['options', 'sortDirection'], 'name', [...sort, 'direction'], {
			preset,
		}),
	];
}

/** What an operation can be set to beside its own fields. */
export function settingInputs({ name, row, parameters }: Filling): Input[] {
	const { include, fieldsToReturn } = parameters.options as INodeParameters;
	const resource = table.resources.find(({ value }) => value === name.split('.')[0]);
	const kind = row.kinds?.options[String(parameters[row.kinds.name])];
	const page = [row.search ? 'body' : 'query', 'page'];
	const inputs: Record<string, Input | false> = {
		include:
			String(include ?? '') !== '' &&
			input('Include', ['options', 'include'], 'commaList', ['query', 'include']),
		fieldsToReturn:
			fieldsToReturn !== undefined &&
			input(
				'Fields to Return',
				['options', 'fieldsToReturn'],
				'fieldsToReturn',
				['query', 'fields'],
				{ type: kind?.type ?? row.type ?? resource?.type },
			),
		idempotencyKey:
			row.route.startsWith('POST') &&
			!row.search &&
			input('Idempotency Key', ['options', 'idempotencyKey'], 'idempotencyKey', ['key'], {
				preset,
			}),
		returnAll:
			row.returns === 'list' &&
			!row.unpaged &&
			input('Return All', ['returnAll'], 'returnAll', page, { preset }),
		limit:
			row.returns === 'list' &&
			!row.unpaged &&
			input('Limit', ['limit'], 'limit', page, { preset }),
		output: row.returns.startsWith('file')
			? input('Put Output File in Field', ['binaryPropertyName'], 'text', undefined, { preset })
			: input('Simplify', ['simplify'], 'toggle', undefined, { preset }),
	};
	return [...searchInputs(row), ...Object.values(inputs).filter((one) => one !== false)];
}

/** Valid values for them, where the filling has none. */
export function settingsOf({ parameters }: Filling, inputs: Input[]): INodeParameters {
	const values = { returnAll: false, limit: 50, simplify: true, binaryPropertyName: 'data' };
	const has = (name: string) => inputs.some(({ path }) => path.at(-1) === name);
	return {
		...Object.fromEntries(Object.entries(values).filter(([name]) => has(name))),
		options: {
			...(parameters.options as INodeParameters),
			...(has('idempotencyKey') && { idempotencyKey: 'order-1234' }),
			...(has('query') && { query: '' }),
		},
	};
}
