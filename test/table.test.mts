import type { INodeProperties, INodePropertyCollection } from 'n8n-workflow';
import type { Field, Fields, Operation, Resource } from '../nodes/Persona/engine/types.ts';
import { buildProperties } from '../nodes/Persona/engine/panel.ts';
import { getPathIds } from '../nodes/Persona/engine/operationRules.ts';
import { listSearch } from '../nodes/Persona/methods/listSearch.ts';
import { resourceMapping } from '../nodes/Persona/methods/resourceMapping.ts';
import { table } from '../nodes/Persona/resources/index.ts';
import { fillAllOperations } from './support/completeParameters.mts';
import { lintPanel } from './support/lintPanel.mts';
import { getShownProperties } from './support/panel.mts';

type Named = [string, Operation, Resource];

const rows: Named[] = table.resources.flatMap((resource) =>
	Object.entries(resource.operations).map(([operation, row]): Named => [
		`${resource.value}.${operation}`,
		row,
		resource,
	]),
);

const getFieldPlaces = ({
	query,
	filter,
	data,
	attributes,
	meta,
	variants: kinds,
}: Operation): Fields[] =>
	[
		...[query, filter, data, attributes, meta],
		...Object.values(kinds?.options ?? {}).map((kind) => kind.attributes),
	].filter((place) => place !== undefined);

const getFields = (row: Operation): Field[] => [
	...getFieldPlaces(row).flatMap((place) => Object.values(place)),
	...getPathIds(row).map((name) => table.ids[name]),
];

/** Each resource and operation is in the name of its entry already. */
const COMMON = ['resource', 'operation'];

const toPlural = (name: string) => (name.endsWith('y') ? `${name.slice(0, -1)}ies` : `${name}s`);

/** The names and fixed values that a workflow may store of these properties. */
const listStored = (properties: INodeProperties[], group = ''): string[] =>
	properties.flatMap(({ name, type, options = [] }) => {
		if (type === 'notice') return [];
		if (type === 'collection') return listStored(options as INodeProperties[], `${name}.`);
		const values = type === 'options' || type === 'multiOptions' ? options : [];
		return [
			`${group}${name}`,
			...values.map((option) => `${group}${name}=${'value' in option ? option.value : ''}`),
		];
	});

/** n8n's rules fix how these are worded. */
const FIXED = ['Limit', 'Put Output File in Field', 'Return All', 'Simplify'];

/** What a value can be written into, members of collections in the place of those. */
const listFillable = (properties: INodeProperties[]): INodeProperties[] =>
	properties.flatMap((property) => {
		const { type, options = [] } = property;
		if (type === 'collection') return listFillable(options as INodeProperties[]);
		if (type === 'fixedCollection') {
			return (options as INodePropertyCollection[]).flatMap(({ values }) => listFillable(values));
		}
		return FIXED.includes(property.displayName) ? [] : [property];
	});

/** Whether a description is all that an AI model needs: a format and an example. */
function isTold({ type, description = '' }: INodeProperties): boolean {
	if (type === 'boolean') return description.startsWith('Whether to ');
	if (type === 'number') return /\d/.test(description) && /[a-z]/.test(description);
	const written = ['string', 'json', 'dateTime', 'resourceLocator', 'multiOptions'];
	return !written.includes(type) || /\be\.g\. \S/i.test(description);
}

describe('the table', () => {
	it('gives every resource and every operation label once', () => {
		const names = table.resources.map(({ name }) => name);
		expect(new Set(names).size).toBe(names.length);
		for (const { operations } of table.resources) {
			const labels = Object.values(operations).map(({ name }) => name);
			expect(new Set(labels).size).toBe(labels.length);
		}
	});

	it('needs 20 lines for an operation on average, or fewer', async () => {
		const { readdir, readFile } = await import('node:fs/promises');
		const entries = await readdir('nodes/Persona/resources', {
			recursive: true,
			withFileTypes: true,
		});
		const texts = await Promise.all(
			entries
				.filter((entry) => entry.isFile())
				.map(({ parentPath, name }) => readFile(`${parentPath}/${name}`, 'utf8')),
		);
		const lines = texts.join('').split('\n').length - 1;
		expect(lines / rows.length).toBeLessThanOrEqual(20);
	});

	it.each(rows)('%s: knows every placeholder of its route', (_, row) => {
		const unknown = getPathIds(row).filter((name) => !(name in table.ids));
		expect(unknown).toEqual([]);
	});

	it.each(rows)(
		'%s: has an action that begins as its name does and names the resource',
		(...args) => {
			const [, row, { name }] = args;
			const { action } = row;
			expect(action.split(' ')[0]).toBe(row.name.split(' ')[0]);
			const words = action.toLowerCase();
			const named = [name, toPlural(name)].some((form) => words.includes(form.toLowerCase()));
			expect(named).toBe(true);
		},
	);

	it.each(rows)('%s: lists by GET or by a search, unless Persona gives all at once', (_, row) => {
		const lists = row.route.startsWith('GET') || row.route.endsWith('/search') || row.unpaged;
		expect(row.returns !== 'list' || lists).toBe(true);
		expect(row.search !== undefined).toBe(row.route.endsWith('/search'));
	});

	it.each(rows)('%s: says in a sentence what cannot be undone', (_, row) => {
		expect(row.irreversible !== undefined || !row.route.startsWith('DELETE')).toBe(true);
		expect(row.irreversible ?? 'for good').toContain('for good');
	});

	it.each(rows)('%s: uses pickers that exist', (_, row) => {
		for (const { columnsMethod: columns, modes = [] } of getFields(row)) {
			if (columns) expect(Object.keys(resourceMapping)).toContain(columns);
			for (const { typeOptions } of modes) {
				const { searchListMethod } = typeOptions ?? {};
				if (searchListMethod) expect(Object.keys(listSearch)).toContain(searchListMethod);
			}
		}
	});

	it.each(rows)('%s: describes every field and offers its choices in order', (_, row) => {
		for (const { displayName, description, options = [] } of getFields(row)) {
			expect(description).not.toBe(displayName);
			expect(description?.length).toBeGreaterThan(5);
			const labels = options.map(({ name }) => name);
			expect(labels).toEqual([...labels].sort((a, b) => a.localeCompare(b)));
		}
	});
});

describe('the panel', () => {
	const properties = buildProperties(table);

	const fillings = fillAllOperations().map((filling) => [filling.name, filling] as const);

	it.each(fillings)('%s: shows each parameter once, and all that can be filled', (...args) => {
		const [, { parameters }] = args;
		const names = getShownProperties(parameters).map(({ name }) => name);
		expect(names).toEqual([...new Set(names)]);
		const group = names.filter((name) => name in parameters);
		expect(group.sort()).toEqual(Object.keys(parameters).sort());
	});

	it.each(fillings)('%s: has each field of a collection once', (_, { parameters }) => {
		for (const { type, options = [] } of getShownProperties(parameters)) {
			const names = type === 'collection' ? options.map(({ name }) => name) : [];
			expect(names).toEqual([...new Set(names)]);
		}
	});

	it.each(fillings)('%s: tells how to fill each field, with an example', (_, { parameters }) => {
		const untold = listFillable(getShownProperties(parameters)).filter((one) => !isTold(one));
		expect(untold.map(({ displayName, description }) => [displayName, description])).toEqual([]);
	});

	it('keeps what workflows store', () => {
		const all = fillings.map(([name, { parameters }]) => {
			const shown = [parameters, { ...parameters, fieldsMode: 'columns' }].flatMap(
				getShownProperties,
			);
			const names = listStored(shown.filter(({ name: one }) => !COMMON.includes(one)));
			return [name, [...new Set(names)].sort().join(' ')];
		});
		expect(Object.fromEntries(all)).toMatchSnapshot();
	});

	it('has nothing that the lint rules of n8n find', async () => {
		expect(await lintPanel(properties)).toEqual([]);
	});

	it('is read by those rules', async () => {
		const spoilt = structuredClone(properties);
		const limit = spoilt.find(({ name }) => name === 'limit') as INodeProperties;
		const simplify = spoilt.find(({ name }) => name === 'simplify') as INodeProperties;
		const comment = spoilt.find(({ name }) => name === 'comment') as INodeProperties;
		limit.default = 10;
		simplify.description = 'Return less';
		comment.description = 'Reason for the decision.';
		const found = (await lintPanel(spoilt)).join('\n');
		expect(found).toContain('node-param-default-wrong-for-limit');
		expect(found).toContain('node-param-description-boolean-without-whether');
		expect(found).toContain('node-param-description-excess-final-period');
	});
});
