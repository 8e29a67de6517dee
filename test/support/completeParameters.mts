import type { INodeParameters, NodeParameterValueType } from 'n8n-workflow';
import type { Field, Fields } from '../../nodes/Persona/fields/types.ts';
import type { Operation, Resource } from '../../nodes/Persona/engine/types.ts';
import {
	getOptionalGroupName,
	getIdPlaceholders,
	getVariantFields,
	isTopLevel,
} from '../../nodes/Persona/engine/operationRules.ts';
import { readDuration, toParameterName } from '../../nodes/Persona/fields/encodeValue.ts';
import { table } from '../../nodes/Persona/resources/index.ts';
import type { DurationUnit } from '../../nodes/Persona/utils/duration.ts';
import { buildDuration } from './buildDuration.mts';

/** A row, or one of its variants, with a value in every field. */
export interface FilledOperation {
	/** `inquiry.create`, or `inquiry.create (template)`. */
	name: string;
	row: Operation;
	parameters: INodeParameters;
}

/** As long as Persona's own IDs: a pattern of its description counts the characters. */
const ID = 'ABC123def456GHI789jkl012';

/** The example in the placeholder of a field, or in the hint of a JSON field. */
const getSample = (text = '') =>
	text
		.replace(/^e\.g\. /i, '')
		.replace('name@email.com', 'jane.doe@example.com')
		.replaceAll('ABC123', ID);

/** A value that Persona accepts for a field. */
export function getSampleValue(field: Field): NodeParameterValueType {
	const { type, encoding: form, default: preset, placeholder, hint, modes, options = [] } = field;
	const values = options.map((option) => ('value' in option ? option.value : option.name));
	if (type === 'options') return values[0];
	if (type === 'multiOptions') return values as string[];
	if (type === 'boolean') return true;
	if (type === 'number') return preset || 60;
	if (form === 'duration') return buildSampleDuration(field);
	if (type === 'resourceLocator') {
		const value = getSample(modes?.find(({ name }) => name === 'id')?.placeholder);
		return { __rl: true, mode: 'id', value };
	}
	if (form === 'date') return '1994-04-12';
	if (form === 'dateTime') return '2025-06-30T14:00:00Z';
	if (form === 'json' || form === 'map') return '{"name-first": "Jane"}';
	const isFixed = preset && form === 'text' && !String(preset).startsWith('=');
	return isFixed ? preset : getSample(type === 'json' ? hint : placeholder) || 'Some text';
}

/** What the panel suggests, or one of its unit. */
function buildSampleDuration({ default: preset }: Field): NodeParameterValueType {
	const { amount, unit } = readDuration(preset);
	return buildDuration(Number(amount) || 1, unit as DurationUnit);
}

/** The value of a field; a duration that is shown directly has its unit beside it. */
function fillField(name: string, field: Field): Array<[string, NodeParameterValueType]> {
	const value = getSampleValue(field);
	if (field.encoding !== 'duration' || !isTopLevel(field)) return [[name, value]];
	const { amount, unit } = readDuration(value) as Record<string, NodeParameterValueType>;
	return [
		[name, amount],
		[`${name}Unit`, unit],
	];
}

/** Values of fields. A period would be in the way of its start and its end. */
const fillFields = (fields: Fields): INodeParameters =>
	Object.fromEntries(
		Object.entries(fields)
			.filter(([, { encoding }]) => encoding !== 'period')
			.flatMap(([name, field]) => [
				...fillField(toParameterName(name), field),
				...(field.columnsMethod ? [[`${toParameterName(name)}Mode`, 'json']] : []),
			]),
	);

/** The fields that are required. */
const pickRequired = (fields: Fields = {}): Fields =>
	Object.fromEntries(Object.entries(fields).filter(([, { required }]) => required));

/** Values of fields as the panel groups them: at the top level or in a collection. */
function groupFields(fields: Fields, group: string): INodeParameters {
	const entries = Object.entries(fields);
	const alone = Object.fromEntries(entries.filter(([, field]) => isTopLevel(field)));
	const others = Object.fromEntries(entries.filter(([, field]) => !isTopLevel(field)));
	return {
		...fillFields(alone),
		...(Object.keys(others).length > 0 && { [group]: fillFields(others) }),
	};
}

/** A value that each search accepts for the attribute. */
const getConditionValue = (attribute: string) =>
	attribute.endsWith('_at') ? '2025-06-30' : attribute === 'status' ? 'completed' : 'user-42';

const buildConditions = (attributes: string[]) => ({
	condition: attributes.map((attribute) => ({
		attribute,
		operator: attribute.endsWith('_at') ? 'gte' : 'eq',
		value: getConditionValue(attribute),
	})),
});

function buildOptions(row: Operation, { include }: Resource): INodeParameters {
	const selects = row.returns !== 'file' && !row.noIncludeAndFields;
	const related = row.include ?? (row.returns === 'list' ? undefined : include);
	return {
		...(selects && row.returns !== 'files' && { fieldsToReturn: 'created-at, status' }),
		...(selects && related && { include: related }),
		...(row.search && { sortDirection: 'asc' }),
		...(row.nodeFields?.sortBy && { sortBy: 'created_at' }),
	};
}

/** The row with a value in every field, once for each of its variants. */
export function fillOperation(resource: Resource, operation: string): FilledOperation[] {
	const row = resource.operations[operation];
	const { query, filter = {}, data, attributes, meta, variants: variants, search } = row;
	const ids = Object.fromEntries(getIdPlaceholders(row).map((name) => [name, table.ids[name]]));
	const name = `${resource.value}.${operation}`;
	const fillParameters = (own: Fields = {}, chosen: INodeParameters = {}): INodeParameters => ({
		resource: resource.value,
		operation,
		...chosen,
		...fillFields(ids),
		...groupFields(filter, 'filters'),
		...groupFields(
			{ ...query, ...own, ...attributes, ...data, ...meta },
			getOptionalGroupName(row),
		),
		...fillFields(pickRequired(row.nodeFields)),
		...(search && { match: 'and', conditions: buildConditions(Object.keys(search.attributes)) }),
		options: buildOptions(row, resource),
	});
	if (!variants) return [{ name, row, parameters: fillParameters() }];
	return Object.entries(variants.options).map(([variant, own], index) => ({
		name: `${name} (${variant})`,
		row,
		parameters: fillParameters(getVariantFields(own), {
			[variants.name]: variant,
			// One variant waits for its result; the others would wait in the same way.
			...(row.nodeFields?.waitForResult && { waitForResult: index === 0 }),
		}),
	}));
}

/** Every row of the table with a value in every field. */
export const fillAllOperations = (): FilledOperation[] =>
	table.resources.flatMap((resource) =>
		Object.keys(resource.operations).flatMap((operation) => fillOperation(resource, operation)),
	);
