import type { INodeProperties } from 'n8n-workflow';
import { ITEMS_AT_A_TIME } from './execute';
import { choice, choices, count, json, notice, property, required, text, toggle } from './fields';
import type { Field, Fields, Kind, Operation, Resource, Show, Table } from './operation';
import { searchOptions, searchParameters } from './search';
import { groupOf, idsOf, standsAlone } from './session';
import { parameterName } from './values';

const FIRST_SHOWN = { noDataExpression: true };

/** `inquiry-template` and `additionalFields` to `Inquiry Template` and `Additional Fields`. */
const titled = (name: string) =>
	name
		.replace(/([A-Z])/g, '-$1')
		.split('-')
		.map((word) => word.charAt(0).toUpperCase() + word.slice(1))
		.join(' ');

const properties = (fields: Fields) =>
	Object.entries(fields).map(([name, field]) => property(name, field));

const LIST_SIZE = [
	property('returnAll', toggle('Return All', 'return all results or only up to a given limit')),
	property(
		'limit',
		count('Limit', 'Max number of results to return', {
			default: 50,
			typeOptions: { minValue: 1 },
		}),
		{ returnAll: [false] },
	),
];

const SIMPLIFY = property(
	'simplify',
	toggle('Simplify', 'return a simplified version of the response instead of the raw data', {
		default: true,
	}),
);

const OUTPUT_FIELD = property(
	'binaryPropertyName',
	text('Put Output File in Field', '', undefined, {
		default: 'data',
		required: true,
		description: undefined,
		hint: 'The name of the output binary field to put the file in',
	}),
);

const ITEMS_OPTION: Fields = {
	itemsAtATime: count(
		'Items at a Time',
		'How many input items to work on at once; the rate limit is kept in any case',
		{ default: ITEMS_AT_A_TIME, typeOptions: { minValue: 1, maxValue: 100 } },
	),
};

const KEY_OPTION: Fields = {
	idempotencyKey: text(
		'Idempotency Key',
		'A key of your own, such as an order number. Persona does requests with the same key once in 24 hours, also across executions.',
		'order-1234',
	),
};

const FIELDS_OPTION: Fields = {
	fieldsToReturn: text(
		'Fields to Return',
		'Attributes to return, separated by commas; all when empty. Those of an included object have its type and a colon in front.',
		'status, fields.name-first, account:created-at',
	),
};

const includeOption = (relationships: string[]): Fields =>
	relationships.length === 0
		? {}
		: {
				include: choices(
					'Include',
					'Related objects to return in full',
					Object.fromEntries(relationships.map((name) => [name, titled(name)])),
				),
			};

function optionsFor(row: Operation, { include = [] }: Resource): INodeProperties[] {
	const selects = row.returns !== 'file' && !row.plain;
	return [
		...properties({
			...(selects && includeOption(row.include ?? (row.returns === 'item' ? include : []))),
			...(selects && FIELDS_OPTION),
			...(row.route.startsWith('POST') && !row.search && KEY_OPTION),
			...ITEMS_OPTION,
			...(row.search && searchOptions(row.search)),
		}),
	];
}

/** A map whose columns can be read from Persona is offered column by column and as JSON. */
function mapped(name: string, field: Field, dependsOn: string[]): INodeProperties[] {
	const mode = `${parameterName(name)}Mode`;
	const columns = json(field.displayName, field.description ?? '', {
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
	});
	return [
		property(
			mode,
			choice(
				`Specify ${field.displayName}`,
				'How to give the values; mapping reads the fields from Persona',
				{ columns: 'Mapping Each Field Below', json: 'Using JSON' },
				{ default: 'json' },
			),
		),
		property(name, field, { [mode]: ['json'] }),
		property(`${parameterName(name)}Columns`, columns, { [mode]: ['columns'] }),
	];
}

function collection(name: string, members: INodeProperties[]): INodeProperties[] {
	if (members.length === 0) return [];
	const sorted = members.sort((a, b) => a.displayName.localeCompare(b.displayName));
	const word = { filters: 'Filter', options: 'Option' }[name] ?? 'Field';
	const field = json(titled(name), '', { type: 'collection', placeholder: `Add ${word}` });
	return [{ ...property(name, field), default: {}, description: undefined, options: sorted }];
}

/** The fields that stand by themselves, in the order of the table. */
const alone = (fields: Fields, dependsOn: string[] = []) =>
	Object.entries(fields)
		.filter(([, field]) => standsAlone(field))
		.flatMap(([name, field]) =>
			field.columns ? mapped(name, field, dependsOn) : [property(name, field)],
		);

/** The parameters that the columns of a map depend on: the IDs that stand by themselves. */
const chosenIds = (fields: Fields) =>
	Object.entries(fields)
		.filter(([name, field]) => standsAlone(field) && name.endsWith('-id'))
		.map(([name, { type }]) => parameterName(name) + (type === 'resourceLocator' ? '.value' : ''));

const together = (fields: Fields) =>
	properties(Object.fromEntries(Object.entries(fields).filter(([, field]) => !standsAlone(field))));

function parametersOf(row: Operation, resource: Resource, ids: Fields): INodeProperties[] {
	const path = Object.fromEntries(idsOf(row).map((name) => [name, required(ids[name])]));
	const shared: Fields = { ...row.query, ...row.attributes, ...row.data, ...row.meta };
	const by = row.kinds?.name ?? '';
	const kinds: Array<[string, Kind]> = Object.entries(row.kinds?.options ?? { '': { name: '' } });
	/** The same part of the panel once for each kind, with what is equal shown for several. */
	const perKind = (part: (fields: Fields) => INodeProperties[]) =>
		merged(
			kinds.map(([kind, { attributes }]) =>
				shownFor(by ? { [by]: [kind] } : {}, part({ ...attributes, ...shared, ...attributes })),
			),
			by,
		);
	return [
		...(row.irreversible ? [property('irreversible', notice(row.irreversible))] : []),
		...(row.kinds ? [kindSelect(row.kinds)] : []),
		...alone(path),
		...perKind((fields) => alone(fields, chosenIds({ ...path, ...fields }))),
		...alone(row.filter ?? {}),
		...(row.search ? searchParameters(row.search) : []),
		...(row.returns === 'list' && !row.unpaged ? LIST_SIZE : []),
		row.returns === 'file' ? OUTPUT_FIELD : SIMPLIFY,
		...collection('filters', together(row.filter ?? {})),
		...perKind((fields) => collection(groupOf(row, 'other'), together(fields))),
		...collection('options', optionsFor(row, resource)),
	];
}

const kindSelect = ({ label, name, options }: NonNullable<Operation['kinds']>) =>
	property(
		name,
		choice(
			label,
			'Decides which fields there are',
			Object.fromEntries(Object.entries(options).map(([value, kind]) => [value, kind.name])),
			{ ...FIRST_SHOWN, default: Object.keys(options)[0] },
		),
	);

const shownFor = (show: Show, members: INodeProperties[]): INodeProperties[] =>
	members.map((member) => ({
		...member,
		displayOptions: { show: { ...show, ...member.displayOptions?.show } },
	}));

/**
 * Several forms as one. Properties that differ only in which values of the parameter `by` show them
 * become one, as far as every form keeps its order.
 */
function merged(forms: INodeProperties[][], by: string): INodeProperties[] {
	const all: Array<{ member: INodeProperties; show: Show; content: string }> = [];
	for (const form of forms) {
		let place = 0;
		for (const member of form) {
			const { [by]: values = [], ...others } = (member.displayOptions?.show ?? {}) as Show;
			const content = JSON.stringify({ ...member, displayOptions: others });
			const twin = all.findIndex((one, index) => index >= place && one.content === content);
			if (twin >= 0) all[twin].show[by].push(...values);
			else {
				const show = by ? { [by]: [...values], ...others } : others;
				all.splice(place, 0, { member, show, content });
			}
			place = Math.max(twin, place) + 1;
		}
	}
	return all.map(({ member, show }) => ({ ...member, displayOptions: { show } }));
}

const operationSelect = ({ value, operations }: Resource): INodeProperties => {
	const options = Object.entries(operations)
		.map(([key, { name, action, description = action }]) => ({
			name,
			value: key,
			action,
			description,
		}))
		.sort((a, b) => a.name.localeCompare(b.name));
	const field = choice('Operation', '', { '': '' }, { ...FIRST_SHOWN, options });
	return {
		...property('operation', field, { resource: [value] }),
		description: undefined,
		default: Object.keys(operations)[0],
	};
};

/** The node's whole panel, derived from the table. */
export function propertiesOf({ resources, ids }: Table): INodeProperties[] {
	const choosable = Object.fromEntries(resources.map(({ name, value }) => [value, name]));
	const field = choice('Resource', '', choosable, { ...FIRST_SHOWN, description: undefined });
	return [
		{ ...property('resource', field), default: resources[0].value },
		...resources.map(operationSelect),
		...resources.flatMap((resource) =>
			merged(
				Object.entries(resource.operations).map(([operation, row]) =>
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
