import type { INodeProperties } from 'n8n-workflow';
import { byName, choice, choices, json, notice, property, required } from './fields';
import type { Field, Fields, Kinds, Operation, Resource, Show, Table } from './types';
import { DETECT, groupOf, idsOf, isGuarded, selects, standsAlone } from './itemContext';
import { settings } from './commonFields';
import { parameterName } from './values';

/** `inquiry-template` and `additionalFields` to `Inquiry Template` and `Additional Fields`. */
const titled = (name: string) =>
	name.replace(/(^|-)(\w)|([A-Z])/g, (_, dash, first, capital) =>
		capital ? ` ${capital}` : (dash && ' ') + first.toUpperCase(),
	);

function optionsFor(row: Operation, resource: Resource): Fields {
	const { fieldsToReturn, idempotencyKey, itemsAtATime } = settings;
	const related = row.include ?? (row.returns === 'list' ? [] : (resource.include ?? []));
	const labels = Object.fromEntries(related.map((name) => [name, titled(name)]));
	const include = choices('Include', 'Related objects to return in full', labels);
	return {
		...(selects(row) && related.length > 0 && { include }),
		...(selects(row) && row.returns !== 'files' && { fieldsToReturn }),
		...(row.route.startsWith('POST') && !row.search && { idempotencyKey }),
		...those(row.own ?? {}, false),
		itemsAtATime,
	};
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
	const ways = { columns: 'Mapping Each Field Below', json: 'Using JSON' };
	const hint = 'How to give the values; mapping reads the fields from Persona';
	return [
		property(mode, choice(`Specify ${field.displayName}`, hint, ways, { default: 'json' })),
		property(name, field, { [mode]: ['json'] }),
		property(`${parameterName(name)}Columns`, columns, { [mode]: ['columns'] }),
	];
}

/** Some of a row's fields, by whether they stand by themselves, in the order of the table. */
const those = (fields: Fields, alone: boolean): Fields =>
	Object.fromEntries(Object.entries(fields).filter(([, field]) => standsAlone(field) === alone));

function collection(name: string, fields: Fields): INodeProperties[] {
	const label = ({ displayName: name }: INodeProperties) => ({ name });
	const all = Object.entries(fields).map(([name, field]) => property(name, field));
	const options = all.sort((a, b) => byName(label(a), label(b)));
	if (options.length === 0) return [];
	const placeholder = `Add ${{ filters: 'Filter', options: 'Option' }[name] ?? 'Field'}`;
	return [
		{ displayName: titled(name), name, type: 'collection', placeholder, default: {}, options },
	];
}

/** `dependsOn`: parameters that the columns of a map depend on. */
const alone = (fields: Fields, dependsOn: string[] = []) =>
	Object.entries(those(fields, true)).flatMap(([name, field]) =>
		field.columns ? mapped(name, field, dependsOn) : [property(name, field)],
	);

const chosenIds = (fields: Fields) =>
	Object.entries(those(fields, true))
		.filter(([name]) => name.endsWith('-id'))
		.map(([name, { type }]) => parameterName(name) + (type === 'resourceLocator' ? '.value' : ''));

function parametersOf(row: Operation, resource: Resource, ids: Fields): INodeProperties[] {
	const path = Object.fromEntries(idsOf(row).map((name) => [name, required(ids[name])]));
	const { allowDecisions, binaryPropertyName, limit, returnAll, simplify } = settings;
	const shared: Fields = { ...row.query, ...row.attributes, ...row.data, ...row.meta };
	/** The same part of the panel once for each kind, with what is equal shown for several. */
	const perKind = (part: (fields: Fields) => INodeProperties[]) => {
		if (!row.kinds) return part(shared);
		const { name, options } = row.kinds;
		const forms = Object.entries(options).map(([kind, { attributes }]) =>
			shownFor({ [name]: [kind] }, part({ ...attributes, ...shared, ...attributes })),
		);
		return merged(forms, name);
	};
	return [
		...(row.irreversible ? [property('irreversible', notice(row.irreversible))] : []),
		...(row.kinds ? [kindSelect(row.kinds)] : []),
		...alone(path),
		...perKind((fields) => alone(fields, chosenIds({ ...path, ...fields }))),
		...alone(row.filter ?? {}),
		...alone(row.own ?? {}),
		...(row.returns === 'list' && !row.unpaged
			? [property('returnAll', returnAll), property('limit', limit, { returnAll: [false] })]
			: []),
		...alone(row.returns.startsWith('file') ? { binaryPropertyName } : { simplify }),
		...collection('filters', those(row.filter ?? {}, false)),
		...perKind((fields) => collection(groupOf(row), those(fields, false))),
		...collection('options', optionsFor(row, resource)),
		...(isGuarded(row) ? [property('allowDecisions', allowDecisions, { '@tool': [true] })] : []),
	];
}

function kindSelect({ label, name, options, detect }: Kinds): INodeProperties {
	const labels = Object.entries(options).map(([value, kind]) => [value, kind.name]);
	if (detect) labels.unshift([DETECT, 'Detect From ID']);
	const parted = Object.values(options).some(({ attributes }) => attributes);
	const description = parted ? 'Decides which fields there are' : 'What the ID stands for';
	const first = { noDataExpression: true, default: labels[0][0] };
	return property(name, choice(label, description, Object.fromEntries(labels), first));
}

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
				all.splice(place, 0, { member, show: { [by]: [...values], ...others }, content });
			}
			place = Math.max(twin, place) + 1;
		}
	}
	return all.map(({ member, show }) => ({ ...member, displayOptions: { show } }));
}

const operationSelect = ({ value: resource, operations }: Resource) => {
	const options = Object.entries(operations)
		.map(([value, { name, action, description = action }]) => {
			return { name, value, action, description };
		})
		.sort(byName);
	const first = { noDataExpression: true, options, default: Object.keys(operations)[0] };
	return property('operation', choice('Operation', undefined, {}, first), { resource: [resource] });
};

/** The node's whole panel, derived from the table. */
export function propertiesOf({ resources, ids }: Table): INodeProperties[] {
	const labels = Object.fromEntries(resources.map(({ name, value }) => [value, name]));
	const first = { noDataExpression: true, default: resources[0].value };
	const formsOf = (resource: Resource) =>
		Object.entries(resource.operations).map(([operation, row]) => {
			const show = { resource: [resource.value], operation: [operation] };
			return shownFor(show, parametersOf(row, resource, ids));
		});
	return [
		property('resource', choice('Resource', undefined, labels, first)),
		...resources.map(operationSelect),
		...resources.flatMap((resource) => merged(formsOf(resource), 'operation')),
	];
}
