import type { INodeParameters } from 'n8n-workflow';
import type { Field, Fields } from '../../../nodes/Persona/fields/types.ts';
import type { Operation, Variant } from '../../../nodes/Persona/engine/types.ts';
import {
	getOptionalGroupName,
	getIdPlaceholders,
	isTopLevel,
} from '../../../nodes/Persona/engine/operationRules.ts';
import { getClearingValue } from '../../../nodes/Persona/engine/emptyValues.ts';
import { toParameterName } from '../../../nodes/Persona/fields/encodeValue.ts';
import { table } from '../../../nodes/Persona/resources/index.ts';
import { fillAllOperations, type FilledOperation } from '../completeParameters.mts';
import { buildInput, type ProbeInput, type Probe } from './probeInput.mts';
import {
	buildSearchCondition,
	searchQuery,
	buildSettingInputs,
	buildSettings,
	queryInput,
} from './settings.mts';

const ATTRIBUTES = ['body', 'data', 'attributes'];

/** Whether a row changes the request that the engine builds for it: not if it only waits or checks. */
const changesRequest = ({ prepare, nodeFields, attributes }: Operation) =>
	prepare !== undefined && !nodeFields?.waitForResult && !attributes?.url;

/** The values of a choice. A list of words with suggestions is open. */
function listChoices({ type, encoding, options = [] }: Field): string[] | undefined {
	const isChoice = type === 'options' || (type === 'multiOptions' && encoding === 'commaList');
	return isChoice ? options.map((one) => String('value' in one ? one.value : '')) : undefined;
}

/** The keys that a field may have which names another one; undefined for any other field. */
const listNamedFields = ({ requirements, attributes }: Operation, name: string) =>
	requirements?.some(({ namedBy }) => namedBy === name) ? Object.keys(attributes ?? {}) : undefined;

function buildFieldInput(row: Operation, name: string, field: Field, at: string[], group: string) {
	const parameter = toParameterName(name);
	const path = isTopLevel(field) ? [parameter] : [group, parameter];
	if (field.type === 'resourceLocator') path.push('value');
	if (field.encoding === 'duration' && !isTopLevel(field)) path.push('duration', 'amount');
	const members = changesRequest(row) ? name.split('.').slice(0, 1) : name.split('.');
	const form = field.type === 'resourceLocator' ? 'id' : field.encoding;
	const input = buildInput(field.displayName, path, form, [...at, ...members], {
		field,
		required: field.required,
		clears: getClearingValue(field, row),
		zeroClears: field.clearable && field.encoding === 'duration',
		choices: listChoices(field) ?? listNamedFields(row, name),
		range: field.typeOptions,
		loose: changesRequest(row),
	});
	// These two decide together what is sent for both.
	if (field.format !== 'emailAddressOrDomain' && name !== 'match-type') return input;
	return { ...input, places: ['value', 'match-type'].map((one) => [...at, one]), loose: true };
}

/** The fields of a row, one input for each parameter. A parameter may have two places in the request. */
function buildFieldInputs(row: Operation, variant?: Variant): ProbeInput[] {
	const parts: Array<[Fields | undefined, string[], string?]> = [
		[row.query, ['query']],
		[row.filter, ['query', 'filter'], 'filters'],
		[row.data, ['body', 'data']],
		[{ ...row.attributes, ...variant?.attributes }, ATTRIBUTES],
		[{ ...row.meta, ...variant?.meta }, ['body', 'meta']],
	];
	const inputs = new Map<string, ProbeInput>();
	for (const [fields = {}, at, group = getOptionalGroupName(row)] of parts) {
		for (const [name, field] of Object.entries(fields)) {
			// The address of a webhook has tests of its own, and so has a period.
			if (name === 'url' || field.encoding === 'period') continue;
			const one = buildFieldInput(row, name, field, at, group);
			const twin = inputs.get(one.path.join('.'));
			if (twin) twin.places.push(...one.places);
			else inputs.set(one.path.join('.'), one);
		}
	}
	return [...inputs.values()];
}

const buildIdInputs = (row: Operation, sends = '') =>
	getIdPlaceholders(row).map((name) => {
		const field = table.ids[name];
		const { displayName, type } = field;
		const path = [toParameterName(name), ...(type === 'resourceLocator' ? ['value'] : [])];
		const segments = row.route.replace('{variant}', sends).split('/').slice(1);
		const place = ['path', String(segments.indexOf(`{${name}}`))];
		return buildInput(displayName, path, 'id', place, { required: true, field });
	});

/** The same operation with a map as columns instead of JSON. */
function buildColumnProbe(probe: Probe, map: string): Probe {
	const mode = `${toParameterName(map)}Mode`;
	const columns = `${toParameterName(map)}Columns`;
	const { [toParameterName(map)]: _, ...others } = probe.parameters;
	const mapped = {
		mappingMode: 'defineBelow',
		value: { 'name-first': 'Jane' },
		schema: [{ id: 'name-first', displayName: 'Name', required: false }],
	};
	const path = [columns, 'value', 'name-first'];
	return {
		...probe,
		name: `${probe.name} by columns`,
		parameters: { ...others, [mode]: 'columns', [columns]: mapped } as INodeParameters,
		inputs: [buildInput('Name', path, 'column', [...ATTRIBUTES, map, 'name-first'])],
		fixed: [...probe.fixed, mode],
	};
}

/** The same search with a query instead of conditions. */
const buildQueryProbe = (probe: Probe): Probe => ({
	...probe,
	name: `${probe.name} by query`,
	parameters: {
		...probe.parameters,
		conditions: {},
		options: { ...(probe.parameters.options as INodeParameters), query: searchQuery },
	},
	inputs: [queryInput],
});

function buildProbes(operation: FilledOperation): Probe[] {
	const { name, row } = operation;
	const variant = row.variants?.options[String(operation.parameters[row.variants.name])];
	const inputs = [
		...buildIdInputs(row, variant?.apiName),
		...buildFieldInputs(row, variant),
		...buildSettingInputs(operation),
	];
	const parameters: INodeParameters = {
		...operation.parameters,
		...buildSettings(operation, inputs),
		...(row.search && { conditions: { condition: [buildSearchCondition(row)] } }),
	};
	const fixed = ['resource', 'operation', ...(row.variants ? [row.variants.name] : [])];
	const probe = { name, row, parameters, inputs, fixed };
	const maps = Object.entries({ ...row.attributes, ...variant?.attributes });
	return [
		probe,
		...(row.search ? [buildQueryProbe(probe)] : []),
		...maps
			.filter(([, { columnsMethod: columns }]) => columns)
			.map(([map]) => buildColumnProbe(probe, map)),
	];
}

/**
 * These work on all items of a run together, or on the result of another operation, or send further
 * requests. Their own tests give them bad input.
 */
const TESTED_ELSEWHERE = [
	'account.erase',
	'batchJob.create',
	'event.verifyDelivery',
	'inquiry.createAndWait',
	'inquiry.waitForPerson',
	'listItem.addMany',
	'listItem.checkValue',
];

/** All operations of the table, once for each of their variants. */
export const buildCompleteProbes = (): Probe[] => fillAllOperations().flatMap(buildProbes);

/** The same without those that are tested elsewhere. */
export const buildAllProbes = (): Probe[] =>
	buildCompleteProbes().filter(({ name }) => !TESTED_ELSEWHERE.includes(name.split(' ')[0]));
