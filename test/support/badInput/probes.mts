import type { INodeParameters } from 'n8n-workflow';
import type { Field, Fields, Operation } from '../../../nodes/Persona/engine/types.ts';
import { groupOf, idsOf, standsAlone } from '../../../nodes/Persona/engine/itemContext.ts';
import { parameterName } from '../../../nodes/Persona/engine/values.ts';
import { table } from '../../../nodes/Persona/resources/index.ts';
import { allFillings, type Filling } from '../completeParameters.mts';
import { input, type Input, type Probe } from './input.mts';
import { clause, settingInputs, settingsOf } from './settings.mts';

const ATTRIBUTES = ['body', 'data', 'attributes'];

function fieldInput(row: Operation, name: string, field: Field, at: string[], group: string) {
	const parameter = parameterName(name);
	const path = standsAlone(field) ? [parameter] : [group, parameter];
	if (field.type === 'resourceLocator') path.push('value');
	const members = row.execute ? name.split('.').slice(0, 1) : name.split('.');
	return input(field.displayName, path, field.form, [...at, ...members], {
		required: field.required,
		clears: field.clears && row.route.startsWith('PATCH'),
		range: field.typeOptions,
		loose: row.execute !== undefined,
	});
}

/** The fields of a row, one input for each parameter: one may stand in two places. */
function fieldInputs(row: Operation, own: Fields = {}): Input[] {
	const parts: Array<[Fields | undefined, string[], string?]> = [
		[row.query, ['query']],
		[row.filter, ['query', 'filter'], 'filters'],
		[row.data, ['body', 'data']],
		[{ ...row.attributes, ...own }, ATTRIBUTES],
		[row.meta, ['body', 'meta']],
	];
	const inputs = new Map<string, Input>();
	for (const [fields = {}, at, group = groupOf(row)] of parts) {
		for (const [name, field] of Object.entries(fields)) {
			const one = fieldInput(row, name, field, at, group);
			const twin = inputs.get(one.path.join('.'));
			if (twin) twin.places.push(...one.places);
			else inputs.set(one.path.join('.'), one);
		}
	}
	return [...inputs.values()];
}

const idInputs = (row: Operation, sends = '') =>
	idsOf(row).map((name) => {
		const { displayName, type } = table.ids[name];
		const path = [parameterName(name), ...(type === 'resourceLocator' ? ['value'] : [])];
		const segments = row.route.replace('{kind}', sends).split('/').slice(1);
		const place = ['path', String(segments.indexOf(`{${name}}`))];
		return input(displayName, path, 'id', place, { required: true });
	});

/** The operation again with a map given column by column instead of as JSON. */
function columnProbe(probe: Probe, map: string, field: Field): Probe {
	const mode = `${parameterName(map)}Mode`;
	const columns = `${parameterName(map)}Columns`;
	const { [parameterName(map)]: _, ...others } = probe.parameters;
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
		inputs: [input(field.displayName, path, 'column', [...ATTRIBUTES, map, 'name-first'])],
		fixed: [...probe.fixed, mode],
	};
}

function probesOf(filling: Filling): Probe[] {
	const { name, row } = filling;
	const kind = row.kinds?.options[String(filling.parameters[row.kinds.name])];
	const inputs = [
		...idInputs(row, kind?.sends),
		...fieldInputs(row, kind?.attributes),
		...settingInputs(filling),
	];
	const parameters: INodeParameters = {
		...filling.parameters,
		...settingsOf(filling, inputs),
		...(row.search && { conditions: { condition: [clause] } }),
	};
	const fixed = ['resource', 'operation', ...(row.kinds ? [row.kinds.name] : [])];
	const probe = { name, row, parameters, inputs, fixed };
	const maps = Object.entries({ ...row.attributes, ...kind?.attributes });
	return [
		probe,
		...maps
			.filter(([, { columns }]) => columns)
			.map(([map, field]) => columnProbe(probe, map, field)),
	];
}

/**
 * These work on all items of a run together, or on what another one has said, or ask for more than
 * they are told; their own tests give them bad input.
 */
const APART = [
	'account.erase',
	'inquiry.createAndWait',
	'inquiry.waitForPerson',
	'listItem.addMany',
	'listItem.checkValue',
];

/** Every other operation of the table, once for each of its kinds. */
export const allProbes = (): Probe[] =>
	allFillings()
		.filter(({ name }) => !APART.includes(name.split(' ')[0]))
		.flatMap(probesOf);
