import type { INodeParameters, INodeProperties, INodePropertyCollection } from 'n8n-workflow';
import type { Field, Fields } from '../nodes/Persona/fields/types.ts';
import type { Operation, Resource } from '../nodes/Persona/engine/types.ts';
import {
	getAction,
	getIdPlaceholders,
	getVariantFields,
	isExpert,
} from '../nodes/Persona/engine/operationRules.ts';
import { commonFields } from '../nodes/Persona/engine/commonFields.ts';
import { toParameterName } from '../nodes/Persona/fields/encodeValue.ts';
import { listSearch } from '../nodes/Persona/methods/listSearch.ts';
import { resourceMapping } from '../nodes/Persona/methods/resourceMapping.ts';
import { table } from '../nodes/Persona/resources/index.ts';
import { compareByName } from '../nodes/Persona/utils/compareByName.ts';
import { singularize } from '../nodes/Persona/utils/singularize.ts';
import { countLines, sumLines } from '../tools/countLines.mts';
import { actionNodes } from './support/actionNodes.mts';
import { fillAllOperations } from './support/completeParameters.mts';
import { lintPanel } from './support/lintPanel.mts';
import { getShownProperties } from './support/panel.mts';

type NamedRow = [name: string, row: Operation, resource: Resource];

const rows: NamedRow[] = table.resources.flatMap((resource) =>
	Object.entries(resource.operations).map(([operation, row]): NamedRow => [
		`${resource.value}.${operation}`,
		row,
		resource,
	]),
);

const getFieldPlaces = ({ query, filter, data, attributes, meta, variants }: Operation): Fields[] =>
	[
		...[query, filter, data, attributes, meta],
		...Object.values(variants?.options ?? {}).map(getVariantFields),
	].filter((place) => place !== undefined);

const getFields = (row: Operation): Field[] => [
	...getFieldPlaces(row).flatMap((place) => Object.values(place)),
	...getIdPlaceholders(row).map((name) => table.ids[name]),
];

/** These are in the name of each entry of the snapshot. */
const SELECTORS = ['resource', 'operation'];

/** The names and fixed values that a workflow can store of these properties. */
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

/** n8n's lint rules prescribe their texts. */
const FIXED = ['Limit', 'Put Output File in Field', 'Return All'];

/** The properties that take a value: in place of a collection its members. */
const listFillable = (properties: INodeProperties[]): INodeProperties[] =>
	properties.flatMap((property) => {
		const { type, options = [] } = property;
		if (type === 'collection') return listFillable(options as INodeProperties[]);
		if (type === 'fixedCollection') {
			return (options as INodePropertyCollection[]).flatMap(({ values }) => listFillable(values));
		}
		return FIXED.includes(property.displayName) ? [] : [property];
	});

/** The words of a text that say something, in the singular. */
const toWords = (text: string) =>
	(text.toLowerCase().match(/[a-z]{3,}/g) ?? [])
		.filter((word) => !['and', 'the', 'for', 'its', 'with', 'that', 'from'].includes(word))
		.map((word) => word.replace(/ies$/, 'y').replace(/s$/, ''));

/** Whether a description has what an AI model needs: a format and an example. */
function hasExample({ type, description = '' }: INodeProperties): boolean {
	if (type === 'boolean') return description.startsWith('Whether to ');
	if (type === 'number') return /\d/.test(description) && /[a-z]/.test(description);
	const textTypes = ['string', 'json', 'dateTime', 'resourceLocator', 'multiOptions'];
	return !textTypes.includes(type) || /\be\.g\. \S/i.test(description);
}

/** Operations that break a rule. */
const invalid = new Set<string>();

/** A test of one operation that remembers whether it has failed. */
const rememberFailure =
	<T extends unknown[]>(check: (name: string, ...args: T) => void) =>
	(name: string, ...args: T) => {
		try {
			check(name, ...args);
		} catch (error) {
			invalid.add(name);
			throw error;
		}
	};

describe('the table', () => {
	const testRows = (rule: string, check: (...row: NamedRow) => void) =>
		it.each(rows)(`%s: ${rule}`, rememberFailure(check));

	it('gives every resource and every operation a label of its own', () => {
		const names = table.resources.map(({ name }) => name);
		expect(new Set(names).size).toBe(names.length);
		for (const { operations } of table.resources) {
			const labels = Object.values(operations).map(({ name }) => name);
			expect(new Set(labels).size).toBe(labels.length);
		}
	});

	it('needs 20 lines for an operation on average, or fewer', async () => {
		const lines = sumLines(await countLines('nodes/Persona/resources'));
		expect(lines / rows.length).toBeLessThanOrEqual(20);
	});

	testRows('has a field for every placeholder of its route', (_, row) => {
		const unknown = getIdPlaceholders(row).filter((name) => !(name in table.ids));
		expect(unknown).toEqual([]);
	});

	testRows(
		'has an action that begins as its name does and names the resource',
		(_, row, resource) => {
			const action = getAction(row, resource);
			expect(action.split(' ')[0]).toBe(row.name.split(' ')[0]);
			// In any order, so that an action can say "all sessions of inquiries".
			const words = action.toLowerCase().split(' ').map(singularize);
			expect(words).toEqual(expect.arrayContaining(resource.name.toLowerCase().split(' ')));
		},
	);

	testRows(
		'has an action that repeats no word and has a verb before its object',
		(_, row, resource) => {
			const words = getAction(row, resource).toLowerCase().split(' ').map(singularize);
			expect(words).toEqual([...new Set(words)]);
			// A name that is no verb, such as "Investigation Lock", makes no sentence with the resource.
			expect(words[0]).not.toMatch(/(tion|ment|ness|ity)$/);
		},
	);

	testRows('has an action in sentence case without articles, as n8n asks', (_, row, resource) => {
		const action = getAction(row, resource);
		expect(action).not.toMatch(/\b(a|an|the)\b/i);
		// Only the first word begins with a capital letter, except abbreviations.
		expect(action).toMatch(/^[A-Z][a-z]+( [a-z-]+| [A-Z]+)*$/);
	});

	testRows('has a description that says more than its name', (_, row, resource) => {
		const known = new Set(toWords(`${row.name} ${getAction(row, resource)}`));
		const more = new Set(toWords(row.description).filter((word) => !known.has(word)));
		expect([...more].length).toBeGreaterThanOrEqual(3);
	});

	testRows('lists by GET or by a search, unless Persona returns all at once', (_, row) => {
		const isListing = row.route.startsWith('GET') || row.route.endsWith('/search') || row.unpaged;
		expect(row.returns !== 'list' || isListing).toBe(true);
		expect(row.search !== undefined).toBe(row.route.endsWith('/search'));
	});

	testRows('says in a sentence what cannot be undone', (name, row) => {
		if (row.irreversible?.includes('for good')) return;
		if (row.irreversible === undefined && !row.route.startsWith('DELETE')) return;
		throw new Error(
			`${name} needs the key 'irreversible', as every DELETE does: a sentence with the words "for good"`,
		);
	});

	testRows('uses methods of the editor that exist', (_, row) => {
		for (const { columnsMethod, modes = [] } of getFields(row)) {
			if (columnsMethod) expect(Object.keys(resourceMapping)).toContain(columnsMethod);
			for (const { typeOptions } of modes) {
				const { searchListMethod } = typeOptions ?? {};
				if (searchListMethod) expect(Object.keys(listSearch)).toContain(searchListMethod);
			}
		}
	});

	testRows('counts raw JSON, versions, keys and cursors among what is for experts', (_, row) => {
		const places = [...getFieldPlaces(row), row.nodeFields ?? {}, commonFields];
		for (const [name, field] of places.flatMap((place) => Object.entries(place))) {
			const isTechnical = /^api-|model-version|idempotency|allowlist\.|startAfter/i;
			if (field.type === 'json' || isTechnical.test(name)) expect(isExpert(field)).toBe(true);
		}
	});

	testRows('begins its variants with the commonest', (name, { variants }) => {
		if (!variants) return;
		const { commonest, detect, options } = variants;
		const first = { listItem: 'emailAddress', list: 'emailAddress' }[name.split('.')[0]];
		if (detect) expect(commonest).toBeUndefined();
		else if (first) expect(commonest ?? Object.keys(options)[0]).toBe(first);
	});

	testRows('has a unit for every length of time', (_, row) => {
		const places = [...getFieldPlaces(row), row.nodeFields ?? {}];
		for (const [name, field] of places.flatMap((place) => Object.entries(place))) {
			const isTime = /seconds|minutes|hours|lifetime|timeout|expires-in|waitAtMost/i;
			const isNamed = isTime.test(`${name} ${field.displayName}`);
			if (isNamed && field.type !== 'boolean') expect(field.encoding).toBe('duration');
		}
	});

	testRows('describes every field and offers its choices in order', (_, row) => {
		for (const { displayName, description, options = [] } of getFields(row)) {
			expect(description).not.toBe(displayName);
			expect(description?.length).toBeGreaterThan(5);
			const labels = options.map(({ name }) => name);
			expect(labels).toEqual([...labels].sort((a, b) => a.localeCompare(b)));
		}
	});
});

/**
 * The same with resources, operations and the fields of collections by their names: n8n's rules want
 * that, but ours are by use.
 */
const sortOptions = (properties: INodeProperties[]): INodeProperties[] =>
	properties.map((property) => {
		const { name, type, options = [] } = property;
		if (!SELECTORS.includes(name) && type !== 'collection') return property;
		const labelled = options.map((option) => {
			const label = 'displayName' in option ? option.displayName : option.name;
			return { name: label, option };
		});
		return { ...property, options: labelled.sort(compareByName).map(({ option }) => option) as [] };
	});

describe('the panel', () => {
	const operations = fillAllOperations().map((operation) => {
		const { name, parameters } = operation;
		return [name, parameters, getShownProperties(parameters)] as const;
	});

	const testOperations = (
		rule: string,
		check: (name: string, parameters: INodeParameters, shown: INodeProperties[]) => void,
	) => it.each(operations)(`%s: ${rule}`, rememberFailure(check));

	testOperations(
		'shows each parameter once, and all that can be filled',
		(_, parameters, shown) => {
			const names = shown.map(({ name }) => name);
			expect(names).toEqual([...new Set(names)]);
			const filled = names.filter((name) => name in parameters);
			expect(filled.sort()).toEqual(Object.keys(parameters).sort());
		},
	);

	testOperations('has each field of a collection once', (_, __, shown) => {
		for (const { type, options = [] } of shown) {
			const names = type === 'collection' ? options.map(({ name }) => name) : [];
			expect(names).toEqual([...new Set(names)]);
		}
	});

	testOperations('says how to fill each field, with an example', (_, __, shown) => {
		const unclear = listFillable(shown).filter((property) => !hasExample(property));
		expect(unclear.map(({ displayName, description }) => [displayName, description])).toEqual([]);
	});

	testOperations('shows below each JSON field an example of its own', (_, __, shown) => {
		const fields = listFillable(shown).filter(({ type }) => type === 'json');
		for (const { default: empty, description, hint = '' } of fields) {
			const [, sample] = /^E\.g\. ([[{].+[\]}])(\.|$)/.exec(hint) ?? [];
			expect([hint, sample]).toEqual([hint, expect.any(String)]);
			// The kind is that of the empty value with which the field begins.
			const value = JSON.parse(sample) as object;
			expect(Array.isArray(value)).toBe(Array.isArray(JSON.parse(String(empty))));
			expect(Object.keys(value)).not.toEqual([]);
			expect(description).toContain(sample);
		}
	});

	testOperations('shows what is for experts last, each part in order', (rowName, __, shown) => {
		const [, row] = rows.find(([name]) => name === rowName.split(' ')[0]) as NamedRow;
		const experts = [...getFieldPlaces(row), row.nodeFields ?? {}, commonFields]
			.flatMap((place) => Object.entries(place))
			.filter(([, field]) => isExpert(field))
			.map(([name]) => toParameterName(name));
		for (const { type, options = [] } of shown) {
			if (type !== 'collection') continue;
			const names = (options as INodeProperties[]).map(({ name, type: kind, displayName }) => {
				const isLast = kind === 'json' || experts.includes(name);
				return { isLast, name: displayName };
			});
			const [everyday, last] = [false, true].map((part) =>
				names.filter(({ isLast }) => isLast === part).sort(compareByName),
			);
			expect(names).toEqual([...everyday, ...last]);
		}
	});

	testOperations('offers a field for a file only where there is one', (name, parameters, shown) => {
		const [, row] = rows.find(([rowName]) => rowName === name.split(' ')[0]) as NamedRow;
		const isOffered = (properties: INodeProperties[]) =>
			properties.some((property) => property.name === 'binaryPropertyName');
		const alwaysHasFile = row.returns?.startsWith('file') === true && !row.nodeFields?.format;
		expect(isOffered(shown)).toBe(alwaysHasFile);
		if (!row.nodeFields?.format) return;
		expect(isOffered(getShownProperties({ ...parameters, format: 'page' }))).toBe(true);
	});

	testOperations('writes each notice as a sentence', (_, __, shown) => {
		const notices = shown.filter(({ type }) => type === 'notice');
		for (const { displayName } of notices) expect(displayName).toMatch(/^[A-Z].+ .+ .+[^.]\.$/);
	});

	testOperations('calls each address that a person returns to by one name', (_, __, shown) => {
		const redirects = listFillable(shown).filter(({ name, displayName }) =>
			/redirect/i.test(`${name} ${displayName}`),
		);
		for (const { displayName } of redirects) expect(displayName).toBe('Redirect URL');
	});

	it('keeps what workflows store', () => {
		// `jest -u` accepts no snapshot while an operation breaks a rule.
		expect([...invalid]).toEqual([]);
		const all = operations.map(([name, parameters, shown]) => {
			const byColumns = getShownProperties({ ...parameters, fieldsMode: 'columns' });
			const stored = [...shown, ...byColumns].filter((one) => !SELECTORS.includes(one.name));
			return [name, [...new Set(listStored(stored))].sort().join(' ')];
		});
		expect(Object.fromEntries(all)).toMatchSnapshot();
	});

	it.each(Object.entries(actionNodes))('of %s breaks none of n8n’s lint rules', async (_, node) => {
		expect(await lintPanel(sortOptions(node.description.properties))).toEqual([]);
	});

	it('is read by those rules', async () => {
		const wrong = structuredClone(actionNodes.Persona.description.properties);
		const findProperty = (name: string) =>
			wrong.find((property) => property.name === name) as INodeProperties;
		findProperty('limit').default = 10;
		findProperty('returnAll').description = 'Return everything';
		findProperty('comment').description = 'Reason for the decision.';
		const found = (await lintPanel(wrong)).join('\n');
		expect(found).toContain('node-param-default-wrong-for-limit');
		expect(found).toContain('node-param-description-boolean-without-whether');
		expect(found).toContain('node-param-description-excess-final-period');
	});
});
