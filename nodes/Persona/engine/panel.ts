import type { IDisplayOptions, INodeProperties } from 'n8n-workflow';
import { ITEMS_AT_A_TIME } from './execute';
import { optionsOf } from './fields';
import type { Field, Fields, Operation, Resource, Table } from './operation';
import { searchOptions, searchParameters } from './search';
import { groupOf, idsOf, standsAlone } from './session';
import { parameterName } from './values';

type Show = Record<string, string[]>;

const byLabel = (a: INodeProperties, b: INodeProperties) =>
	a.displayName.localeCompare(b.displayName);

/** `inquiry-template` to `Inquiry Template`. */
const titled = (name: string) =>
	name.replace(
		/(^|-)(\w)/g,
		(_, dash: string, letter: string) => (dash && ' ') + letter.toUpperCase(),
	);

const property = (name: string, field: Field): INodeProperties => {
	const { form: _form, shown: _shown, columns: _columns, ...rest } = field;
	return { ...rest, name: parameterName(name) };
};

/** A map whose columns can be read from Persona is offered column by column and as JSON. */
function mapped(name: string, field: Field, dependsOn: string[]): INodeProperties[] {
	const parameter = parameterName(name);
	const mode = `${parameter}Mode`;
	return [
		{
			displayName: `Specify ${field.displayName}`,
			name: mode,
			type: 'options',
			options: [
				{ name: 'Mapping Each Field Below', value: 'columns' },
				{ name: 'Using JSON', value: 'json' },
			],
			default: 'json',
			description: 'How to give the values; the fields are read from Persona with a production key',
		},
		{ ...property(name, field), displayOptions: { show: { [mode]: ['json'] } } },
		{
			displayName: field.displayName,
			name: `${parameter}Columns`,
			type: 'resourceMapper',
			noDataExpression: true,
			default: { mappingMode: 'defineBelow', value: null },
			typeOptions: {
				loadOptionsDependsOn: dependsOn,
				resourceMapper: {
					resourceMapperMethod: field.columns as string,
					mode: 'add',
					fieldWords: { singular: 'field', plural: 'fields' },
					addAllFields: false,
					supportAutoMap: true,
				},
			},
			displayOptions: { show: { [mode]: ['columns'] } },
		},
	];
}

const returnAllOrLimit: INodeProperties[] = [
	{
		displayName: 'Return All',
		name: 'returnAll',
		type: 'boolean',
		default: false,
		description: 'Whether to return all results or only up to a given limit',
	},
	{
		displayName: 'Limit',
		name: 'limit',
		type: 'number',
		typeOptions: { minValue: 1 },
		default: 50,
		description: 'Max number of results to return',
		displayOptions: { show: { returnAll: [false] } },
	},
];

const simplify: INodeProperties = {
	displayName: 'Simplify',
	name: 'simplify',
	type: 'boolean',
	default: true,
	description: 'Whether to return a simplified version of the response instead of the raw data',
};

const outputField: INodeProperties = {
	displayName: 'Put Output File in Field',
	name: 'binaryPropertyName',
	type: 'string',
	required: true,
	default: 'data',
	hint: 'The name of the output binary field to put the file in',
};

const itemsAtATime: INodeProperties = {
	displayName: 'Items at a Time',
	name: 'itemsAtATime',
	type: 'number',
	typeOptions: { minValue: 1, maxValue: 100 },
	default: ITEMS_AT_A_TIME,
	description: 'How many input items to work on at once; the rate limit is kept in any case',
};

const idempotencyKey: INodeProperties = {
	displayName: 'Idempotency Key',
	name: 'idempotencyKey',
	type: 'string',
	typeOptions: { password: false },
	default: '',
	placeholder: 'e.g. order-1234',
	description:
		'A key of your own, such as an order number. Persona does a request with the same key once in 24 hours, also across executions.',
};

const fieldsToReturn: INodeProperties = {
	displayName: 'Fields to Return',
	name: 'fieldsToReturn',
	type: 'string',
	default: '',
	placeholder: 'e.g. status, fields.name-first, account:reference-id',
	description:
		'Attributes to return, separated by commas; all when empty. Those of an included object have its type and a colon in front.',
};

const include = (relationships: string[]): INodeProperties => ({
	displayName: 'Include',
	name: 'include',
	type: 'multiOptions',
	options: optionsOf(Object.fromEntries(relationships.map((name) => [name, titled(name)]))),
	default: [],
	description: 'Related objects to return in full',
});

function optionsFor(row: Operation, resource: Resource): INodeProperties[] {
	const relationships = row.include ?? resource.include ?? [];
	const selects = row.returns !== 'file' && !row.plain;
	return [
		...(selects && row.returns === 'item' && relationships.length > 0
			? [include(relationships)]
			: []),
		...(selects ? [fieldsToReturn] : []),
		...(row.route.startsWith('POST') && !row.search ? [idempotencyKey] : []),
		...(row.search ? searchOptions(row.search) : []),
		itemsAtATime,
	];
}

function collection(name: string, fields: INodeProperties[]): INodeProperties[] {
	if (fields.length === 0) return [];
	const displayName = titled(name.replace(/([A-Z])/g, '-$1').toLowerCase());
	const placeholder = `Add ${{ filters: 'Filter', options: 'Option' }[name] ?? 'Field'}`;
	const options = fields.sort(byLabel);
	return [{ displayName, name, type: 'collection', placeholder, default: {}, options }];
}

/** Parameters of the fields that stand alone, in the order of the table. */
const alone = (fields: Fields, dependsOn: string[]) =>
	Object.entries(fields)
		.filter(([, field]) => standsAlone(field))
		.flatMap(([name, field]) =>
			field.columns ? mapped(name, field, dependsOn) : [property(name, field)],
		);

const together = (fields: Fields) =>
	Object.entries(fields)
		.filter(([, field]) => !standsAlone(field))
		.map(([name, field]) => property(name, field));

function parametersOf(row: Operation, resource: Resource, ids: Fields): INodeProperties[] {
	const path = Object.fromEntries(idsOf(row).map((name) => [name, ids[name]]));
	const variants: Array<[Show, Fields]> = row.kinds
		? Object.entries(row.kinds.options).map(([kind, { attributes = {} }]) => [
				{ [(row.kinds as { name: string }).name]: [kind] },
				{ ...row.query, ...row.attributes, ...attributes, ...row.data, ...row.meta },
			])
		: [[{}, { ...row.query, ...row.attributes, ...row.data, ...row.meta }]];
	const located = Object.entries({ ...path, ...variants[0][1] })
		.filter(([, { type }]) => type === 'resourceLocator')
		.map(([name]) => `${parameterName(name)}.value`);
	return [
		...(row.irreversible ? [notice(row.irreversible)] : []),
		...(row.kinds ? [kindSelect(row.kinds)] : []),
		...alone(path, []),
		...merged(
			variants.flatMap(([show, fields]) => shownFor(show, alone(fields, located))),
			Object.keys(variants[0][0])[0],
		),
		...(row.filter ? alone(row.filter, []) : []),
		...(row.search ? searchParameters(row.search) : []),
		...(row.returns === 'list' ? returnAllOrLimit : []),
		...(row.returns === 'file' ? [outputField] : [simplify]),
		...collection('filters', together(row.filter ?? {})),
		...merged(
			variants.flatMap(([show, fields]) =>
				shownFor(show, collection(groupOf(row, 'other'), together(fields))),
			),
			Object.keys(variants[0][0])[0],
		),
		...collection('options', optionsFor(row, resource)),
	];
}

const notice = (displayName: string): INodeProperties => ({
	displayName,
	name: 'irreversible',
	type: 'notice',
	default: '',
});

const kindSelect = ({
	label,
	name,
	options,
}: NonNullable<Operation['kinds']>): INodeProperties => ({
	displayName: label,
	name,
	type: 'options',
	noDataExpression: true,
	options: Object.entries(options)
		.map(([value, { name: kind, description }]) => ({
			name: kind,
			value,
			...(description && { description }),
		}))
		.sort((a, b) => a.name.localeCompare(b.name)),
	default: Object.keys(options)[0],
});

const shownFor = (show: Show, properties: INodeProperties[]): INodeProperties[] =>
	properties.map((one) => ({
		...one,
		...(Object.keys(show).length > 0 || one.displayOptions
			? { displayOptions: { show: { ...show, ...one.displayOptions?.show } } }
			: {}),
	}));

/** Properties that differ only in which values of one parameter show them become one. */
function merged(properties: INodeProperties[], by?: string): INodeProperties[] {
	if (by === undefined) return properties;
	const twins = new Map<string, INodeProperties>();
	for (const one of properties) {
		const show = one.displayOptions?.show ?? {};
		const { [by]: values = [], ...others } = show;
		const content = JSON.stringify([{ ...one, displayOptions: undefined }, others]);
		const twin = twins.get(content);
		if (twin) twin.displayOptions?.show?.[by]?.push(...(values as string[]));
		else twins.set(content, { ...one, displayOptions: copied(show) });
	}
	return [...twins.values()];
}

const copied = (show: NonNullable<IDisplayOptions['show']>): IDisplayOptions => ({
	show: Object.fromEntries(
		Object.entries(show).map(([name, values]) => [
			name,
			Array.isArray(values) ? [...values] : values,
		]),
	),
});

const operationSelect = ({ value, operations }: Resource): INodeProperties => {
	const options = Object.entries(operations)
		.map(([key, { name, action, description }]) => ({
			name,
			value: key,
			action,
			description: description ?? action,
		}))
		.sort((a, b) => a.name.localeCompare(b.name));
	return {
		displayName: 'Operation',
		name: 'operation',
		type: 'options',
		noDataExpression: true,
		displayOptions: { show: { resource: [value] } },
		options,
		default: Object.keys(operations)[0],
	};
};

/** The node's whole panel, derived from the table. */
export function propertiesOf({ resources, ids }: Table): INodeProperties[] {
	return [
		{
			displayName: 'Resource',
			name: 'resource',
			type: 'options',
			noDataExpression: true,
			options: resources
				.map(({ name, value }) => ({ name, value }))
				.sort((a, b) => a.name.localeCompare(b.name)),
			default: resources[0].value,
		},
		...resources.map(operationSelect),
		...resources.flatMap((resource) =>
			merged(
				Object.entries(resource.operations).flatMap(([operation, row]) =>
					shownFor(
						{ resource: [resource.value], operation: [operation] },
						parametersOf(row, resource, ids),
					),
				),
				'operation',
			),
		),
	];
}
