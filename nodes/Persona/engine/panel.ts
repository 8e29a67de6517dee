import type { INodeProperties } from 'n8n-workflow';
import { choice, choices, json, notice, buildProperty, required } from './fields';
import { compareByName } from '../utils/compareByName';
import type {
	Field,
	Fields,
	Variants,
	Operation,
	Resource,
	DisplayRules,
	OperationTable,
} from './types';
import {
	DETECT_VARIANT,
	getOptionalGroup,
	getPathIds,
	isGuarded,
	acceptsSelection,
	isTopLevel,
} from './operationRules';
import { commonFields } from './commonFields';
import { toParameterName } from './values';

/** `inquiry-template` and `additionalFields` to `Inquiry Template` and `Additional Fields`. */
const toTitle = (name: string) =>
	name.replace(/(^|-)(\w)|([A-Z])/g, (_, dash, first, capital) =>
		capital ? ` ${capital}` : (dash && ' ') + first.toUpperCase(),
	);

function getOptionFields(row: Operation, resource: Resource): Fields {
	const { fieldsToReturn, idempotencyKey, itemsAtATime } = commonFields;
	const related = row.include ?? (row.returns === 'list' ? [] : (resource.include ?? []));
	const labels = Object.fromEntries(related.map((name) => [name, toTitle(name)]));
	const include = choices('Include', 'Related objects to return in full', labels);
	return {
		...(acceptsSelection(row) && related.length > 0 && { include }),
		...(acceptsSelection(row) && row.returns !== 'files' && { fieldsToReturn }),
		...(row.route.startsWith('POST') && !row.search && { idempotencyKey }),
		...filterFields(row.nodeFields ?? {}, false),
		itemsAtATime,
	};
}

/** A map whose columns can be read from Persona is offered column by column and as JSON. */
function buildMapperProperties(name: string, field: Field, dependsOn: string[]): INodeProperties[] {
	const mode = `${toParameterName(name)}Mode`;
	const columns = json(field.displayName, field.description ?? '', {
		type: 'resourceMapper',
		noDataExpression: true,
		default: { mappingMode: 'defineBelow', value: null },
		typeOptions: {
			loadOptionsDependsOn: dependsOn,
			resourceMapper: {
				resourceMapperMethod: field.columnsMethod as string,
				mode: 'add',
				fieldWords: { singular: 'field', plural: 'fields' },
				addAllFields: false,
				supportAutoMap: true,
			},
		},
	});
	const ways = { columns: 'Mapping Each Field Below', json: 'Using JSON' };
	const hint = 'How to enter the values. Mapping reads the fields from Persona.';
	return [
		buildProperty(mode, choice(`Specify ${field.displayName}`, hint, ways, { default: 'json' })),
		buildProperty(name, field, { [mode]: ['json'] }),
		buildProperty(`${toParameterName(name)}Columns`, columns, { [mode]: ['columns'] }),
	];
}

/** Some of a row's fields, by whether they stand by themselves, in the order of the table. */
const filterFields = (fields: Fields, alone: boolean): Fields =>
	Object.fromEntries(Object.entries(fields).filter(([, field]) => isTopLevel(field) === alone));

function buildCollection(name: string, fields: Fields): INodeProperties[] {
	const label = ({ displayName: name }: INodeProperties) => ({ name });
	const all = Object.entries(fields).map(([name, field]) => buildProperty(name, field));
	const options = all.sort((a, b) => compareByName(label(a), label(b)));
	if (options.length === 0) return [];
	const placeholder = `Add ${{ filters: 'Filter', options: 'Option' }[name] ?? 'Field'}`;
	return [
		{ displayName: toTitle(name), name, type: 'collection', placeholder, default: {}, options },
	];
}

/** `dependsOn`: parameters that the columns of a map depend on. */
const buildTopLevelProperties = (fields: Fields, dependsOn: string[] = []) =>
	Object.entries(filterFields(fields, true)).flatMap(([name, field]) =>
		field.columnsMethod
			? buildMapperProperties(name, field, dependsOn)
			: [buildProperty(name, field)],
	);

const getColumnDependencies = (fields: Fields) =>
	Object.entries(filterFields(fields, true))
		.filter(([name]) => name.endsWith('-id'))
		.map(
			([name, { type }]) => toParameterName(name) + (type === 'resourceLocator' ? '.value' : ''),
		);

function buildForm(row: Operation, resource: Resource, ids: Fields): INodeProperties[] {
	const path = Object.fromEntries(getPathIds(row).map((name) => [name, required(ids[name])]));
	const { allowDecisions, binaryPropertyName, limit, returnAll, simplify } = commonFields;
	const shared: Fields = { ...row.query, ...row.attributes, ...row.data, ...row.meta };
	/** The same part of the panel once for each kind, with what is equal shown for several. */
	const perKind = (part: (fields: Fields) => INodeProperties[]) => {
		if (!row.variants) return part(shared);
		const { name, options } = row.variants;
		const forms = Object.entries(options).map(([kind, { attributes }]) =>
			addDisplayRule({ [name]: [kind] }, part({ ...attributes, ...shared, ...attributes })),
		);
		return mergeForms(forms, name);
	};
	return [
		...(row.irreversible ? [buildProperty('irreversible', notice(row.irreversible))] : []),
		...(row.variants ? [buildVariantSelect(row.variants)] : []),
		...buildTopLevelProperties(path),
		...perKind((fields) =>
			buildTopLevelProperties(fields, getColumnDependencies({ ...path, ...fields })),
		),
		...buildTopLevelProperties(row.filter ?? {}),
		...buildTopLevelProperties(row.nodeFields ?? {}),
		...(row.returns === 'list' && !row.unpaged
			? [
					buildProperty('returnAll', returnAll),
					buildProperty('limit', limit, { returnAll: [false] }),
				]
			: []),
		...buildTopLevelProperties(
			row.returns.startsWith('file') ? { binaryPropertyName } : { simplify },
		),
		...buildCollection('filters', filterFields(row.filter ?? {}, false)),
		...perKind((fields) => buildCollection(getOptionalGroup(row), filterFields(fields, false))),
		...buildCollection('options', getOptionFields(row, resource)),
		...(isGuarded(row)
			? [buildProperty('allowDecisions', allowDecisions, { '@tool': [true] })]
			: []),
	];
}

function buildVariantSelect({ label, name, options, detect }: Variants): INodeProperties {
	const labels = Object.entries(options).map(([value, kind]) => [value, kind.name]);
	if (detect) labels.unshift([DETECT_VARIANT, 'Detect From ID']);
	const parted = Object.values(options).some(({ attributes }) => attributes);
	const description = parted
		? 'Determines which fields are available'
		: 'Type of the object that the ID belongs to';
	const first = { noDataExpression: true, default: labels[0][0] };
	return buildProperty(name, choice(label, description, Object.fromEntries(labels), first));
}

const addDisplayRule = (show: DisplayRules, members: INodeProperties[]): INodeProperties[] =>
	members.map((member) => ({
		...member,
		displayOptions: { show: { ...show, ...member.displayOptions?.show } },
	}));

/**
 * Several forms as one. Properties that differ only in which values of the parameter `by` show them
 * become one, as far as every form keeps its order.
 */
function mergeForms(forms: INodeProperties[][], by: string): INodeProperties[] {
	const all: Array<{ member: INodeProperties; show: DisplayRules; content: string }> = [];
	for (const form of forms) {
		let place = 0;
		for (const member of form) {
			const { [by]: values = [], ...others } = (member.displayOptions?.show ?? {}) as DisplayRules;
			const content = JSON.stringify({ ...member, displayOptions: others });
			const twin = all.findIndex((one, index) => index >= place && one.content === content);
			if (twin >= 0) all[twin].show[by].push(...values);
			else {
				all.splice(place, 0, { member, show: { [by]: [...values], ...others }, content });
			}
			place = Math.max(twin, place) + 1;
		}
	}
	return all.map(({ member, show }) => ({ ...member, displayOptions: { show } }));
}

const buildOperationSelect = ({ value: resource, operations }: Resource) => {
	const options = Object.entries(operations)
		.map(([value, { name, action, description = action }]) => {
			return { name, value, action, description };
		})
		.sort(compareByName);
	const first = { noDataExpression: true, options, default: Object.keys(operations)[0] };
	return buildProperty('operation', choice('Operation', undefined, {}, first), {
		resource: [resource],
	});
};

/** The node's whole panel, derived from the table. */
export function buildProperties({ resources, ids }: OperationTable): INodeProperties[] {
	const labels = Object.fromEntries(resources.map(({ name, value }) => [value, name]));
	const first = { noDataExpression: true, default: resources[0].value };
	const formsOf = (resource: Resource) =>
		Object.entries(resource.operations).map(([operation, row]) => {
			const show = { resource: [resource.value], operation: [operation] };
			return addDisplayRule(show, buildForm(row, resource, ids));
		});
	return [
		buildProperty('resource', choice('Resource', undefined, labels, first)),
		...resources.map(buildOperationSelect),
		...resources.flatMap((resource) => mergeForms(formsOf(resource), 'operation')),
	];
}
